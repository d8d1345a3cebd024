"""Writes src/test/resources/golden/piece_types.json.gz from SentencePiece (see the README there).

Small models of all four algorithms whose pieces got types and scores by chance (unused, control, user defined; equal, positive
and negative zero), with all settings of blanks, and what SentencePiece makes of nasty texts with them: ids, the bytes that each
id stands for, and decoded text.

Run in the module's folder with a Python that has sentencepiece and protobuf, after golden.py.
"""

import base64
import gzip
import io
import json
import random
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"
CORPUS = (FOLDER / "training.txt").read_text("utf-8").splitlines()[:300] * 3
CHANCE = random.Random(20261127)
CHARACTERS = list("abcdetheé ñß\u0301\u2581 \t\n<>/s0x41\x00\x01世界가각👩🏽\u200dﬁ")
WORDS = "the of and to in token tion ing ed Hello World hello 1234 3.14 , . 世界 Привет naïve aaaa".split()
MODELS = 28


def nasty_text():
    kind = CHANCE.random()
    if kind < 0.4:
        return "".join(CHANCE.choice(CHARACTERS) for _ in range(CHANCE.randint(0, 25)))
    if kind < 0.85:
        words = [CHANCE.choice(WORDS) for _ in range(CHANCE.randint(1, 12))]
        return CHANCE.choice(["", " ", "  "]) + CHANCE.choice([" ", "  ", "\n"]).join(words) + CHANCE.choice(["", " "])
    return CHANCE.choice("ab 世\u0301") * CHANCE.randint(1, 40)


def trained(algorithm, byte_fallback):
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS),
        model_writer=out,
        model_type=algorithm,
        vocab_size=600,
        character_coverage=0.99,
        hard_vocab_limit=False,
        use_all_vocab=algorithm in ("word", "char"),
        byte_fallback=byte_fallback,
        normalization_rule_name="identity",
        minloglevel=2,
    )
    return sentencepiece_model_pb2.ModelProto.FromString(out.getvalue())


def changed(base, number):
    model = sentencepiece_model_pb2.ModelProto()
    model.CopyFrom(base)
    model.normalizer_spec.add_dummy_prefix = CHANCE.random() < 0.7
    model.normalizer_spec.remove_extra_whitespaces = CHANCE.random() < 0.5
    model.normalizer_spec.escape_whitespaces = CHANCE.random() < 0.9
    model.trainer_spec.treat_whitespace_as_suffix = CHANCE.random() < 0.2
    for piece in model.pieces:
        if piece.type == 1 and number % 3 and CHANCE.random() < 0.1:
            piece.type = CHANCE.choice([3, 4, 5, 5])
        if piece.type == 1 and number % 2 and CHANCE.random() < 0.3:
            piece.score = CHANCE.choice([0.0, -0.0, -1, -2, 1.5, CHANCE.uniform(-20, 5)])
    for text in ["the", "▁▁", "a b", "世", "<s"] if number % 4 == 3 else []:
        if not any(piece.piece == text for piece in model.pieces):
            model.pieces.add(piece=text, score=0, type=4)
    return model.SerializeToString()


def main():
    texts = [nasty_text() for _ in range(70)]
    bases = [trained(kind, False) for kind in ("unigram", "bpe", "word", "char")]
    bases += [trained(kind, True) for kind in ("unigram", "bpe", "unigram")]
    models = []
    for number in range(MODELS):
        file = changed(bases[number % len(bases)], number)
        processor = sentencepiece.SentencePieceProcessor(model_proto=file)
        encoded = [processor.encode(text, return_type="proto").pieces for text in texts]
        ids = [[piece.id for piece in pieces] for pieces in encoded]
        assert ids == [processor.encode(text) for text in texts]
        models.append(
            {
                "file": base64.b64encode(file).decode("ascii"),
                "ids": ids,
                "starts": [[piece.begin for piece in pieces] for pieces in encoded],
                "ends": [[piece.end for piece in pieces] for pieces in encoded],
                "decoded": [processor.decode(list_of_ids) for list_of_ids in ids],
            }
        )
    with open(FOLDER / "piece_types.json.gz", "wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as out:
            out.write(json.dumps({"texts": texts, "models": models}, separators=(",", ":")).encode("ascii"))


main()
