"""Training byte-level BPE: Gyre, rustbpe and Hugging Face on the same text; prints Markdown tables. See README.md.

usage: training.py TEXT [--size N] [--part P]... COMMAND…    COMMAND starts Gyre's TrainingBenchmark; TEXT may be .gz
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peer(name, file, size):
    """One peer in this process: CPU seconds without the imports, and what it learned."""
    text = Path(file).read_text(encoding="utf-8")
    if name == "rustbpe":
        import rustbpe

        trainer = rustbpe.Tokenizer()
        before = cpu()
        trainer.train_from_iterator(iter([text]), size, pattern=GPT2)
        seconds = cpu() - before
        tokens = sorted(bytes(token).hex() for token, _ in trainer.get_mergeable_ranks())
        answer = {"cpu": seconds, "merges": len(tokens) - 256, "checksum": 0}
    else:
        from tokenizers import Tokenizer, models, pre_tokenizers, trainers

        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(vocab_size=size, min_frequency=1, initial_alphabet=alphabet, special_tokens=[], show_progress=False)
        before = cpu()
        tokenizer.train_from_iterator([text], trainer)
        seconds = cpu() - before
        merges = [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]
        checksum = zlib.crc32("".join(f"{a} {b}\n" for a, b in merges).encode())
        answer = {"cpu": seconds, "merges": len(merges), "checksum": checksum}
    print(json.dumps(answer | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def run(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = json.loads(subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()[-1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return answer | {"process": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def row(*cells):
    print("|", " | ".join(str(cell) for cell in cells), "|", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("text", type=Path)
    parser.add_argument("--size", type=int, default=32_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--part", action="append", choices=("peers", "curve", "naive", "spill"))
    arguments, command = parser.parse_known_args()
    asked = lambda part: not arguments.part or part in arguments.part
    read = gzip.open if arguments.text.suffix == ".gz" else open
    with read(arguments.text, "rb") as file, tempfile.TemporaryDirectory() as folder:
        text = file.read().decode(errors="ignore").encode()
        files = {}
        for megabytes in (1, 5, round(len(text) / 1e6)):
            files[megabytes] = Path(folder) / f"{megabytes}.txt"
            files[megabytes].write_bytes(text[: megabytes * 1_000_000].decode(errors="ignore").encode())
        whole = max(files)
        gyre = lambda megabytes, threads=1, repeats=1, memory=1024, size=arguments.size, how="merges": run([*command, files[megabytes], repeats, size, threads, memory, how])
        if asked("peers") or asked("curve"):
            row("text", "Gyre, CPU s", "Gyre again in the same JVM", "rustbpe", "Hugging Face", "merges as Hugging Face's")
            row(*["---"] * 6)
            for megabytes in files if asked("curve") else (whole,):
                runs = {"gyre": [], "rustbpe": [], "tokenizers": []}
                for _ in range(arguments.rounds):
                    runs["gyre"].append(gyre(megabytes, how="again"))
                    for name in ("rustbpe", "tokenizers"):
                        runs[name].append(run([sys.executable, __file__, "--peer", name, files[megabytes], arguments.size]))
                middle = {name: statistics.median(answer["cpu"] for answer in answers) for name, answers in runs.items()}
                again = statistics.median(answer["again"] for answer in runs["gyre"])
                same = runs["gyre"][0]["checksum"] == runs["tokenizers"][0]["checksum"]
                times = lambda name: f"{middle[name]:.2f} ({middle[name] / middle['gyre']:.2f}, {middle[name] / again:.2f})"
                row(f"{megabytes} MB", f"{middle['gyre']:.2f}", f"{again:.2f}", times("rustbpe"), times("tokenizers"), f"{'all' if same else 'not all'} {runs['gyre'][0]['merges']}")
        if asked("naive"):
            print("\nCounting anew after each merge, 1 MB, CPU s of merging with the start of the process:\n")
            row("tokens", "Gyre", "O(N·V)")
            row("---", "---", "---")
            for size in (512, 1024, 2048, 4096):
                row(size, f"{gyre(1, size=size)['cpu']:.2f}", f"{gyre(1, size=size, how='naive')['cpu']:.2f}")
        if asked("spill"):
            print("\nWhat does not fit goes to disk:\n")
            row("text", "memory, MB", "CPU s", "wall s", "spilled, MB", "pieces left out", "merges as with 1024 MB")
            row(*["---"] * 7)
            known = None
            for repeats, memory in ((1, 1024), (5, 1024), (1, 32), (1, 8), (5, 8)):
                answer = gyre(whole, 2, repeats, memory)
                known = known or answer["checksum"]
                row(f"{repeats} × {whole} MB", memory, f"{answer['cpu']:.2f}", f"{answer['wall']:.2f}", f"{answer['spilled'] / 1e6:.1f}", answer["dropped"], "all" if answer["checksum"] == known else "not all")


if __name__ == "__main__":
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    if sys.argv[1] == "--peer":
        peer(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
