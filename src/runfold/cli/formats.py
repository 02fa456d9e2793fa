"""Values as people read them in a terminal."""

from __future__ import annotations

import math
from datetime import datetime

_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000
_YEAR = 365 * _DAY
_BYTES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def number(value: float | None) -> str:
    """Six significant digits at most; integers whole."""
    if value is None:
        return ""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}"


def duration(milliseconds: int | None) -> str:
    """The two largest units: `1.2s`, `3m 05s`, `2h 10m`, `4d 3h`."""
    if milliseconds is None:
        return ""
    ms = abs(milliseconds)
    sign = "-" if milliseconds < 0 else ""
    if ms < _SECOND:
        return f"{sign}{ms}ms"
    if ms < _MINUTE:
        return f"{sign}{ms / _SECOND:.1f}s"
    if ms < _HOUR:
        return f"{sign}{ms // _MINUTE}m {ms % _MINUTE // _SECOND:02}s"
    if ms < _DAY:
        return f"{sign}{ms // _HOUR}h {ms % _HOUR // _MINUTE:02}m"
    return f"{sign}{ms // _DAY}d {ms % _DAY // _HOUR}h"


def age(time_ms: int | None, *, now_ms: int) -> str:
    """How long ago, in one unit: `12s`, `5m`, `3h`, `8d`, `2y`; empty for a time never noted."""
    if not time_ms:
        return ""
    ms = max(0, now_ms - time_ms)
    for unit, letter in ((_YEAR, "y"), (_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if ms >= unit:
            return f"{ms // unit}{letter}"
    return f"{ms // _SECOND}s"


def moment(time_ms: int | None) -> str:
    """Local time to the second, with its offset from UTC."""
    if not time_ms:
        return ""
    return datetime.fromtimestamp(time_ms / 1000).astimezone().isoformat(sep=" ", timespec="seconds")


def size(n_bytes: int | None) -> str:
    if n_bytes is None:
        return ""
    amount, unit = float(n_bytes), 0
    while amount >= 1024 and unit < len(_BYTES) - 1:
        amount /= 1024
        unit += 1
    return f"{n_bytes} B" if unit == 0 else f"{amount:.1f} {_BYTES[unit]}"


def one_line(text: str) -> str:
    """Without line breaks and control characters, which would break a table or drive the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
