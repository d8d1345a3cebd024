"""Gyre and its peers in turns on the same texts; prints Markdown tables. See README.md.

usage: compare.py FOLDER [--quick] [--part P]... COMMAND…    COMMAND starts Gyre's TokenizerBenchmark
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TEXTS = ("english", "code", "cjk")
OPENAI = ("gpt2", "cl100k_base", "o200k_base")
SLOW = {"tokenizers": 1_000_000, "tiktoken": 3_000_000, "sentencepiece": 3_000_000, "bpe-openai": 5_000_000}
MODELS = {"minilm.json": "tokenizers", "wordpiece.json": "tokenizers", "metaspace.json": "tokenizers", "llama.json": "tokenizers"}
MODELS |= {"unigram.json": "tokenizers", "unigram.model": "sentencepiece", "bpe.model": "sentencepiece", "mistral.model": "sentencepiece"}
WORST = {
    "a million 'a'": "a" * 1_000_000,
    "a million blanks, x": " " * 1_000_000 + "x",
    "'ab' repeated": "ab" * 500_000,
    "digits": "1234567890" * 100_000,
    "newlines": "\n" * 1_000_000,
    "CRLF": "\r\n" * 500_000,
    "漢 repeated": "漢" * 333_333,
    "漢字 repeated": "漢字" * 166_666,
    "e and combining marks": "e\u0301\u0323" * 200_000,
    "combining marks alone": "\u0301" * 500_000,
    "'=-' repeated": "=-" * 500_000,
    "emoji": "👨‍👩‍👧" * 55_555,
    "apostrophes": "'" * 1_000_000,
    "aB repeated": "aB" * 500_000,
    "control characters": "\x01\x02" * 500_000,
    "random letters": "".join(chr(97 + (i * i * 7 + i // 3) * 2654435761 % 2**32 // 171798692) for i in range(1_000_000)),
}


class Worker:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, "TOKENIZERS_PARALLELISM": "true"})

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Benchmark:
    def __init__(self, folder, command, rounds, most, texts):
        self.folder, self.command, self.rounds, self.most, self.texts = folder, command, rounds, most, texts
        self.workers = {}

    def worker(self, peer):
        if peer not in self.workers:
            if peer == "gyre":
                command = self.command
            elif peer == "jtokkit":
                command = ["java", "-XX:+UseSerialGC", "-Xmx2g", "-cp", str(self.folder / "jtokkit-1.1.0.jar"), str(HERE / "JtokkitWorker.java")]
            else:
                command = [str(self.folder / "venv/bin/python"), str(HERE / "worker.py"), peer, str(self.folder)]
            self.workers[peer] = Worker(command)
        return self.workers[peer]

    def close(self):
        for worker in self.workers.values():
            worker.close()
        self.workers = {}

    def encode(self, model, text, peers, batch=False):
        """MB/s of CPU (wall for batches) of each peer, medians of rounds that take turns; and whose ids are Gyre's."""
        path, file = str(self.folder / "models" / model), str(self.folder / "texts" / f"{text}.txt")
        warm = str(self.folder / "texts" / f"{text}.warm.txt")
        runs, ids = {}, {}
        ready = []
        for peer in peers:
            loaded = self.worker(peer).ask(do="load", model=path)
            if "error" in loaded:
                print(f"{peer} does not take {model}: {loaded['error']}", file=sys.stderr)
                continue
            ready.append(peer)
            self.worker(peer).ask(do="warm", model=path, text=warm, bytes=1_000_000 if peer in ("gyre", "jtokkit") else 200_000, seconds=1.5)
        for _ in range(self.rounds):
            for peer in ready:
                most = min(self.most, SLOW.get(peer, self.most))
                if batch:
                    answer = self.worker(peer).ask(do="batch", model=path, text=file, bytes=most, threads=os.cpu_count())
                    runs.setdefault((peer, "batch"), []).append(most / 1e6 / answer["wall"] if "wall" in answer else float("nan"))
                    continue
                for cold in (True, False) if peer in ("gyre", "gigatoken") else (False,):
                    answer = self.worker(peer).ask(do="encode", model=path, text=file, bytes=most, cold=cold)
                    if "error" in answer:
                        print(f"{peer}, {model}, {text}: {answer['error']}", file=sys.stderr)
                        continue
                    runs.setdefault((peer, "cold" if cold else "warm"), []).append(most / 1e6 / answer["cpu"])
                    ids[peer, most] = answer["checksum"]
        for peer in ready:  # the same ids, on what the slowest reads too
            if not batch:
                most = min(self.most, SLOW.get(peer, self.most))
                if ("gyre", most) not in ids:
                    ids["gyre", most] = self.worker("gyre").ask(do="encode", model=path, text=file, bytes=most)["checksum"]
        different = [peer for peer in ready if not batch and ids.get((peer, min(self.most, SLOW.get(peer, self.most)))) != ids["gyre", min(self.most, SLOW.get(peer, self.most))]]
        return {key: statistics.median(values) for key, values in runs.items()}, different


def rate(value):
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}"


def row(*cells):
    print("|", " | ".join(str(cell) for cell in cells), "|", flush=True)


def against(rates, peer, key="warm"):
    found = rates.get((peer, key))
    return f"{rate(found)} ({rates['gyre', key] / found:.2f}×)" if found else "–"


def openai(benchmark, models):
    peers = ("gigatoken", "quicktok", "bpe-openai", "jtokkit", "tiktoken", "tokenizers")
    row("vocabulary, text", "Gyre cold", "Gyre warm", "gigatoken cold", "gigatoken warm", "quicktok-v1", "bpe-openai", "jtokkit", "tiktoken", "HF tokenizers", "other ids")
    row(*["---"] * 11)
    for model in models:
        for text in benchmark.texts:
            asked = [peer for peer in peers if model != "gpt2" or peer not in ("quicktok", "bpe-openai")]
            rates, different = benchmark.encode(f"{model}.json", text, ("gyre", *asked))
            row(f"{model}, {text}", rate(rates["gyre", "cold"]), rate(rates["gyre", "warm"]), against(rates, "gigatoken", "cold"), against(rates, "gigatoken"), *(against(rates, peer) for peer in peers[1:]), ", ".join(different) or "none")
    benchmark.close()


def threads(benchmark, models):
    peers = ("gigatoken", "quicktok", "jtokkit", "tiktoken", "tokenizers")
    print(f"\nDocuments of 100 kB on {os.cpu_count()} threads, MB per second of wall:\n")
    row("vocabulary, text", "Gyre", *peers)
    row(*["---"] * 7)
    for model in models:
        for text in benchmark.texts:
            rates, _ = benchmark.encode(f"{model}.json", text, ("gyre", *(p for p in peers if model != "gpt2" or p != "quicktok")), batch=True)
            row(f"{model}, {text}", rate(rates["gyre", "batch"]), *(against(rates, peer, "batch") for peer in peers))
    benchmark.close()


def models(benchmark):
    print("\nHugging Face's and SentencePiece's models, MB per CPU second, one thread:\n")
    row("model", "text", "Gyre cold", "Gyre warm", "peer", "times", "other ids")
    row(*["---"] * 7)
    for model, peer in MODELS.items():
        for text in benchmark.texts:
            rates, different = benchmark.encode(model, text, ("gyre", peer))
            row(model, text, rate(rates["gyre", "cold"]), rate(rates["gyre", "warm"]), f"{peer} {rate(rates[peer, 'warm'])}", f"{rates['gyre', 'warm'] / rates[peer, 'warm']:.1f}×", ", ".join(different) or "none")
    benchmark.close()


def inputs(benchmark, models):
    """What a String costs over bytes, and what all processors give for one large text."""
    print(f"\nOne text of {benchmark.most // 1_000_000} MB, warm: MB per CPU second from a String and from bytes, MB per second of wall on {os.cpu_count()} threads:\n")
    row("vocabulary, text", "String", "bytes", "String to bytes", "one thread, wall", f"{os.cpu_count()} threads, wall", "times", "same ids")
    row(*["---"] * 8)
    gyre = benchmark.worker("gyre")
    for model in models:
        gyre.ask(do="load", model=model)
        for text in benchmark.texts:
            file, warm = (str(benchmark.folder / "texts" / f"{text}{end}.txt") for end in ("", ".warm"))
            gyre.ask(do="warm", model=model, text=warm, bytes=1_000_000, seconds=1.5)
            runs = {}
            for _ in range(benchmark.rounds + 2):
                for input in ("string", "utf8", "parallel"):
                    runs.setdefault(input, []).append(gyre.ask(do="encode", model=model, text=file, bytes=benchmark.most, input=input))
            middle = lambda input, unit: benchmark.most / 1e6 / statistics.median(answer[unit] for answer in runs[input])
            same = len({answer["checksum"] for answers in runs.values() for answer in answers}) == 1
            string, utf8, one, all = middle("string", "cpu"), middle("utf8", "cpu"), middle("string", "wall"), middle("parallel", "wall")
            row(f"{model}, {text}", rate(string), rate(utf8), f"{string / utf8:.2f}", rate(one), rate(all), f"{all / one:.2f}×", "yes" if same else "NO")
    benchmark.close()


def worst(benchmark, names):
    print("\nTime per byte of hard texts (a megabyte each), relative to that of English with the same vocabulary:\n")
    row("text", *names)
    row(*["---"] * (len(names) + 1))
    gyre = benchmark.worker("gyre")
    usual = {}
    for name in names:
        path = str(benchmark.folder / "models" / name)
        gyre.ask(do="load", model=path)
        text = str(benchmark.folder / "texts/english.txt")
        gyre.ask(do="warm", model=path, text=text, bytes=1_000_000, seconds=1.5)
        usual[name] = statistics.median(gyre.ask(do="encode", model=path, text=text, bytes=1_000_000, cold=True)["cpu"] for _ in range(5)) / 1e6
    for label, text in WORST.items():
        file = benchmark.folder / "texts/worst.txt"
        file = file.with_stem("worst-" + str(list(WORST).index(label)))
        file.write_text(text, encoding="utf-8", newline="")
        cells = []
        for name in names:
            path = str(benchmark.folder / "models" / name)
            times = [gyre.ask(do="encode", model=path, text=str(file), cold=True) for _ in range(9)]  # the first ones are compiled meanwhile
            cells.append(times[0]["error"] if "error" in times[0] else f"{statistics.median(t['cpu'] for t in times[6:]) / file.stat().st_size / usual[name]:.2f}")
        row(label, *cells)
    benchmark.close()


def loading(benchmark):
    print("\nLoading, ms of wall (first in the process; median of five more):\n")
    row("file", "first", "then")
    row("---", "---", "---")
    for name in ("gpt2", "cl100k_base", "o200k_base", "gpt2.json", "cl100k_base.json", "o200k_base.json", "minilm.json", "unigram.model", "mistral.model"):
        path = str(benchmark.folder / "models" / name) if "." in name else name
        times = [1000 * benchmark.worker("gyre").ask(do="load", model=path)["wall"] for _ in range(6)]
        row(name if "." in name else f"{name}, built in", f"{times[0]:.0f}", f"{statistics.median(times[1:]):.0f}")
        benchmark.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true", help="cl100k only, 3 MB, two rounds")
    parser.add_argument("--model", action="append", choices=OPENAI, help="only these of OpenAI's vocabularies")
    parser.add_argument("--text", action="append", choices=TEXTS, help="only these texts")
    parser.add_argument("--part", action="append", choices=("openai", "threads", "inputs", "models", "worst", "loading"))
    arguments, command = parser.parse_known_args()
    benchmark = Benchmark(arguments.folder.resolve(), command, 2 if arguments.quick else 3, 3_000_000 if arguments.quick else 10_000_000, arguments.text or TEXTS)
    names = arguments.model or (("cl100k_base",) if arguments.quick else OPENAI)
    parts = {
        "openai": lambda: openai(benchmark, names),
        "threads": lambda: threads(benchmark, names[-2:]),
        "inputs": lambda: inputs(benchmark, names[-2:]),
        "models": lambda: models(benchmark),
        "worst": lambda: worst(benchmark, ("cl100k_base.json", "o200k_base.json", "metaspace.json", "unigram.model", "wordpiece.json")),
        "loading": lambda: loading(benchmark),
    }
    for name, part in parts.items():
        if not arguments.part or name in arguments.part:
            part()


if __name__ == "__main__":
    main()
