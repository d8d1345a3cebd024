"""Ids of Gyre and of the originals on nasty texts; see README.md.

usage: parity.py FOLDER [--seed N] [--texts N] COMMAND…    COMMAND starts Gyre's TokenizerBenchmark
"""

import argparse
import json
import random
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import sentencepiece
from prepare import tiktoken_encoding
from tokenizers import Tokenizer

SPACES = [chr(c) for c in range(0x3001) if chr(c).isspace() or c in (0x200B, 0x2060, 0xFEFF, 0x180E)] + ["\r\n", "\x1c", "\x1f"]
EMOJI = ["👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🇯🇵🇺🇸", "👍🏽", "🤷🏿‍♀️", "1️⃣", "❤️", "❤", "🙂", "\U0001faf1\U0001f3fb‍\U0001faf2\U0001f3ff", "\u200d", "\ufe0f"]
CONTRACTIONS = [a + b for a in "'’" for b in "s S t T re RE Re rE ve VE Ve m M ll LL Ll lL d D ſ ſſ \u212a sſ".split()]
SCRIPTS = (
    "日本語テスト 東京都 中文测试 漢字かな交じり 한국어 조합형 \u1112\u1161\u11ab שָׁלוֹם עולם العربية مرحبا ٱلْعَرَبِيَّة فارسی हिन्दी क्षत्रिय தமிழ் ไทยภาษา ខ្មែរ"
    " ქართული Ελληνικά Ὀδυσσεύς Русский ёлка İstanbul ışık Straße ﬃ ﬁ ŉ Ǆ ǅ ǆ ʰʲ ª º ₂ Ⅷ Å Å Å ﷺ 𝒜𝓑 𝟘𝟙 ｆｕｌｌ　ｗｉｄｔｈ ① ½ ²³ ﾊﾝｶｸ ㍿ 𐍈𐍂 𒀀 ꧁ ꙮ"
).split()
SPECIAL = (
    "<|endoftext|> <|endofprompt|> <|fim_prefix|> <|im_start|> <|im_end|> <s> </s> <unk> <pad> <mask> [CLS] [SEP] [MASK] [UNK] [PAD] <0x0A> <0xE6>"
    " ▁ ▁▁ ## ##ing Ġ Ċ <|endoftext <|endoftext|>x [MASK]x x[MASK] <s>x"
).split()
WORDS = "the The THE hello World don't it's I'll we've camelCase PascalCase snake_case HTTPServer isn’t naïve café 3.14 1,234,567 0xFF e.g. U.S.A. aaaaaa".split()
CODE = ["def f(x):\n    return x\n", "for (int i = 0; i < n; i++) {\n\t\ti += 1;\n}\r\n", "// ----\n", "/* ===== */", "a=-b;", "\\n\\t", "https://a.b/c?d=e&f#g", "</p>\n\n\n", "#!/bin/sh\n", "\t\t\t ", "{}();[]", "!=", "=-" * 20]
CONTROL = [chr(c) for c in [*range(32), *range(0x7F, 0xA0), 0xAD, 0x200E, 0x202E, 0x2028, 0x2029, 0xFFFD, 0xFFFE, 0xFDD0, 0xE000, 0x10FFFF]]


def categories(folder, chance):
    marks = [chr(c) for c in range(0x20000) if unicodedata.category(chr(c)) in ("Mn", "Mc", "Me")]
    digits = [chr(c) for c in range(0x20000) if unicodedata.category(chr(c)) in ("Nd", "Nl", "No")]
    letters = [chr(c) for c in range(0x20000) if unicodedata.category(chr(c)) in ("Lt", "Lm", "Lu", "Ll", "Lo")]
    odd = [c for c in letters if unicodedata.category(c) in ("Lt", "Lm")]
    real = [(folder / f"texts/{name}.txt").read_text(errors="ignore") for name in ("english", "code", "cjk")]

    def of(*lists, most=20):
        pool = chance.choice(lists)
        return "".join(chance.choice(chance.choice([pool, *lists])) for _ in range(chance.randint(1, most)))

    def piece(text, most=400):
        start = chance.randrange(len(text))
        return text[start : start + chance.randint(1, most)]

    def points():
        top = chance.choice([0x80, 0x100, 0x250, 0x3000, 0x20000, 0x110000])
        return "".join(chr(c) for c in (chance.randrange(top) for _ in range(chance.randint(1, 40))) if not 0xD800 <= c < 0xE000)

    def broken():
        text = of(WORDS, EMOJI, SCRIPTS)
        for _ in range(chance.randint(1, 4)):
            at = chance.randint(0, len(text))
            text = text[:at] + chr(chance.randrange(0xD800, 0xE000)) + text[at:]
        return text

    def repeated():
        unit = chance.choice([of(WORDS, most=1), of(SCRIPTS, most=1), of(EMOJI, most=1), of(SPACES, most=2), points()[:3] or "a", of(marks, most=1), "=-", "ab", "1"])
        return unit * chance.randint(2, 3000 // max(1, len(unit))) + chance.choice(["", "x", " ", "\n", " x"])

    return {
        "emoji": lambda: of(EMOJI, WORDS, [" "]),
        "scripts": lambda: of(SCRIPTS, [" ", "\n", "、", "。"], WORDS),
        "white space": lambda: of(SPACES, [" ", "\n", "\r\n", "\r", "\t", "  ", "x", "!"], most=12),
        "control characters": lambda: of(CONTROL, WORDS, SPACES),
        "lone surrogates": broken,
        "combining marks": lambda: of(marks, letters, ["e\u0301", "a", " "]),
        "title case, modifiers": lambda: of(odd, letters, WORDS, ["A", "b", "'s"]),
        "digits": lambda: of(digits, ["12", "3", " ", ".", "x"]),
        "contractions": lambda: of(CONTRACTIONS, WORDS, [" ", "I", "x", "'"]),
        "special tokens": lambda: of(SPECIAL, WORDS, [" ", "\n"]),
        "code": lambda: of(CODE, WORDS, [" ", "    ", "\n", "\t"]),
        "random code points": points,
        "repeats": repeated,
        "real text, cut anywhere": lambda: piece(chance.choice(real)),
        "everything": lambda: of(SPACES, EMOJI, CONTRACTIONS, SCRIPTS, SPECIAL, WORDS, CODE, CONTROL, marks, digits, odd, most=40),
    }


MEGABYTES = ["a" * 1_000_000, " " * 1_000_000 + "x", "ab" * 500_000, "\n" * 1_000_000, "漢字" * 150_000, "e\u0301" * 300_000, "1234567" * 100_000, "=-" * 400_000, "🙂" * 200_000]


class Gyre:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="ascii")

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def clean(text):
    """What all read a lone surrogate as; pairs that met by chance are one character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class HuggingFace:
    kind = "Hugging Face tokenizers"
    longest = 50_000  # some of its steps take quadratic time
    offsets = True

    def __init__(self, path):
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def size(self):
        return self.tokenizer.get_vocab_size()

    def answers(self, text):
        text = clean(text)
        self.tokenizer.encode_special_tokens = True
        plain = self.tokenizer.encode(text, add_special_tokens=False).ids
        self.tokenizer.encode_special_tokens = False
        control = self.tokenizer.encode(text, add_special_tokens=False)
        framed = self.tokenizer.encode(text).ids
        return {"plain": plain, "control": control.ids, "framed": framed, "offsets": control.offsets}

    def decode(self, ids, skip):
        return self.tokenizer.decode(ids, skip_special_tokens=skip)


class SentencePiece:
    kind = "SentencePiece"
    longest = 1_500_000
    offsets = False

    def __init__(self, path):
        self.tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(path))

    def size(self):
        return self.tokenizer.get_piece_size()

    def answers(self, text):
        return {"plain": self.tokenizer.encode(clean(text))}

    def decode(self, ids, skip):
        return None if skip else self.tokenizer.decode(ids)


class Tiktoken:
    kind = "tiktoken"
    longest = 200_000  # a million blanks are more than its stack holds
    offsets = False

    def __init__(self, folder, name):
        self.tokenizer = tiktoken_encoding(folder, name)

    def size(self):
        return len(self.tokenizer._mergeable_ranks)  # the model's file has no special tokens

    def answers(self, text):
        return {"plain": self.tokenizer.encode_ordinary(text)}

    def decode(self, ids, skip):
        return None if skip else self.tokenizer.decode(ids)


def escaped(text):
    return json.dumps(text)


def minimised(text, differs):
    """The shortest text that is found by leaving stretches out and still differs."""
    step = max(1, len(text) // 2)
    while step:
        at = 0
        while at < len(text):
            shorter = text[:at] + text[at + step :]
            if shorter and differs(shorter):
                text = shorter
            else:
                at += step
        step //= 2
    return text


def compare(name, peer, gyre, model, texts, chance, report):
    counts = {"texts": 0, "ids": 0, "differences": 0}

    def differences(batch):
        got = gyre.ask(do="ids", model=str(model), texts=batch, offsets=peer.offsets)
        if "error" in got:
            return [(batch[0], "error", None, got["error"])]
        found = []
        decoding = []
        for i, text in enumerate(batch):
            expected = peer.answers(text)
            for field in ("plain", "control", "framed"):
                if field in expected:
                    counts["ids"] += len(expected[field])
                    if expected[field] != got[field][i]:
                        found.append((text, field, expected[field], got[field][i]))
            if "offsets" in expected and expected["control"] == got["control"][i]:
                spans = list(zip(got["starts"][i], got["ends"][i]))
                if [tuple(span) for span in expected["offsets"]] != spans:
                    found.append((text, "offsets", expected["offsets"], spans))
            decoding.append(expected.get("framed", expected["plain"]))
        counts["texts"] += len(batch)
        if len(batch) > 1:
            decoding += [[chance.randrange(peer.size()) for _ in range(chance.randint(1, 30))] for _ in range(len(batch))]
        return found + decoded(decoding)

    def decoded(lists):
        expected = []
        known = []
        for ids in lists:
            try:
                expected.append((peer.decode(ids, False), peer.decode(ids, True)))
                known.append(ids)
            except KeyError:  # an id that is not taken
                continue
        got = gyre.ask(do="decode", model=str(model), ids=known)
        if "error" in got:
            return [(str(known[0]), "decode error", None, got["error"])]
        found = []
        for i, ids in enumerate(known):
            for part, text in zip(("whole", "skipped"), expected[i]):
                if text is not None and text != got[part][i]:
                    found.append((str(ids), f"decoded ({part})", text, got[part][i]))
        return found

    for start in range(0, len(texts), 100):
        for text, field, expected, got in differences(texts[start : start + 100]):
            counts["differences"] += 1
            if counts["differences"] <= 5:
                if field in ("plain", "control", "framed", "offsets") and len(text) < 10_000:
                    again = lambda t: any(f == field for _, f, _, _ in differences([t]))
                    kept = dict(counts)
                    text = minimised(text, again)
                    again = [d for d in differences([text]) if d[1] == field]
                    counts.update(kept)
                    if again:
                        _, _, expected, got = again[0]
                report(f"{name}\t{field}\t{escaped(text)[:300]}\texpected {str(expected)[:300]}\tgot {str(got)[:300]}")
    return counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=int, default=200, help="texts of each category")
    parser.add_argument("--models", default=".*", help="regular expression of model names")
    parser.add_argument("--findings", type=Path, help="file to which differences are appended")
    arguments, command = parser.parse_known_args()
    chance = random.Random(arguments.seed)
    texts = [make() for make in categories(arguments.folder, chance).values() for _ in range(arguments.texts)] + [""]
    gyre = Gyre(command)

    def report(line):
        print("  " + line, flush=True)
        if arguments.findings:
            with open(arguments.findings, "a") as file:
                file.write(line + "\n")

    folder = arguments.folder / "models"
    peers = [(f.name, lambda f=f: HuggingFace(f), f) for f in sorted(folder.glob("*.json"))]
    peers += [(f.name, lambda f=f: SentencePiece(f), f) for f in sorted(folder.glob("*.model"))]
    for name in ("gpt2", "cl100k_base", "o200k_base"):
        peers.append((name, lambda n=name: Tiktoken(arguments.folder, n), name))  # Gyre's built-in one
    rows = []
    for name, make, model in peers:
        if not re.fullmatch(arguments.models, name):
            continue
        loaded = gyre.ask(do="load", model=str(model))
        if "error" in loaded:
            report(f"{name}\tload\t\t\tgot {loaded['error']}")
            continue
        peer = make()
        total = compare(name, peer, gyre, model, texts, chance, report)
        for text in MEGABYTES:
            text = text[-peer.longest :]
            got = gyre.ask(do="ids", model=str(model), texts=[text])
            try:
                expected = peer.answers(text)["plain"]
            except BaseException as refused:
                if isinstance(refused, KeyboardInterrupt):
                    raise
                continue  # the peer's limit, not ours
            total["texts"] += 1
            total["ids"] += len(expected)
            if got.get("plain", [None])[0] != expected:
                total["differences"] += 1
                report(f"{name}\tplain\t{escaped(text[:4])} and so on, {len(text)} characters\texpected {len(expected)} ids\tgot {got.get('error', 'others')}")
        rows.append((peer.kind, name, total))
        print(f"| {peer.kind} | {name} | {total['texts']:,} | {total['ids']:,} | {total['differences']} |", flush=True)
    print("| in all | |", *(f"{sum(t[key] for _, _, t in rows):,} |" for key in ("texts", "ids", "differences")))
    sys.exit(any(total["differences"] for _, _, total in rows))


if __name__ == "__main__":
    main()
