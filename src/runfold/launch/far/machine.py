"""What a machine is."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import sys

from runfold.launch.far.places import PACKED, environment_place


def survey(digest: str) -> None:
    """Say what conda's packages are chosen by, and whether an environment is there already."""
    place = environment_place(digest)
    found = {
        "place": place,
        "is_there": os.path.exists(os.path.join(place, "complete")) or os.path.exists(place + PACKED),
        "system": platform.system(),
        "machine": platform.machine(),
        "release": platform.release() if platform.system() == "Linux" else platform.mac_ver()[0],
        "libc": platform.libc_ver(),
        "cuda": os.environ.get("CONDA_OVERRIDE_CUDA") or _cuda_version(),
    }
    sys.stdout.write(json.dumps(found))


def _cuda_version() -> str:
    """The newest CUDA that the driver here can do; empty: there is none."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return ""
    number = ctypes.c_int(0)
    if driver.cuInit(0) or driver.cuDriverGetVersion(ctypes.byref(number)):
        return ""
    return f"{number.value // 1000}.{number.value % 1000 // 10}"
