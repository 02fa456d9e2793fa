#!/usr/bin/env bash
# A server on ./.runfold and Vite's development server beside it, which passes API calls on. Ctrl-C ends both.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${PORT:-5000}
export RUNFOLD_SERVER=http://127.0.0.1:$port

.venv/bin/runfold server --port "$port" &
server=$!
npm --prefix ui run dev &
ui=$!
trap 'kill "$server" "$ui" 2>/dev/null || true' EXIT
trap exit INT TERM
wait -n
