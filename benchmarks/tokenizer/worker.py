"""One peer in a process of its own: answers the same requests as Gyre's TokenizerBenchmark. usage: worker.py PEER FOLDER"""

import gc
import json
import sys
import time
import zlib
from pathlib import Path

import numpy

PEER, FOLDER = sys.argv[1], Path(sys.argv[2])


def tiktoken_peer(model):
    from prepare import tiktoken_encoding

    encoding = tiktoken_encoding(FOLDER, Path(model).stem)
    return encoding.encode_ordinary, lambda documents, threads: encoding.encode_ordinary_batch(documents, num_threads=threads)


def tokenizers_peer(model):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(model)
    return (
        lambda text: tokenizer.encode(text, add_special_tokens=False).ids,
        lambda documents, _: tokenizer.encode_batch_fast(documents, add_special_tokens=False),
    )


def sentencepiece_peer(model):
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=model)
    return processor.encode, lambda documents, threads: processor.encode(documents, num_threads=threads)


def gigatoken_peer(model):
    import gigatoken

    ranks = {"gpt2": "r50k_base"}.get(Path(model).stem, Path(model).stem)
    link = FOLDER / f"{ranks}.tiktoken"  # the name tells it the pattern
    if not link.exists():
        link.symlink_to(Path(model).with_suffix(".tiktoken"))
    backend = gigatoken.Tokenizer.from_tiktoken(str(link)).backend
    return backend.encode, lambda documents, _: backend.encode_batch(documents)


def quicktok_peer(model):
    import quicktok

    quicktok._CACHE.clear()
    encoding = quicktok.get_encoding(Path(model).stem)
    return encoding.encode_ordinary, lambda documents, threads: quicktok.count_batch(encoding, documents, threads=threads)


def bpe_openai_peer(model):
    import bpe_openai

    encoding = bpe_openai.get_encoding(Path(model).stem)

    def encode(text):  # it refuses long text: 100 kB at a time, so a few ids differ at the cuts
        ids = []
        for start in range(0, len(text), 100_000):
            ids += encoding.encode_ordinary(text[start : start + 100_000])
        return ids

    return encode, lambda documents, threads: encoding.encode_ordinary_batch(documents, num_threads=threads)


MAKERS = {
    "tiktoken": tiktoken_peer,
    "tokenizers": tokenizers_peer,
    "sentencepiece": sentencepiece_peer,
    "gigatoken": gigatoken_peer,
    "quicktok": quicktok_peer,
    "bpe-openai": bpe_openai_peer,
}
made = {}
texts = {}


def text_of(request):
    key = request["text"], request.get("bytes")
    if key not in texts:
        texts[key] = Path(request["text"]).read_bytes()[: request.get("bytes")].decode("utf-8", "ignore")
    return texts[key]


def timed(answer, work):
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    answer.update(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)
    return result


def documents_of(text):
    start = 0
    while start < len(text):
        end = text.find("\n", start + 100_000) + 1 or len(text)
        yield text[start:end]
        start = end


def answer_to(request):
    answer, model = {}, request["model"]
    make = MAKERS[PEER]
    if request["do"] == "load":
        made[model] = timed(answer, lambda: make(model))
    elif request["do"] == "warm":
        made[model][0](text_of(request))
    elif request["do"] == "encode":
        text = text_of(request)
        encode = (make(model) if request.get("cold") else made[model])[0]
        ids = timed(answer, lambda: encode(text))
        answer.update(tokens=len(ids), checksum=zlib.crc32(numpy.asarray(ids, dtype="<i4").tobytes()))
    elif request["do"] == "batch":
        documents = list(documents_of(text_of(request)))
        timed(answer, lambda: made[model][1](documents, request["threads"]))
    return answer


for line in sys.stdin:
    try:
        print(json.dumps(answer_to(json.loads(line))), flush=True)
    except BaseException as error:  # panics of Rust are no Exception
        print(json.dumps({"error": f"{type(error).__name__}: {error}"[:200]}), flush=True)
