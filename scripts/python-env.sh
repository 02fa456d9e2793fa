#!/usr/bin/env bash
# Makes .venv with uv inside and the package, its extras and the development tools at the versions of constraints.txt.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
    local candidate
    for candidate in python3 python3.11 python3.12 python3.13 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "Runfold needs Python 3.11 or newer; none was found as python3 or python3.1x." >&2
    exit 1
}

make_venv() {
    local python=$1
    # Debian keeps venv's ensurepip in a package of its own.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv
        else
            echo "$python has no venv module. Install it first, such as: sudo apt install python3-venv" >&2
            exit 1
        fi
    fi
    "$python" -m venv .venv
}

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    rm -rf .venv
    make_venv "$(find_python)"
fi
if [ ! -x .venv/bin/uv ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
fi

echo "Installing Python packages into .venv"
# Bytecode at once: uv leaves it to the first start of each command, and where writing it is off, to every start.
.venv/bin/uv pip install --quiet --compile-bytecode --python .venv --constraint constraints.txt --group dev \
    --editable '.[postgres,s3,sftp,ssh,kubernetes,pandas,polars,images,projects,serving,system-metrics,parquet]'
