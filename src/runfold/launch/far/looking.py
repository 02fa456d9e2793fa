"""How far a job is."""

from __future__ import annotations

import json
import os
import sys

from runfold.launch.far.places import HERE
from runfold.launch.far.processes import read_pids
from runfold.launch.far.results import read_result


def look(offset: str, most: str) -> None:
    """Say how far it is: a line of JSON, then what the log has from a byte on."""
    # In this order: what is written between the two looks is seen by the next.
    is_alive = "supervisor" in read_pids()
    result = read_result()
    path = os.path.join(HERE, "log")
    content = b""
    size = 0
    if os.path.exists(path):
        with open(path, "rb") as log:
            size = os.fstat(log.fileno()).st_size
            log.seek(int(offset))
            content = log.read(int(most))
    head = {"size": size, "is_alive": is_alive, "result": result, "n_bytes": len(content)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + content)
