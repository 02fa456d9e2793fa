"""How a job ended, as its folder has it."""

from __future__ import annotations

import json
import os

from runfold.launch.far.places import HERE

# Room for the result is taken when the disk still has some.
_RESULT_BYTES = 4096


def reserve_result() -> None:
    with open(os.path.join(HERE, "result"), "wb") as out:
        out.write(b" " * _RESULT_BYTES)


def finish(code: int, reason: str, is_cancelled: bool = False) -> None:
    """Overwrite the reserved room: this must not need space on the disk."""
    result = {"exit_code": code, "reason": reason[:1500], "is_cancelled": is_cancelled}
    with open(os.path.join(HERE, "result"), "r+b") as out:
        out.write(json.dumps(result).encode())
        out.flush()
        os.fsync(out.fileno())


def read_result(folder: str = HERE) -> object:
    try:
        with open(os.path.join(folder, "result"), "rb") as found:
            return json.loads(found.read().decode().strip() or "null")
    except (OSError, ValueError):
        return None
