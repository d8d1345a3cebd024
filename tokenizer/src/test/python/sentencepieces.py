"""Writes src/test/resources/golden/sentencepieces.json.gz from SentencePiece (see the README there).

Small models of SentencePiece's own trainer, and what it makes of nasty texts with them: ids and decoded text; also the text
of lists of ids drawn by chance.

Run in the module's folder with a Python that has sentencepiece, after golden.py and pipelines.py.
"""

import base64
import gzip
import io
import json
import random
from pathlib import Path

import sentencepiece

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"
CORPUS = (FOLDER / "training.txt").read_text("utf-8").splitlines() * 3
TEXTS = json.loads(gzip.open(FOLDER / "pipelines.json.gz").read())["texts"]
TEXTS += ["<s> </s> <unk>", "a<sep>b the  é", " ▁ ▁▁ x ▁", "=" * 50, "  \t x", "\u0301x"]
MODELS = {
    "unigram": dict(vocab_size=400),
    "unigram-bytes": dict(vocab_size=700, normalization_rule_name="identity", byte_fallback=True, character_coverage=0.98),
    "unigram-user-defined": dict(vocab_size=400, normalization_rule_name="identity", user_defined_symbols=["<sep>", "the", "é"], control_symbols=["<cls>"]),
    "unigram-identity": dict(vocab_size=400, normalization_rule_name="identity", remove_extra_whitespaces=False),
    "unigram-without-prefix": dict(vocab_size=400, normalization_rule_name="identity", add_dummy_prefix=False),
    "bpe": dict(vocab_size=500, model_type="bpe", normalization_rule_name="identity", character_coverage=0.98),
    "bpe-llama": dict(
        vocab_size=800,
        model_type="bpe",
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        split_digits=True,
        allow_whitespace_only_pieces=True,
    ),
    "bpe-user-defined": dict(
        vocab_size=500, model_type="bpe", normalization_rule_name="identity", user_defined_symbols=["<sep>", "the", "▁▁", "é"]
    ),
    "bpe-across-words": dict(
        vocab_size=500, model_type="bpe", normalization_rule_name="identity", split_by_whitespace=False
    ),
}


def main():
    chance = random.Random(20261126)
    result = {"texts": TEXTS, "models": {}}
    for name, settings in MODELS.items():
        out = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(CORPUS + TEXTS[:24]), model_writer=out, hard_vocab_limit=False, minloglevel=2, **settings
        )
        processor = sentencepiece.SentencePieceProcessor(model_proto=out.getvalue())
        size = processor.get_piece_size()
        drawn = [[chance.randrange(size) for _ in range(chance.randint(0, 20))] for _ in range(50)]
        ids = [processor.encode(text) for text in TEXTS]
        result["models"][name] = {
            "file": base64.b64encode(out.getvalue()).decode("ascii"),
            "ids": ids,
            "decoded": [processor.decode(list_of_ids) for list_of_ids in ids],
            "drawn": drawn,
            "drawn_text": [processor.decode(list_of_ids) for list_of_ids in drawn],
        }
    with open(FOLDER / "sentencepieces.json.gz", "wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as out:
            out.write(json.dumps(result, separators=(",", ":")).encode("ascii"))


main()
