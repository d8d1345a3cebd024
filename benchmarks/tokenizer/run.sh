#!/usr/bin/env bash
# Gyre's tokenizers beside others: speed (compare.py), parity (parity.py, conversion.py), training (training.py); see README.md. setup.sh comes first.
# usage: benchmarks/tokenizer/run.sh compare|parity|conversion|training FOLDER [OPTIONS of the script; training: the text first]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
script=$1 folder=$(cd "$2" && pwd)
shift 2
cd "$root"
mvn --batch-mode --quiet --projects tokenizer test-compile dependency:build-classpath -Dmdep.outputFile="$folder/class-path"
main=dev.gyre.tokenizer.TokenizerBenchmark subject=$folder
if [[ $script == training ]]; then
    main=dev.gyre.tokenizer.training.TrainingBenchmark subject=$1
    shift
fi
exec "$folder/venv/bin/python" "benchmarks/tokenizer/$script.py" "$subject" "$@" java -XX:+UseSerialGC -Xmx2g --enable-native-access=ALL-UNNAMED \
    -cp "tokenizer/target/classes:tokenizer/target/test-classes:$(cat "$folder/class-path")" "$main"
