#!/usr/bin/env bash
# Takes a picture of every page, light and dark, on a laptop and on a wide screen, from a server on a fresh run of the
# demo, and of those about people from one with users; the README's picture is one of them. `scripts/screenshots.sh trash palette` takes those with such a word alone.
# DEMO=<folder> uses the records of an earlier run of the demo.
set -euo pipefail
cd "$(dirname "$0")/.."
pictures=.cache/screenshots
home=${DEMO:-.cache/screenshots-demo}
port=${PORT:-5098}
empty_port=$((port + 1))
people_port=$((port + 2))

if [ -z "${DEMO:-}" ]; then
    rm -rf "$home" "$pictures"
    LOGNAME=you .venv/bin/python -m examples.demo --no-serve --home "$home"
fi
empty=$(mktemp -d)
people=$(mktemp -d)
.venv/bin/python ui/scripts/people.py "sqlite:///$people/runfold.db"
.venv/bin/runfold server --port "$port" --store "sqlite:///$home/runfold.db" --artifacts "$home/artifacts" --agent-slots 1 &
server=$!
.venv/bin/runfold server --port "$empty_port" --store "sqlite:///$empty/runfold.db" --artifacts "$empty/artifacts" &
empty_server=$!
.venv/bin/runfold server --port "$people_port" --store "sqlite:///$people/runfold.db" --artifacts "$people/artifacts" --auth \
    --oidc-issuer https://id.example.com --oidc-client-id runfold --oidc-label "Example ID" &
people_server=$!
trap 'kill "$server" "$empty_server" "$people_server"; wait; rm -rf "$empty" "$people"' EXIT
for at in "$port" "$empty_port" "$people_port"; do
    for _ in {1..100}; do
        if curl --silent --fail --output /dev/null "http://127.0.0.1:$at/ready"; then break; fi
        sleep 0.1
    done
done
node ui/scripts/screenshots.mjs "http://127.0.0.1:$port" "http://127.0.0.1:$empty_port" "$PWD/$pictures" "$@"
node ui/scripts/peoplePictures.mjs "http://127.0.0.1:$people_port" "$PWD/$pictures" "$@"
if [ -f "$pictures/charts-light-1280.png" ]; then
    mkdir -p docs/images
    cp "$pictures/charts-light-1280.png" docs/images/charts.png
fi
