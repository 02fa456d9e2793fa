"""Models without digests, loaded in a process of its own first: readers written in C end theirs on damaged files.

Runfold writes the digest of each file into `MLmodel`, so that damage is found before a file is read. Models of MLflow
have none: cut off in transfer, some of them end the process that loads them, which no exception handler helps against.
So a process beside tries first, with one call of the input example if there is one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from runfold.errors import InvalidValue
from runfold.models.example import read_example
from runfold.models.flavor import LoadOptions
from runfold.models.flavors import flavor_of_name
from runfold.models.uris import read_mlmodel

_START_SECONDS = 60
_BYTES_PER_SECOND = 5_000_000


def try_first(folder: Path, flavor: str, *, max_seconds: float | None = None) -> None:
    """Load a model in another process. Errors of a reader are left for the caller to meet.

    Args:
        max_seconds: for how long it may be read, since some damage makes a reader go on without end; None: a minute,
            and more for large files.

    Raises:
        InvalidValue: it ended that process, or kept it for too long.
    """
    if max_seconds is None:
        max_seconds = _START_SECONDS + sum(one.stat().st_size for one in folder.rglob("*")) / _BYTES_PER_SECOND
    command = [sys.executable, "-P", "-W", "ignore", "-m", __name__, str(folder), flavor]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, and a module of our own
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=max_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InvalidValue(_refusal(folder, flavor, f"was not read within {max_seconds:.0f} seconds")) from None
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        raise InvalidValue(_refusal(folder, flavor, f"ended the process that tried to read it ({name})"))


def _refusal(folder: Path, flavor: str, what: str) -> str:
    conf = read_mlmodel(folder).flavors.get(flavor, {})
    return (
        f"The model's file {conf.get('data')!r} {what}: it is damaged, or made to do harm. Fetch the model again; if "
        "it is the same, save it anew where it was trained."
    )


def main() -> None:
    folder, flavor = Path(sys.argv[1]), flavor_of_name(sys.argv[2])
    metadata = read_mlmodel(folder)
    with suppress(Exception):  # the process that waits meets the same error, and tells it
        model = flavor.load(folder, metadata.flavors[flavor.name], LoadOptions())
        example = read_example(metadata, folder)
        if example is not None:
            flavor.loaded(model, metadata.pyfunc or {}).predict(example.data, example.params or {})


if __name__ == "__main__":
    main()
