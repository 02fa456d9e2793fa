"""Deliver what dead processes left, and end the runs that ended with them."""

from __future__ import annotations

from runfold.domain.ids import RunId
from runfold.domain.states import RunStatus
from runfold.errors import NotFound
from runfold.stores.base import TrackingStore
from runfold.tracking.delivery import Delivery, PutFile
from runfold.tracking.left_spool import LeftSpool, is_being_written

SIGN_OF_LIFE_TOLERANCE_MS = 60_000
"""How much later than the last trace of a dead writer the store may have heard of its run: clocks differ."""


def deliver_left(left: LeftSpool, store: TrackingStore, put_file: PutFile) -> list[str]:
    """Send all of a spool whose writer is gone, and end its run if nobody else goes on with it.

    Returns:
        What the store refused.

    Raises:
        RunfoldError: some is not delivered, and stays.
    """
    heard_ms = _last_heard_ms(store, left.info.run_id)  # asked first, since what is sent now counts as a sign of life
    delivery = Delivery(left, lambda: store, put_file)
    while delivery.step():
        pass
    if left.info.ends_with_writer and heard_ms <= left.written_ms + SIGN_OF_LIFE_TOLERANCE_MS:
        left.close()  # its lock must not look like that of a living writer
        _end_killed(store, left)
    return delivery.refused


def _end_killed(store: TrackingStore, left: LeftSpool) -> None:
    """End a run whose writer died without ending it, unless somebody has taken it up since."""
    run = store.get_run(left.info.run_id).info
    if run.status is RunStatus.RUNNING and not is_being_written(run.run_id, left.path.parent):
        store.update_run(run.run_id, status=RunStatus.KILLED, end_time_ms=left.written_ms)


def _last_heard_ms(store: TrackingStore, run_id: RunId) -> int:
    """When a client of the run was heard from; 0 when never, as for a run that is not in the store yet."""
    try:
        return store.get_run(run_id).info.heartbeat_ms or 0
    except NotFound:
        return 0
