#!/usr/bin/env bash
# Gyre's tokenizers beside others: speed (compare.py) or parity (parity.py); see README.md. setup.sh comes first.
# usage: benchmarks/tokenizer/run.sh compare|parity FOLDER [OPTIONS of the script]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
script=$1 folder=$(cd "$2" && pwd)
shift 2
cd "$root"
mvn --batch-mode --quiet --projects tokenizer test-compile dependency:build-classpath -Dmdep.outputFile="$folder/class-path"
exec "$folder/venv/bin/python" "benchmarks/tokenizer/$script.py" "$folder" "$@" java -XX:+UseSerialGC -Xmx2g \
    -cp "tokenizer/target/classes:tokenizer/target/test-classes:$(cat "$folder/class-path")" dev.gyre.tokenizer.TokenizerBenchmark
