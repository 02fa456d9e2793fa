"""Evidence that memory ran out: the last words of a command.

What the kernel says of it is in `launch.far.memory`, since that is asked on hosts, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from runfold.launch.far.memory import OUT_OF_MEMORY

_MAX_SHOWN = 300
# Python and NumPy, PyTorch, TensorFlow and JAX, Java, C++ and Go, and what the C library says.
_LAST_WORDS = re.compile(
    r"MemoryError\b|OutOfMemoryError|CUDA out of memory|RESOURCE_EXHAUSTED|ResourceExhaustedError|std::bad_alloc"
    r"|runtime: out of memory|Cannot allocate memory"
)


def explain_by_log(code: int, reason: str, lines: Sequence[str]) -> str:
    """The reason of a failure, with what the command's last lines say of memory.

    A limit on a process (`ulimit -v`) or on a GPU kills nobody: an allocation fails, and the command says so and ends.
    """
    if code == 0 or OUT_OF_MEMORY in reason:
        return reason
    said = next((line.strip() for line in reversed(lines) if _LAST_WORDS.search(line)), "")
    return f"{reason}: {OUT_OF_MEMORY}, as its log says: {said[:_MAX_SHOWN]}" if said else reason
