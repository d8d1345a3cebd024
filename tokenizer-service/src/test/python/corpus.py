"""Golden files of the corpus rules: documents with the verdicts of Hugging Face's datatrove, and the
bands and rows that datasketch chooses.

    pip install datatrove datasketch nltk regex
    python corpus.py ../resources/golden/corpus

datatrove is asked with words as this product counts them, so that the rules alone are compared:
words stand between blanks, and a word of nothing but Unicode punctuation and symbols is a symbol.
The line rules are applied until a text does not change any more, and sentences are not counted.
"""

import json
import random
import sys
import unicodedata
from pathlib import Path

from datasketch.lsh import _optimal_param
from datatrove.data import Document
from datatrove.pipeline.filters import c4_filters, gopher_quality_filter, gopher_repetition_filter


class Symbols:
    def __contains__(self, character):
        return unicodedata.category(character)[0] in "PS"


gopher_quality_filter.split_into_words = lambda text, language: text.split()
gopher_repetition_filter.split_into_words = lambda text, language: text.split()
gopher_quality_filter.PUNCTUATION_SET = Symbols()

WORDS = """the be to of and that have with time year people way day man thing woman life child world
school state family student group country problem hand part place case week company system program
question work government number night point home water room mother area money story fact month lot
right study book eye job word business issue side kind head house service friend father power hour
game line end member law car city community name president team minute idea body information back
parent face others level office door health person art war history party result change morning
reason research girl guy moment air teacher force education élan naïve Größe über 1st 42 1984 3.14 a
I it's don't well-known e-mail C++ x""".split()
STOP = ["the", "be", "to", "of", "and", "that", "have", "with"]
NASTY = ["#", "##", "#tag", "...", "…", "—", "•", "-", "!?", "€", "½", "😀", "12345", "0x1f", "[1]",
         "[[2]3]", "[edit]", "[citation needed]", "lorem ipsum", "Lorem Ipsum", "JavaScript", "{", "}",
         "privacy policy", "Terms of Use", "uses cookies", "x" * 1001, "incomprehensibilities" * 2]
ENDS = [".", ".", ".", "?", "!", '"', "'", "...", "…", ",", ":", "", "[1].", ". [2]"]


def line(random, size, nasty, vocabulary):
    words = [random.choice(NASTY) if random.random() < nasty else random.choice(vocabulary)
             for _ in range(size)]
    start = random.choice(["• ", "- ", "  - "]) if random.random() < nasty else ""
    return start + " ".join(words) + random.choice(ENDS)


def document(random):
    kind = random.randrange(12)
    vocabulary = random.sample(WORDS, random.choice([3, 12, 40, len(WORDS)]))
    if kind == 0:
        vocabulary = [word for word in vocabulary if word not in STOP] or ["x"]
    if kind == 1:
        vocabulary = ["a", "I", "x", "at"]
    if kind == 2:
        vocabulary = ["incomprehensibilities", "characterization", "the", "of"]
    nasty = random.choice([0, 0, 0.02, 0.1, 0.3])
    lines = [line(random, random.choice([1, 2, 3, 8, 15]), nasty, vocabulary)
             for _ in range(random.choice([1, 3, 8, 14]))]
    if kind in (3, 4):
        lines += random.choices(lines, k=random.choice([1, 2, 5]))
        random.shuffle(lines)
    if kind == 5:
        lines = ["• " + each for each in lines]
    if kind == 6:
        lines = [each + "..." if random.random() < 0.5 else each for each in lines]
    if kind == 7:
        phrase = " ".join(random.choices(vocabulary, k=random.randrange(2, 12)))
        lines = [each + " " + phrase for each in lines]
    text = "\n".join(each + random.choice(["", "", "\n", "\n\n"]) for each in lines)
    return unicodedata.normalize("NFC", text.strip())


def verdict(answer):
    return "" if answer is True else answer[1]


def lines(text, terminal):
    rules = c4_filters.C4QualityFilter(filter_no_terminal_punct=terminal, min_num_sentences=-1)
    while True:
        doc = Document(text=text, id="")
        answer = rules.filter(doc)
        if answer is not True:
            return {"removed": answer[1]}
        if doc.text == text:
            return {"text": text}
        text = doc.text


def main(folder):
    seeded = random.Random(4)
    quality = gopher_quality_filter.GopherQualityFilter()
    anySize = gopher_quality_filter.GopherQualityFilter(min_doc_words=None)
    repetition = gopher_repetition_filter.GopherRepetitionFilter()
    with open(folder / "filters.jsonl", "w") as out:
        for _ in range(400):
            text = document(seeded)
            row = {"text": text,
                   "quality": verdict(quality.filter(Document(text=text, id=""))),
                   "anySize": verdict(anySize.filter(Document(text=text, id=""))),
                   "repetition": verdict(repetition.filter(Document(text=text, id=""))),
                   "lines": lines(text, False),
                   "terminal": lines(text, True)}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    with open(folder / "bands.csv", "w") as out:
        for permutations in (16, 32, 64, 100, 128, 200, 256):
            for hundredths in range(10, 100, 10 if permutations > 128 else 5):
                threshold = hundredths / 100
                bands, rows = _optimal_param(threshold, permutations, 0.5, 0.5)
                out.write(f"{threshold},{permutations},{bands},{rows}\n")


main(Path(sys.argv[1]))
