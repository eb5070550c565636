#!/usr/bin/env bash
# Write the three lock files from pyproject.toml: `make lock` after a change there.
# requirements.txt comes first; what the extras add is resolved against it, so that all three install together.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
python=.venv/bin/python
options=(--quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate)
compiled=$(mktemp -d)
trap 'rm -rf "$compiled"' EXIT

extra() {
    "$python" -c 'import sys, tomllib
with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["project"]["optional-dependencies"][sys.argv[1]], sep="\n")' "$1" > "$compiled/$1.in"
}

# Pins stay as they are unless `make lock UPGRADE=1` asks for the newest versions that pyproject.toml allows.
cp requirements*.txt "$compiled/"
if [ -n "${UPGRADE:-}" ]; then options+=(--upgrade); fi
"$uv" pip compile pyproject.toml "${options[@]}" -o "$compiled/requirements.txt"
for name in embedded dev; do
    extra "$name"
    "$uv" pip compile "$compiled/$name.in" "${options[@]}" -c "$compiled/requirements.txt" \
        -o "$compiled/requirements-$name.txt"
done
cp "$compiled"/requirements*.txt .
