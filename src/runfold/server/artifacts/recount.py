"""Counts anew what records and their owners keep, from files and series, while the server goes on.

What was counted otherwise is looked at a second time after a pause: an upload is charged a moment before its file
appears, and points a moment after they were written. What was charged in between stays as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from runfold.domain.quota import Holder, Miscount, Recount
from runfold.errors import InvalidValue, NotSupported
from runfold.server.artifacts.kept import KeptFiles
from runfold.server.artifacts.roots import RunFiles
from runfold.stores.quotas import CountingStore

PAUSE_S = 3.0
PIECE = 200
_WORDS = {"runs": "run", "logged_models": "logged-model"}
_OWNERS = "owners"


class Recounter:
    """
    Args:
        sleep: waits before the second look.
    """

    def __init__(
        self, store: CountingStore, files: RunFiles, kept: KeptFiles, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._store = store
        self._files = files
        self._kept = kept
        self._sleep = sleep

    def count(self, page_token: str, *, dry_run: bool) -> Recount:
        """The piece after a token. May block for long. Raises InvalidValue for a token that is none."""
        table, after = _read_token(page_token)
        if table == _OWNERS:
            miscounts = self._store.recount_owners(dry_run=dry_run)
            return Recount(miscounts=miscounts, n_records=0, next_token="", is_dry_run=dry_run)
        holders = self._store.holders_after(table, after, max_results=PIECE)
        miscounts = self._recount(holders, table, dry_run=dry_run)
        if len(holders) == PIECE:
            token = f"{table}:{holders[-1].number}"
        else:
            token = "logged_models:0" if table == "runs" else f"{_OWNERS}:0"
        return Recount(miscounts=miscounts, n_records=len(holders), next_token=token, is_dry_run=dry_run)

    def _recount(self, holders: Sequence[Holder], table: str, *, dry_run: bool) -> tuple[Miscount, ...]:
        runs = [holder.number for holder in holders] if table == "runs" else []
        of_files = self._other_sizes(holders)
        of_points = self._store.recount_points(runs, dry_run=True) if runs else {}
        if not of_files and not of_points:
            return ()
        self._sleep(PAUSE_S)
        again = {number for number in of_points if number in runs}
        of_points = self._store.recount_points(sorted(again), dry_run=dry_run) if again else {}
        return (*self._files_of(of_files, dry_run=dry_run), *_points_of(holders, of_points))

    def _other_sizes(self, holders: Sequence[Holder]) -> dict[str, tuple[Holder, int]]:
        """By id, records whose files have another size than was counted."""
        sizes = {holder.key: (holder, self._size(holder)) for holder in holders}
        return {key: (holder, size) for key, (holder, size) in sizes.items() if size not in (None, holder.n_bytes)}

    def _size(self, holder: Holder) -> int | None:
        """Bytes of a record's own folder; None where none is kept here."""
        try:
            folder = self._files.folder(holder.artifact_uri)
        except (NotSupported, InvalidValue):
            return None
        # A model that lies in a run's folder is counted with the run.
        if folder.path is None or holder.key not in folder.path.names:
            return None
        return self._kept.size(folder, folder.path)

    def _files_of(self, seen: Mapping[str, tuple[Holder, int]], *, dry_run: bool) -> list[Miscount]:
        still = {holder.key: holder for holder in self._store.find_holders(list(seen))} if seen else {}
        miscounts = []
        for key, (before, size) in seen.items():
            now = still.get(key)
            if now is None or now.n_bytes != before.n_bytes or self._size(now) != size:
                continue
            if dry_run or self._store.correct_files(now, size):
                record = f"{_WORDS[now.table]}:{key}"
                miscounts.append(Miscount(record=record, what="bytes", counted=now.n_bytes, found=size))
        return miscounts


def _points_of(holders: Sequence[Holder], found: Mapping[int, tuple[int, int]]) -> list[Miscount]:
    keys = {holder.number: holder.key for holder in holders}
    return [
        Miscount(record=f"run:{keys[number]}", what="points", counted=counted, found=there)
        for number, (counted, there) in found.items()
    ]


def _read_token(token: str) -> tuple[str, int]:
    table, _, after = (token or "runs:0").partition(":")
    if table not in (*_WORDS, _OWNERS) or not (after.isascii() and after.isdigit() and len(after) <= 18):
        raise InvalidValue(f"Invalid page token {token[:80]!r}; begin without one.")
    return table, int(after)
