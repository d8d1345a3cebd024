#!/usr/bin/env bash
# The corpus pipeline, stage by stage, on one thread; see README.md.
# usage: benchmarks/corpus/run.sh FOLDER [novels.txt.gz]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
novels=${2:+$(readlink -f "$2")}
cd "$folder"
if [ ! -f jargon.txt.gz ]; then
    apt-get -qq download jargon-text
    dpkg-deb -x jargon-text_*.deb jargon
    mv jargon/usr/share/doc/jargon-text/jargon.txt.gz .
    rm -r jargon jargon-text_*.deb
fi
cd "$root"
mvn --batch-mode --quiet --projects training,tokenizer-service --also-make test-compile \
    dependency:build-classpath -Dmdep.outputFile=target/class-path
class_path() { echo "$1/target/classes:$1/target/test-classes:$(cat "$1/target/class-path")"; }
[ -f "$folder/wordnet.jsonl" ] ||
    java -cp "$(class_path training)" benchmarks/corpus/CorpusTexts.java "$folder" ${novels:+"$novels"}
for text in "$folder"/*.jsonl; do
    java -XX:+UseSerialGC -Xmx1g -Djava.util.logging.manager=org.jboss.logmanager.LogManager \
        -cp "$(class_path tokenizer-service)" dev.gyre.tokenization.corpus.text.CorpusBenchmark "$text"
done
