"""Prints the two checksums of CharacterClassesTest from Hugging Face tokenizers."""

import zlib

from tokenizers import Regex, normalizers, pre_tokenizers

CHARACTERS = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def matching(regex):
    split = pre_tokenizers.Split(Regex(regex), "removed")
    found = set()
    for start in range(0, len(CHARACTERS), 20000):
        part = CHARACTERS[start : start + 20000]
        left = set("".join(piece for piece, _ in split.pre_tokenize_str("".join(part))))
        found |= set(part) - left
    return found


def digits():
    split = pre_tokenizers.Digits(individual_digits=True)
    found = set()
    for start in range(0, len(CHARACTERS), 5000):
        text = "a".join(c for c in CHARACTERS[start : start + 5000] if c != "a")
        found |= {piece for piece, _ in split.pre_tokenize_str(text) if len(piece) == 1 and piece != "a"}
    return found - {CHARACTERS[0]}


def main():
    # In the order of the constants of CharacterClasses; later ones win.
    classes = [
        (1, matching(r"\p{Ll}")),
        (2, matching(r"\p{Lu}") | matching(r"\p{Lt}")),
        (3, matching(r"\p{Lm}") | matching(r"\p{Lo}")),
        (4, matching(r"\p{M}")),
        (5, matching(r"\p{N}")),
        (7, matching(r"\s")),
        (8, set("\r\n")),
        (9, set(" ")),
    ]
    kinds = dict.fromkeys(CHARACTERS, 0)
    for kind, characters in classes:
        for character in characters:
            kinds[character] = kind
    for character in digits():
        if kinds[character] != 5:
            kinds[character] = 6
    print("CLASSES", hex(zlib.crc32(bytes(kinds[c] for c in CHARACTERS))))
    nfc = normalizers.NFC()
    composed = "".join(nfc.normalize_str("a\u0345" + c + "\u0334") for c in CHARACTERS)
    print("COMPOSED", hex(zlib.crc32(composed.encode())))


main()
