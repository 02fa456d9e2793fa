#!/usr/bin/env bash
# Makes .cache/frameworks/<name> for every <name>.txt in scripts/frameworks/: environments of their own for the tests of
# large frameworks, whose pins clash with ours and with each other. Each is made once and kept until its list changes.
set -euo pipefail
cd "$(dirname "$0")/.."

for list in scripts/frameworks/*.txt; do
    name=$(basename "$list" .txt)
    home=.cache/frameworks/$name
    if cmp -s "$list" "$home/installed.txt"; then continue; fi
    echo "Installing the packages of scripts/frameworks/$name.txt into $home"
    rm -rf "$home"
    .venv/bin/python -m venv "$home"
    # By pip, which can be told of places that hold a small build of PyTorch, as uv is not: the one that a plain
    # request finds in the index brings several GB for graphics cards. The lists are complete, hence --no-deps.
    if torch=$(grep '^torch==' "$list"); then
        "$home/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$torch"
    fi
    grep -v '^torch==' "$list" > "$home/others.txt"
    .venv/bin/uv pip install --quiet --no-deps --python "$home" --requirement "$home/others.txt"
    cp "$list" "$home/installed.txt"
done

# Another MLflow with what it needs older: put before the packages of each environment by PYTHONPATH, not installed there.
for list in scripts/frameworks/beside/*.txt; do
    home=.cache/$(basename "$list" .txt)
    if cmp -s "$list" "$home/installed.txt"; then continue; fi
    echo "Installing the packages of $list into $home"
    rm -rf "$home"
    .venv/bin/uv pip install --quiet --no-deps --python .venv/bin/python --target "$home" --requirement "$list"
    cp "$list" "$home/installed.txt"
done
