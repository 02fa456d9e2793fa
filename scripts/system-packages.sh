#!/usr/bin/env bash
# Installs the packages of system-packages.txt that are missing: by apt when root, otherwise it says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin

has_any() { # has_any "chromium|google-chrome"
    local command
    for command in ${1//|/ }; do
        if command -v "$command" >/dev/null; then return 0; fi
    done
    return 1
}

missing=()
while read -r package commands _; do
    case $package in '' | '#'*) continue ;; esac
    has_any "$commands" || missing+=("$package")
done <system-packages.txt

if [ ${#missing[@]} = 0 ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing system packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
    echo "These programs are missing, and only root with apt can install them from here: ${missing[*]}" >&2
    echo "Install them with your package manager (on Debian or Ubuntu: sudo apt install ${missing[*]}), then again." >&2
    exit 1
fi
