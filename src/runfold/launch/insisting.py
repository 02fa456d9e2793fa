"""Writing what must not be lost although the store may not take it just now, such as while its disk is full."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from runfold.errors import RunfoldError, Unavailable

RETRY_S = 1.0

Act = Callable[[], object]


def insist(*acts: Act, may_wait: Callable[[float], bool], tell: Callable[[str], None]) -> None:
    """Do each of these, as often as it takes: one that has to wait holds up no other.

    Args:
        acts: may be done again after they failed half-way. One that fails for good is told of and left.
        may_wait: whether to go on after so many seconds.
        tell: gets lines for people: at the first vain attempt, and of what could not be done.
    """
    begin = time.monotonic()
    refused = _refused(acts, tell)
    if refused and may_wait(0.0):
        tell(f"{refused[0][1].message} It is tried again until it can be written.")
    while refused and may_wait(time.monotonic() - begin):
        time.sleep(RETRY_S)
        refused = _refused([act for act, _ in refused], tell)
    for _, error in refused:
        tell(f"It could not be written: {error.message}")


def _refused(acts: Iterable[Act], tell: Callable[[str], None]) -> list[tuple[Act, Unavailable]]:
    """Those that may succeed later, and why they did not now."""
    refused = []
    for act in acts:
        try:
            act()
        except Unavailable as error:
            refused.append((act, error))
        except RunfoldError as error:
            tell(f"It could not be written: {error.message}")
    return refused
