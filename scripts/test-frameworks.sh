#!/usr/bin/env bash
# Runs tests/frameworks/<name> in .cache/frameworks/<name>, two at a time, for they wait for virtual machines and disks
# as much as they compute; all are run, even if one fails.
set -euo pipefail
cd "$(dirname "$0")/.."

run() {
    name=$1
    log=.cache/frameworks/$name.log
    status=0
    # The frameworks warn of each other's old ways; such warnings are not ours to mend.
    PYTHONPATH=$PWD/src scripts/only-writing-here.sh ".cache/frameworks/$name/bin/python" -m pytest -q \
        -o filterwarnings=default --disable-warnings -p no:cacheprovider "tests/frameworks/$name" >"$log" 2>&1 || status=$?
    printf 'tests/frameworks/%s\n%s\n' "$name" "$(cat "$log")"
    return "$status"
}
export -f run

# Ray has an environment and no tests there: it is a server, which tests/integration/launch starts and speaks to.
for home in .cache/frameworks/*/; do
    name=$(basename "$home")
    [ ! -d "tests/frameworks/$name" ] || echo "$name"
done | xargs -P 2 -I{} bash -c 'run {}'
