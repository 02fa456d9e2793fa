#!/usr/bin/env bash
# Makes .cache/mlflow-models/<version> for every <version>.txt in scripts/mlflow-models/: MLflow with the frameworks
# whose models both sides have to load. Each is made once and kept until its list changes.
set -euo pipefail
cd "$(dirname "$0")/.."

for list in scripts/mlflow-models/*.txt; do
    version=$(basename "$list" .txt)
    home=.cache/mlflow-models/$version
    if cmp -s "$list" "$home/installed.txt"; then continue; fi
    echo "Installing MLflow $version with frameworks into $home"
    rm -rf "$home"
    .venv/bin/uv venv --quiet --python .venv/bin/python "$home"
    .venv/bin/uv pip install --quiet --no-deps --python "$home" --requirement "$list"
    cp "$list" "$home/installed.txt"
done
