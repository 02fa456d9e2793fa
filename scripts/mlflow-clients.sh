#!/usr/bin/env bash
# Makes .cache/mlflow-clients/<version> for every <version>.txt in scripts/mlflow-clients/: environments of their
# own, since MLflow's pins clash with ours and with each other. Each is made once and kept until its list changes.
set -euo pipefail
cd "$(dirname "$0")/.."

for list in scripts/mlflow-clients/*.txt; do
    version=$(basename "$list" .txt)
    home=.cache/mlflow-clients/$version
    if cmp -s "$list" "$home/installed.txt"; then continue; fi
    echo "Installing the MLflow $version client into $home"
    rm -rf "$home"
    .venv/bin/uv venv --quiet --python .venv/bin/python "$home"
    # The lists are complete; without --no-deps, MLflow 3.18.0 would ask for sub-packages that PyPI lacks.
    .venv/bin/uv pip install --quiet --no-deps --python "$home" --requirement "$list"
    cp "$list" "$home/installed.txt"
done
