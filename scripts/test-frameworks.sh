#!/usr/bin/env bash
# Runs tests/frameworks/<name> in .cache/frameworks/<name>, one after the other; all are run, even if one fails.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
for home in .cache/frameworks/*/; do
    name=$(basename "$home")
    # Ray is a server, which tests/integration/launch starts and speaks to.
    [ -d "tests/frameworks/$name" ] || continue
    echo "tests/frameworks/$name"
    # The frameworks warn of each other's old ways; such warnings are not ours to mend.
    PYTHONPATH=$PWD/src scripts/only-writing-here.sh "$home/bin/python" -m pytest -q \
        -o filterwarnings=default --disable-warnings -p no:cacheprovider "tests/frameworks/$name" || failed+=("$name")
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "Failed: ${failed[*]}" >&2
    exit 1
fi
