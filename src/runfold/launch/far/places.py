"""Where things lie over there."""

from __future__ import annotations

import os
import platform
import sys

NAME = "far.pyz"
HERE = os.path.dirname(os.path.abspath(sys.argv[0]))
"""The folder of the job, in which this lies as one file."""
PACKED = ".tar.gz"


def environment_place(digest: str) -> str:
    """Where an environment lies. Homes are shared by machines of several kinds, and what runs on one not by another."""
    return os.path.join(os.path.dirname(HERE), "environments", f"{digest}-{platform.machine()}")
