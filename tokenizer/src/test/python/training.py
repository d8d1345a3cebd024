"""Writes training.json.gz in src/test/resources/golden from Hugging Face tokenizers and SentencePiece (see the README there).

Run in the module's folder with a Python that has `tokenizers` and `sentencepiece`; training.txt is the only input beside what is made here.
"""

import gzip
import io
import json
import random
from pathlib import Path

import sentencepiece
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"
ALPHABET = pre_tokenizers.ByteLevel.alphabet()
SPECIAL = ["<|endoftext|>", "[UNK]"]
CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def texts():
    """Texts with many equally frequent pairs, overlapping pairs and characters of all lengths."""
    chance = random.Random(20261126)
    made = {"prose": (FOLDER / "training.txt").read_text("utf-8").splitlines(keepends=True)}
    made["few letters"] = [
        " ".join("".join(chance.choices("ab", k=chance.randint(1, 9))) for _ in range(12)) for _ in range(60)
    ]
    made["runs"] = ["a" * chance.randint(1, 30) + " " + "ba" * chance.randint(1, 12) for _ in range(80)]
    points = "aéß日本語한글🙂👍🏽שלום123 \u0301\u00a0\u3000.,!?'-_\n"
    made["scripts"] = ["".join(chance.choices(points, k=chance.randint(1, 60))) for _ in range(120)]
    return made


def pre_tokenizer(name):
    return {
        "GPT2": lambda: pre_tokenizers.ByteLevel(add_prefix_space=False),
        "CL100K": lambda: pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(CL100K), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
        ),
        "SMOLLM": lambda: pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        ),
        "Whitespace": pre_tokenizers.Whitespace,
        "WhitespaceSplit": pre_tokenizers.WhitespaceSplit,
        "Metaspace": pre_tokenizers.Metaspace,
        "BertPreTokenizer": pre_tokenizers.BertPreTokenizer,
    }[name]()


SETTINGS = [
    dict(kind="byte", pre_tokenizer="GPT2", vocab_size=700),
    dict(kind="byte", pre_tokenizer="CL100K", vocab_size=500, min_frequency=3),
    dict(kind="byte", pre_tokenizer="SMOLLM", vocab_size=600, max_token_length=5),
    dict(kind="character", pre_tokenizer="Whitespace", vocab_size=400),
    dict(kind="character", pre_tokenizer="WhitespaceSplit", vocab_size=300, max_token_length=4),
    dict(kind="character", pre_tokenizer="Metaspace", vocab_size=350, initial_alphabet=list("xyz@日"), min_frequency=2),
    dict(kind="character", pre_tokenizer="BertPreTokenizer", vocab_size=300, end_of_word_suffix="</w>"),
    dict(kind="character", pre_tokenizer="Whitespace", vocab_size=300, continuing_subword_prefix="@@", end_of_word_suffix="$"),
    dict(kind="character", pre_tokenizer="WhitespaceSplit", vocab_size=200, limit_alphabet=1),
    dict(kind="wordpiece", pre_tokenizer="BertPreTokenizer", vocab_size=500),
    dict(kind="wordpiece", pre_tokenizer="Whitespace", vocab_size=300, min_frequency=4, initial_alphabet=list("éq")),
]


def train(corpus, kind, pre_tokenizer_name, options):
    options = dict(options, special_tokens=SPECIAL, show_progress=False)
    if kind == "byte":
        options["initial_alphabet"] = ALPHABET
    if kind == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        trainer = trainers.WordPieceTrainer(**options)
    else:
        tokenizer = Tokenizer(models.BPE(unk_token="[UNK]" if kind == "character" else None))
        trainer = trainers.BpeTrainer(**options)
    tokenizer.pre_tokenizer = pre_tokenizer(pre_tokenizer_name)
    tokenizer.train_from_iterator(corpus, trainer)
    return json.loads(tokenizer.to_str())["model"]


UNIGRAM = [
    dict(vocab_size=300, character_coverage=1.0),
    dict(vocab_size=400, character_coverage=0.98, byte_fallback=True),
    dict(vocab_size=250, max_sentencepiece_length=3, shrinking_factor=0.6, seed_sentencepiece_size=1000, required_chars="@é"),
]


def unigram(corpus, options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(line for text in corpus for line in text.split("\n") if line.strip(" ")),
        model_writer=model,
        model_type="unigram",
        normalization_rule_name="identity",
        hard_vocab_limit=False,
        num_threads=16,
        minloglevel=2,
        **options,
    )
    made = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return [[made.id_to_piece(i), made.get_score(i)] for i in range(len(made))]


def main():
    made = texts()
    runs = []
    for settings in SETTINGS:
        options = {k: v for k, v in settings.items() if k not in ("kind", "pre_tokenizer")}
        for name, corpus in made.items():
            if "limit_alphabet" in options and name != "few letters":
                continue  # Equally frequent characters are dropped at random.
            model = train(corpus, settings["kind"], settings["pre_tokenizer"], options)
            vocabulary = sorted(model["vocab"], key=model["vocab"].get)
            runs.append({**settings, "text": name, "vocabulary": vocabulary, "merges": model.get("merges")})
    unigrams = []
    for options in UNIGRAM:
        for name, corpus in made.items():
            try:
                unigrams.append({**options, "text": name, "pieces": unigram(corpus, options)})
            except Exception as refused:
                print(options, name, refused)
    result = {"special": SPECIAL, "texts": made, "runs": runs, "unigrams": unigrams}
    with open(FOLDER / "training.json.gz", "wb") as out:
        out.write(gzip.compress(json.dumps(result, separators=(",", ":")).encode("ascii"), mtime=0))


main()
