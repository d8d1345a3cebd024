"""Tokens per second at 1, 4 and 8 streams: Gyre's engine and llama.cpp, taking turns in one run.

usage: python compare.py FOLDER JAVA... (run.sh calls it)

FOLDER has package/ (Gyre's files), q8_0.gguf and f32.gguf with the same weights; JAVA... is the command
that starts GenerateBenchmark. Each stream has a prompt of 32 random tokens and makes 128 tokens, greedily,
whatever the model thinks of an end; the number is all tokens over the wall time, reading of prompts
included. All engines run in turn on the same number of threads, ROUNDS times; medians are printed as a
table, with how far a single stream is from the memory's bandwidth.
"""
import os
import random
import statistics
import subprocess
import sys
import threading
import time

import numpy
import xllamacpp

FOLDER, JAVA = sys.argv[1], sys.argv[2:]
ROUNDS = int(os.environ.get("ROUNDS", "5"))
STREAMS = (1, 4, 8)
PROMPT, TOKENS = 32, 128
THREADS = os.cpu_count()


class Gyre:
    def __init__(self, variant):
        self.name = f"Gyre, {variant}"
        self.weights = os.path.getsize(f"{FOLDER}/package/onnx/{variant}/model.onnx.data")
        self.process = subprocess.Popen(
            [*JAVA, "run", f"{FOLDER}/package", variant], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, streams):
        self.process.stdin.write(f"{streams}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline().split()[0])


class LlamaCpp:
    def __init__(self, file):
        self.name = f"llama.cpp, {file}"
        self.weights = os.path.getsize(f"{FOLDER}/{file.lower()}.gguf")
        parameters = xllamacpp.CommonParams()
        parameters.model.path = f"{FOLDER}/{file.lower()}.gguf"
        parameters.n_parallel = max(STREAMS)
        parameters.n_ctx = 1024 * max(STREAMS)
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = THREADS
        parameters.cache_prompt = False
        parameters.verbosity = 0
        self.server = xllamacpp.Server(parameters)

    def run(self, streams):
        def answer(seed):
            draw = random.Random(seed)
            made = self.server.handle_completions({
                "prompt": [draw.randrange(49152) for _ in range(PROMPT)], "n_predict": TOKENS, "temperature": 0,
                "ignore_eos": True, "cache_prompt": False})
            assert made["usage"]["completion_tokens"] == TOKENS, made
        start = time.perf_counter()
        threads = [threading.Thread(target=answer, args=(seed,)) for seed in range(streams)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return streams * TOKENS / (time.perf_counter() - start)


def read_bandwidth():
    """Bytes per second that all cores together read from memory: the most of five sums over 1 GiB."""
    parts = numpy.array_split(numpy.ones(1 << 27), THREADS)
    best = 0
    for _ in range(5):
        start = time.perf_counter()
        threads = [threading.Thread(target=part.max) for part in parts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        best = max(best, 8 * (1 << 27) / (time.perf_counter() - start))
    return best


engines = [Gyre("int8"), LlamaCpp("Q8_0"), Gyre("fp32"), LlamaCpp("F32")]
for engine in engines:
    engine.run(2)
bandwidth = read_bandwidth()
seen = {(engine.name, streams): [] for engine in engines for streams in STREAMS}
for round_ in range(ROUNDS):
    for streams in STREAMS:
        for engine in engines if round_ % 2 == 0 else engines[::-1]:
            seen[engine.name, streams].append(engine.run(streams))
            print(f"round {round_ + 1}: {engine.name}, {streams} streams: {seen[engine.name, streams][-1]:.1f} tokens/s",
                  file=sys.stderr, flush=True)

with open("/proc/cpuinfo") as information:
    processor = next(line.split(":")[1].strip() for line in information if line.startswith("model name"))
print(f"{processor}, {THREADS} threads; reads {bandwidth / 1e9:.1f} GB/s; xllamacpp {xllamacpp.__version__}; "
      f"median of {ROUNDS} rounds, tokens/s (least to most)\n")
print("| | " + " | ".join(f"{streams} streams" for streams in STREAMS) + " | 8 to 1 | of the bandwidth, 1 stream |")
print("|---" * (len(STREAMS) + 3) + "|")
for engine in engines:
    rows = [seen[engine.name, streams] for streams in STREAMS]
    medians = [statistics.median(row) for row in rows]
    cells = [f"{median:.0f} ({min(row):.0f} to {max(row):.0f})" for median, row in zip(medians, rows)]
    print(f"| {engine.name} | {' | '.join(cells)} | {medians[-1] / medians[0]:.1f} "
          f"| {medians[0] * engine.weights / bandwidth:.0%} |")
