"""What Hugging Face tokenizers makes of our tokenizer.json of SentencePiece's models, beside SentencePiece; see README.md.

usage: conversion.py FOLDER [--seed N] [--texts N] COMMAND…    COMMAND starts a class of Gyre's tokenizer library
"""

import argparse
import collections
import random
import subprocess
import tempfile
from pathlib import Path

import sentencepiece
from parity import categories, clean
from tokenizers import Tokenizer


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--texts", type=int, default=400, help="of each kind")
    options.add_argument("command", nargs=argparse.REMAINDER)
    options = options.parse_args()
    kinds = categories(options.folder, random.Random(options.seed))
    texts = [(kind, clean(make())) for kind, make in kinds.items() for _ in range(options.texts)]
    print("| model | texts | ids | texts with other ids | where Hugging Face applies the map otherwise | other text decoded |")
    print("|---|---|---|---|---|---|")
    for model in sorted((options.folder / "models").glob("*.model")):
        with tempfile.TemporaryDirectory() as folder:
            file = f"{folder}/tokenizer.json"
            subprocess.run([*options.command[:-1], "benchmarks/tokenizer/Convert.java", str(model), file], check=True)
            compare(model, sentencepiece.SentencePieceProcessor(model_file=str(model)), Tokenizer.from_file(file), texts)


def compare(model, original, converted, texts):
    special = [original.id_to_piece(i) for i in range(original.get_piece_size()) if original.is_control(i) or original.is_unknown(i)]
    special += [token.content for token in converted.get_added_tokens_decoder().values()]
    compared = ids = normalized = decoded = 0
    different = collections.Counter()
    for kind, text in texts:
        if any(piece in text for piece in special):
            continue  # plain text to the one, tokens to the other
        expected = original.encode(text)
        compared += 1
        ids += len(expected)
        if converted.encode(text, add_special_tokens=False).ids != expected:
            if converted.normalizer.normalize_str(text) != original.normalize(text):
                normalized += 1
            else:
                different[kind] += 1
        decoded += converted.decode(expected) != original.decode(expected)
    print(f"| {model.name} | {compared:,} | {ids:,} | {sum(different.values())} {dict(different) or ''} | {normalized} | {decoded} |", flush=True)


main()
