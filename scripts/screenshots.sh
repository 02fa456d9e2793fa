#!/usr/bin/env bash
# Takes the pictures of docs/images from a server on a fresh run of the demo.
set -euo pipefail
cd "$(dirname "$0")/.."
home=.cache/screenshots
port=${PORT:-5098}

rm -rf "$home"
LOGNAME=you .venv/bin/python -m examples.demo --no-serve --home "$home"
.venv/bin/runfold server --port "$port" --store "sqlite:///$home/runfold.db" --artifacts "$home/artifacts" &
server=$!
trap 'kill "$server"' EXIT
for _ in {1..100}; do
    if curl --silent --fail --output /dev/null "http://127.0.0.1:$port/ready"; then break; fi
    sleep 0.1
done
mkdir -p docs/images
node ui/scripts/screenshots.mjs "http://127.0.0.1:$port" "$PWD/docs/images"
