"""Send what offline or dead processes left in their spools: `runfold sync`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from runfold.config import ClientSettings
from runfold.domain.ids import RunId
from runfold.errors import RunfoldError
from runfold.tracking import address, settings
from runfold.tracking.left_spool import LeftSpool, take_left_spools
from runfold.tracking.recovery import deliver_left
from runfold.tracking.session import Session


class SyncedSpool(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one spool.

    Attributes:
        tracking_uri: where it was sent.
        is_delivered: the store has all of it, and the spool is gone.
        problem: why it is not; empty when it is.
        refused: what the store did not take, in its own words.
        n_damaged_bytes: what could not be read; a record cut short by a kill is normal.
    """

    run_id: RunId
    path: str
    tracking_uri: str
    is_delivered: bool
    problem: str = ""
    refused: tuple[str, ...] = ()
    n_damaged_bytes: int = 0


def default_folders(client_settings: ClientSettings) -> list[Path]:
    """Where spools of this user and working folder can be."""
    named = [settings.spool_folder(client_settings, is_remote=remote) for remote in (False, True)]
    return list(dict.fromkeys([*named, settings.cache_spool_folder(), *settings.spare_spool_folders()]))


def sync(folders: Sequence[Path] | None = None, *, tracking_uri: str | None = None) -> list[SyncedSpool]:
    """Deliver every spool whose writer is gone. Twice, or in several processes at once, is harmless.

    A spool that can't be delivered stays, and the next one is tried.

    Args:
        folders: None: the spool folders of the settings, of `./.runfold` and of the user's cache.
        tracking_uri: where to send; None: where each spool says.
    """
    client_settings = dataclasses.replace(settings.load(), offline=False)
    sessions: dict[str, Session] = {}
    done = []
    try:
        for left in _left_spools(folders if folders is not None else default_folders(client_settings)):
            uri = address.resolve(tracking_uri or left.info.tracking_uri)
            session = sessions.setdefault(uri, Session(uri, client_settings))
            done.append(_deliver(left, session))
    finally:
        for session in sessions.values():
            session.close()
    return done


def _left_spools(folders: Iterable[Path]) -> Iterable[LeftSpool]:
    for folder in folders:
        yield from take_left_spools(folder)


def _deliver(left: LeftSpool, session: Session) -> SyncedSpool:
    problem = ""
    refused: list[str] = []
    try:
        refused = deliver_left(left, session.store, session.put_file)
    except RunfoldError as error:
        problem = error.message
    finally:
        left.close()
    return SyncedSpool(
        run_id=left.info.run_id,
        path=str(left.path),
        tracking_uri=session.uri,
        is_delivered=left.is_delivered,
        problem=problem,
        refused=tuple(refused),
        n_damaged_bytes=left.n_damaged_bytes,
    )
