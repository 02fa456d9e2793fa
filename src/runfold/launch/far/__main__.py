"""`python far.pyz ACTION [ARGUMENT ...]`"""

from __future__ import annotations

import errno
import importlib
import json
import sys

# Only what an action needs is imported: a job is looked at every second or two.
ACTIONS = {
    "unpack": "archives",
    "survey": "machine",
    "receive": "environment",
    "start": "supervisor",
    "run": "supervisor",
    "look": "looking",
    "end": "leaving",
    "clear": "leaving",
    "remove": "leaving",
}


def main() -> None:
    action, *arguments = sys.argv[1:]
    try:
        getattr(importlib.import_module(f"runfold.launch.far.{ACTIONS[action]}"), action)(*arguments)
    except OSError as error:
        reason = "disk-full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "system"
        sys.stderr.write("\n" + json.dumps({"error": reason, "text": str(error)}) + "\n")
        sys.exit(70)


if __name__ == "__main__":
    main()
