"""Writes src/test/resources/golden/batches.json (see the README there).

Run in the module's folder with a Python that has tokenizers and tiktoken; the argument is a folder with the rank file
cl100k_base.tiktoken.
"""

import json
import sys
from pathlib import Path

import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext import openai_public
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "golden"
TEXTS = ["", "the", "the dog and the cat", "<|im_start|>the other 12345<|im_end|>", "é 日本 👍🏽 the the the the the"]
MARKED = [
    "a<|endoftext|>b<|fim_prefix|>c",
    "<|fim_<|endoftext|>prefix|>",
    "<|endoftext<|endoftext|>|>",
    "<|<|fim_prefix|>endoftext|><|endofprompt|>",
    "no special token, <| but nearly |>",
]
ALLOWED = [[], ["<|endoftext|>"], ["<|fim_prefix|>", "<|endofprompt|>"], ["<|endoftext|>", "<|fim_prefix|>"]]


def batches():
    for most, cut in [(None, None), (3, "right"), (3, "left"), (6, "left"), (2, "right")]:
        for pad in [None, {}, {"length": 8}, {"pad_to_multiple_of": 5}, {"length": 4, "direction": "left"},
                    {"length": 7, "pad_to_multiple_of": 4}]:
            for framed in [False, True]:
                tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
                if framed:
                    tokenizer.post_processor = TemplateProcessing(
                        single="<|im_start|> $A <|im_end|>",
                        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ["<|im_start|>", "<|im_end|>"]])
                if most is not None:
                    tokenizer.enable_truncation(most, direction=cut)
                if pad is not None:
                    tokenizer.enable_padding(pad_id=5, pad_token="!", **pad)
                rows = tokenizer.encode_batch(TEXTS)
                file = json.loads(tokenizer.to_str())
                yield {
                    "settings": {name: file[name] for name in ["truncation", "padding", "post_processor"]},
                    "ids": [row.ids for row in rows],
                    "masks": [row.attention_mask for row in rows],
                }


def main():
    openai_public.load_tiktoken_bpe = lambda url, expected_hash=None: load_tiktoken_bpe(
        str(Path(sys.argv[1]) / url.rsplit("/", 1)[1]))
    encoding = tiktoken.get_encoding("cl100k_base")
    allowed = [
        {"allowed": names, "text": text, "ids": encoding.encode(text, allowed_special=set(names), disallowed_special=())}
        for names in ALLOWED for text in MARKED
    ]
    result = {"texts": TEXTS, "batches": list(batches()), "allowed": allowed}
    lines = json.dumps(result, ensure_ascii=True, separators=(",", ":"))
    (FOLDER / "batches.json").write_text(lines + "\n", "utf-8")
    print(len(result["batches"]), "batches,", len(allowed), "texts with special tokens,", len(lines), "bytes")


main()
