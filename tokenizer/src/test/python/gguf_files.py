"""Writes src/test/resources/golden/*.gguf with the `gguf` package of llama.cpp (see the README there).

Run in the module's folder after golden.py and sentencepieces.py; needs gguf and sentencepiece. Each file has one tensor
behind its metadata, as a model's would. The ids are those that tokenizers and SentencePiece gave in encodings.json and
sentencepieces.json.gz.
"""

import base64
import gzip
import json
from pathlib import Path

import gguf
import numpy
import sentencepiece

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"
TEMPLATE = "{% for m in messages %}{{ bos_token }}{{ m.content }}{{ eos_token }}{% endfor %}"


def write(name, fill):
    writer = gguf.GGUFWriter(FOLDER / name, "llama")
    fill(writer)
    writer.add_chat_template(TEMPLATE)
    writer.add_tensor("token_embd.weight", numpy.arange(64, dtype=numpy.float32).reshape(2, 32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def byte_level(writer):
    """The vocabulary of tokenizer.json, cut as SmolLM2's."""
    file = json.loads((FOLDER / "tokenizer.json").read_text("utf-8"))
    tokens = {token: (id, 1) for token, id in file["model"]["vocab"].items()}
    tokens |= {token["content"]: (token["id"], 3 if token["special"] else 4) for token in file["added_tokens"]}
    ordered = sorted(tokens, key=lambda token: tokens[token][0])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(ordered)
    writer.add_token_types([tokens[token][1] for token in ordered])
    writer.add_token_merges([" ".join(merge) for merge in file["model"]["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(4_000_000_000)  # no token's
    writer.add_add_bos_token(False)


def pieces(writer):
    """The model `bpe-llama` of SentencePiece's trainer, with what llama.cpp's converter writes of one."""
    models = json.loads(gzip.open(FOLDER / "sentencepieces.json.gz").read())["models"]
    processor = sentencepiece.SentencePieceProcessor(model_proto=base64.b64decode(models["bpe-llama"]["file"]))
    ids = range(processor.get_piece_size())
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([processor.id_to_piece(id) for id in ids])
    writer.add_token_scores([processor.get_score(id) for id in ids])
    writer.add_token_types(
        [
            2 if processor.is_unknown(id)
            else 3 if processor.is_control(id)
            else 6 if processor.is_byte(id)
            else 5 if processor.is_unused(id)
            else 1
            for id in ids
        ]
    )
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(True)


write("byte-level.gguf", byte_level)
write("pieces.gguf", pieces)
