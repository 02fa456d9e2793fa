#!/usr/bin/env bash
# A server on ./.runfold and Vite's development server beside it, which passes API calls on. Ctrl-C ends both.
set -euo pipefail
cd "$(dirname "$0")/.."
trap 'kill 0' EXIT
.venv/bin/runfold server --port "${PORT:-5000}" &
npm --prefix ui run dev
