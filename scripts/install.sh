#!/usr/bin/env bash
# Make .venv and install the locked libraries: `scripts/install.sh run` or `scripts/install.sh dev`.
# A stamp keyed by the lock files lets the next call return at once.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv
files=(requirements.txt requirements-embedded.txt)
key() { printf '%s %s' "$(cat "${files[@]}" | cksum | tr -d ' ')" "$PWD"; }
run_key=$(key)
case "${1:-}" in
    run) ;;
    dev) files+=(requirements-dev.txt) ;;
    *) echo "Usage: scripts/install.sh run|dev" >&2; exit 2 ;;
esac
stamp="$venv/installed-$1"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(key)" ] && "$venv/bin/python" -c '' 2>/dev/null; then exit 0; fi

works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if ! works "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=""
    for candidate in python3.11 python3 python3.12 python3.13; do
        if works "$candidate"; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then
        echo "SmartBank needs Python 3.11 or newer, and found none. Install it, then run the command again." >&2
        exit 1
    fi
    echo "Making $venv with $("$python" --version) ..."
    if ! "$python" -m venv --clear "$venv"; then
        echo "Python could not make $venv. On Debian and Ubuntu: apt-get install python3.11-venv, then try again." >&2
        exit 1
    fi
fi

echo "Installing the libraries SmartBank needs (a few minutes the first time) ..."
wanted=()
for file in "${files[@]}"; do wanted+=(-r "$file"); done
if ! "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --require-hashes "${wanted[@]}"; then
    echo "The libraries could not be installed. The lines above say why; check the network, then run the command again." >&2
    exit 1
fi
printf '%s' "$run_key" > "$venv/installed-run"
if [ "$1" = dev ]; then key > "$stamp"; fi
echo "Installed."
