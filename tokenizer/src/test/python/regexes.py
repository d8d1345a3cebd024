"""Writes src/test/resources/golden/regexes.json.gz from Hugging Face tokenizers (see the README there).

Each set of regular expressions stands in a tokenizer.json whose model knows nothing, so that every piece becomes one token and its
offsets tell where the text was cut.

Run in the module's folder with a Python that has tokenizers, after pipelines.py.
"""

import gzip
import json
import random
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"
PARTS = "a,ab,b,c,d,x,y, ,  ,\n,\r\n,1,23,'s,'LL,'ſ,ß,文,か,!,..,É,e\u0301,\u00a0,\u00b2,\u200d,🙂".split(",")
V3 = ["\\p{N}{1,3}","[一-龥぀-ゟ゠-ヿ]+","[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"]
CODER = ["[\r\n]","\\s?\\p{L}+","\\s?\\p{P}+","[一-龥ࠀ-一가-퟿]+","\\p{N}"]
LLM = ["[\r\n]","\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-Ֆ]+","\\s?[!-/:-~！-／：-～‘-‟　-。]+","\\s+$","[一-龥ࠀ-一가-퟿]+"]
O200 = ["[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}|  ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"]
FALCON = ["[0-9][0-9][0-9]"]
MISC = ["(?:a|ab)(?:c|bcd)?d?","\\s+(?!\\S)|\\s+(?=\\S)","'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,2}","\\w+|[^\\w\\s]+","\\d{2,3}|\\D",".{3}","\\P{L}+$","\\p{Han}+|\\p{Hiragana}+|\\p{Katakana}+|\\p{Hangul}+","(x+x+)+y|a","\\S+|\\W"]
SETS = {"deepseek-v3": V3, "deepseek-coder": CODER, "deepseek-llm": LLM, "tekken": O200, "falcon": FALCON}
SETS.update({f"odd-{i}": [regex] for i, regex in enumerate(MISC)})


def main():
    chance = random.Random(5)
    texts = json.load(gzip.open(FOLDER / "pipelines.json.gz"))["texts"][:60]
    texts += ["".join(chance.choice(PARTS) for _ in range(40)) for _ in range(60)]
    result = {"texts": texts, "sets": {}}
    for name, regexes in SETS.items():
        for behavior in ["isolated"] if len(regexes) > 1 else ["isolated", "removed"]:
            tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
            tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(r), behavior) for r in regexes])
            offsets = [tokenizer.encode(text).offsets for text in texts]
            result["sets"][f"{name}-{behavior}"] = {
                "file": json.loads(tokenizer.to_str()),
                "starts": [[start for start, _ in line] for line in offsets],
                "ends": [[end for _, end in line] for line in offsets],
            }
    with open(FOLDER / "regexes.json.gz", "wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as out:
            out.write(json.dumps(result, separators=(",", ":")).encode("ascii"))


main()
