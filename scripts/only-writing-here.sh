#!/bin/sh
# Runs a command that cannot write to the system's folders nor the user's own, but for those of this tree, temporary
# files and caches: tests send hostile paths and deletes to servers in their own process, and a hole that they find must
# not take the machine with it. Only root could do such harm, and only root may change mounts: for others it just runs.
set -eu
if [ "$(id -u)" != 0 ] || ! unshare --mount true 2>/dev/null; then
    exec "$@"
fi
exec unshare --mount sh -eu -c '
    here=$PWD
    temporary=${TMPDIR:-/tmp}
    for folder in "$HOME/.cache" "$HOME/.config" "$HOME/.local"; do
        mkdir -p "$folder"
        mount --bind "$folder" "$folder"
    done
    # Not what lies above these two folders: the PostgreSQL of the tests sets the mode of all folders above its own.
    for folder in /*; do
        case "$here/" in "$folder"/*) continue ;; esac
        case "$temporary/" in "$folder"/*) continue ;; esac
        case "$folder" in /dev | /proc | /run | /sys) continue ;; esac
        if [ -d "$folder" ] && [ ! -L "$folder" ]; then
            mount --rbind "$folder" "$folder"
            mount -o remount,bind,ro "$folder"
        fi
    done
    exec "$@"
' sh "$@"
