"""Writes src/test/resources/golden from Hugging Face tokenizers (see the README there).

Run in the module's folder with a Python that has `tokenizers`; training.txt is the only input.
"""

import json
import random
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|im_end|>!"]

CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
O200K = "|".join(
    [
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    ]
)

PIECES = (
    "a|b|Z|É|é|e\u0301|ß|ſ|'s|'S|'ſ|'ll|'LL|'Re|'t|'d|'|’s| |  |   |\n|\r\n|\r|\t|\u00a0|\u0085|\u3000|\u2028"
    "|\x1c|\x00|\x0b|1|23|4567|²|Ⅷ|१|\U00011de3|\U00016ff4|日|本|한|\u1112\u1161\u11ab|ا|שׁ|ـ|🙂|👍🏽|👨‍👩‍👧|\u200d|\ufe0f"
    "|\u0301|\u0903|!|?!|/|//|.|...|-|--|----|<|im_end|>|<tool_call>|<think>|ǅ|ʰ|ª|the| the|Hello|\ufffd"
    "|\ufdd0|\U0010ffff|\u212a|ﬁ|ŉ|ABC|_|$|€|İ|ı|\u1680|\u200b|\ufeff|aaaa|======"
).split("|") + ["|", "<|im_end|>", "<|im_start|>", "<|im_end", "<|im_end|>!", "|>", "e\u0301z"]


def byte_level(use_regex):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def split(regex, **how):
    how = how or {"behavior": "Isolated", "invert": False}
    first = {"type": "Split", "pattern": {"Regex": regex}, **how}
    return {"type": "Sequence", "pretokenizers": [first, byte_level(False)]}


DIGITS = {"type": "Digits", "individual_digits": True}
VARIANTS = {
    "gpt2": dict(pre_tokenizer=byte_level(True)),
    "smollm": dict(pre_tokenizer={"type": "Sequence", "pretokenizers": [DIGITS, byte_level(True)]}),
    "llama3": dict(pre_tokenizer=split(CL100K), ignore_merges=True),
    "qwen2": dict(
        pre_tokenizer=split(CL100K.replace("{1,3}", ""), behavior="Removed", invert=True),
        normalizer={"type": "NFC"},
    ),
    "o200k": dict(pre_tokenizer=split(O200K)),
}


def nasty_texts():
    texts = [
        "",
        "Hello world",
        "The dog's BONE isn't 1234567 years old.\n\n\n  Next",
        "x" * 2000,
        " " * 300 + "x",
        "'" * 50,
        "\n" * 200,
        "=-" * 150,
        "aB" * 200,
        "日本" * 200,
        "🙂" * 70,
    ]
    chance = random.Random(20261123)
    for _ in range(150):
        texts.append("".join(chance.choice(PIECES) for _ in range(chance.randint(1, 20))))
    for _ in range(50):
        points = [chance.randrange(chance.choice([0x80, 0x3000, 0x20000, 0x110000])) for _ in range(20)]
        texts.append("".join(chr(p) for p in points if not 0xD800 <= p < 0xE000))
    return texts


def trained(corpus):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=760,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    return tokenizer


def main():
    tokenizer = trained((FOLDER / "training.txt").read_text("utf-8").splitlines(keepends=True))
    tokenizer.save(str(FOLDER / "trained.json"), pretty=False)
    tokenizer.add_tokens(
        [
            AddedToken("<tool_call>", special=False, normalized=False),
            AddedToken("<think>", special=False, normalized=True),
            AddedToken("e\u0301z", special=False, normalized=True),
        ]
    )
    tokenizer.save(str(FOLDER / "tokenizer.json"), pretty=False)
    file = json.loads((FOLDER / "tokenizer.json").read_text("utf-8"))
    texts = nasty_texts()
    result = {"texts": texts, "variants": {}}
    for name, changes in VARIANTS.items():
        changed = json.loads(json.dumps(file))
        changed["pre_tokenizer"] = changes["pre_tokenizer"]
        changed["normalizer"] = changes.get("normalizer")
        changed["model"]["ignore_merges"] = changes.get("ignore_merges", False)
        other = Tokenizer.from_str(json.dumps(changed))
        ids = {}
        for mode in ("control", "text"):
            other.encode_special_tokens = mode == "text"
            ids[mode] = [other.encode(text, add_special_tokens=False).ids for text in texts]
        result["variants"][name] = {**changes, "ids": ids}
    with open(FOLDER / "encodings.json", "w", encoding="ascii") as out:
        json.dump(result, out, separators=(",", ":"))


if __name__ == "__main__":
    main()
