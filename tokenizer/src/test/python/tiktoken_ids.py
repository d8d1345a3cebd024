"""Writes src/test/resources/golden/tiktoken.json (see the README there).

Run in the module's folder with a Python that has tiktoken; the argument is a folder with the rank files
r50k_base.tiktoken, p50k_base.tiktoken, cl100k_base.tiktoken and o200k_base.tiktoken.
"""

import json
import random
import sys
import zlib
from pathlib import Path

import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext import openai_public

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"
RANKS = Path(sys.argv[1])
TAILS = ["", " ", "  ", "\n", " \n", "\n ", "\n\n  ", "\t\n \u00a0", "\r\n\r\n", "\u3000\n\u2028"]
WORDS = (
    "the quick brown fox jumps over lazy dogs isn't we'll THEY'RE I'VE o'Clock naïve Straße 12345 3.14159 "
    "x_y=f(a[0]); // comment {\n        return    x;\n} \n\n\t\t <|endoftext|> <|fim_prefix|> 東京都は日本の首都です。 "
    "我们今天去北京大学看书，天气很好！ 안녕하세요 세계 Привет мир שלום مرحبا नमस्ते दुनिया สวัสดีชาวโลก 👩‍👩‍👧‍👦 🏳️‍🌈 "
    "ſ 'ſ 'S K İstanbul ǅ ﬁ \u0301 e\u0301 \u200d \ufeff \x00 \x1c \u0085 ١٢٣ ²³ Ⅷ"
).split(" ")


def texts():
    chance = random.Random(20261126)
    cases = json.loads((FOLDER / "encodings.json").read_text("utf-8"))["texts"]
    for _ in range(150):
        words = [chance.choice(WORDS) + chance.choice(TAILS) for _ in range(chance.randint(1, 12))]
        cases.append(chance.choice(["", " "]).join(words))
    cases += ["a" * 300, " " * 200 + "x", "\n" * 99 + " ", "ab" * 100, "한" * 60, "!" * 150, "0" * 50]
    return cases


def main():
    openai_public.load_tiktoken_bpe = lambda url, expected_hash=None: load_tiktoken_bpe(
        str(RANKS / url.rsplit("/", 1)[1])
    )
    cases = texts()
    result = {"texts": cases, "ids": {}}
    for name in ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"]:
        encoding = tiktoken.Encoding(**getattr(openai_public, name)())
        ids = {"text": [], "control": []}
        for text in cases:
            ids["text"].append(checksum(encoding.encode_ordinary(text)))
            ids["control"].append(checksum(encoding.encode(text, allowed_special="all")))
        result["ids"][name] = ids
    with open(FOLDER / "tiktoken.json", "w", encoding="ascii") as out:
        json.dump(result, out, separators=(",", ":"))


def checksum(ids):
    """Number of ids and their CRC-32 as little-endian 32-bit numbers: the ids themselves take megabytes."""
    return [len(ids), zlib.crc32(b"".join(i.to_bytes(4, "little") for i in ids))]


main()
