"""Writes src/main/resources/dev/gyre/tokenizer/text/character-sets.txt: which code points Hugging Face tokenizers counts
as what. Its parts follow different versions of Unicode, so they are asked, code point by code point.

Run in the module's folder with a Python that has tokenizers 0.23.3.
"""

from pathlib import Path

from tokenizers import normalizers, pre_tokenizers

FILE = Path(__file__).resolve().parents[2] / "main/resources/dev/gyre/tokenizer/text/character-sets.txt"


def bert(**on):
    flags = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**flags, **on})


def becomes(normalizer, what):
    return lambda c: c != " " and normalizer.normalize_str(f"a{c}b") == what.format(c)


def splits(pre_tokenizer, *what):
    return lambda c: [p for p, _ in pre_tokenizer.pre_tokenize_str(f"a{c}b")] == [w.format(c) for w in what]


SETS = {
    "bert-removed": becomes(bert(clean_text=True), "ab"),
    "bert-space": becomes(bert(clean_text=True), "a b"),
    "bert-chinese": becomes(bert(handle_chinese_chars=True), "a {} b"),
    "nonspacing-mark": becomes(bert(strip_accents=True), "ab"),
    "combining-mark": becomes(normalizers.StripAccents(), "ab"),
    "nmt-removed": becomes(normalizers.Nmt(), "ab"),
    "nmt-space": becomes(normalizers.Nmt(), "a b"),
    "punctuation": splits(pre_tokenizers.Punctuation(), "a", "{}", "b"),
    "word": splits(pre_tokenizers.Whitespace(), "a{}b"),
    "numeric": splits(pre_tokenizers.Digits(individual_digits=True), "a", "{}", "b"),
}


def ranges(contains):
    found, start = [], None
    for code in range(0x110001):
        inside = code < 0x110000 and not 0xD800 <= code < 0xE000 and contains(chr(code))
        if inside and start is None:
            start = code
        if not inside and start is not None:
            found.append(f"{start:x}-{code - 1:x}" if code - 1 > start else f"{start:x}")
            start = None
    return " ".join(found)


with open(FILE, "w", encoding="ascii") as out:
    out.write("# Made by src/test/python/character_sets.py from tokenizers 0.23.3\n")
    for name, contains in SETS.items():
        out.write(f"{name} {ranges(contains)}\n")
