"""A pass of a rule: what is overdue in the trash is purged, then what the rule says goes there.

It goes in steps, each of which is one transaction that also renews the lease. What is to go is worked out anew by every
pass and depends on the records alone, so a pass that was killed has lost nothing: the next one finds what is left.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from runfold.domain import known_tags
from runfold.domain.artifact import ArtifactPath
from runfold.domain.retention import (
    Decision,
    Going,
    RetentionPass,
    RetentionPlan,
    RetentionRule,
    Staying,
    TrashItem,
)
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.errors import InvalidState, NotFound, NotSupported, RunfoldError, Unavailable
from runfold.server.artifacts.kept import KeptFiles
from runfold.server.artifacts.roots import Folder, RunFiles
from runfold.server.retention.candidates import weigh
from runfold.stores.base import ServedStore

T = TypeVar("T")

MAX_NAMED = 1000
STEP = 100
LEASE_S = 300.0


class Retention:
    """Plans and passes. Every method blocks.

    Args:
        step: so many runs at a time.
    """

    def __init__(self, store: ServedStore, files: RunFiles, kept: KeptFiles, *, step: int = STEP) -> None:
        self._store = store
        self._files = files
        self._kept = kept
        self._step = step
        self._is_stopping = threading.Event()
        self._holder = f"{os.getpid()}-{secrets.token_hex(8)}"

    def stop(self) -> None:
        """End what is under way after its present step; the next pass goes on."""
        self._is_stopping.set()

    def _check_goes_on(self) -> None:
        if self._is_stopping.is_set():
            raise Unavailable("The server was stopped; the next pass goes on.")

    def plan(self, rule: RetentionRule) -> RetentionPlan:
        """What a pass would do now, with sizes; changes nothing."""
        decisions = weigh(self._store, rule, _now_ms())
        going = list(self._going(rule, decisions))
        staying = [one for one in decisions if one.why is not None]
        return RetentionPlan(
            going=tuple(going[:MAX_NAMED]),
            staying=tuple(
                Staying(
                    run_id=one.candidate.run_id,
                    name=one.candidate.name,
                    experiment_id=one.candidate.experiment_id,
                    why=one.why,
                )
                for one in staying[:MAX_NAMED]
                if one.why is not None
            ),
            n_going=len(going),
            n_staying=len(staying),
            n_bytes=sum(one.n_bytes for one in going),
            whys=dict(Counter(one.why.value for one in staying if one.why is not None)),
        )

    def apply(self, name: str, *, by: str = "") -> RetentionPass:
        """One pass, to its end.

        Raises:
            InvalidState: another one is under way.
            NotFound: there is no such rule.
        """
        rule = next((one for one in self._store.list_retention_rules() if one.name == name), None)
        if rule is None:
            raise NotFound("retention rule", name)
        begun = self._store.begin_retention_pass(name, self._holder, by=by, lease_s=LEASE_S)
        error = "The process was stopped."
        try:
            self._purge(rule, begun)
            self._retire(rule, begun)
            error = ""
        except RunfoldError as reason:
            error = reason.message
        finally:
            ended = self._store.end_retention_pass(begun, self._holder, error=error)
        return ended

    def _retire(self, rule: RetentionRule, begun: RetentionPass) -> None:
        decisions = weigh(self._store, rule, _now_ms())
        for some in _batches(self._going(rule, decisions), self._step):
            self._check_goes_on()
            self._store.retire(begun, self._holder, some, path=rule.path, lease_s=LEASE_S)

    def _going(self, rule: RetentionRule, decisions: Sequence[Decision]) -> Iterator[Going]:
        waiting = self._store.waiting_files(rule.name) if rule.path else frozenset()
        goes = (one.candidate for one in decisions if one.why is None and one.candidate.run_id not in waiting)
        for some in _batches(goes, 500):
            sizes = {holder.key: holder.n_bytes for holder in self._store.find_holders([one.run_id for one in some])}
            for one in some:
                n_bytes = self._size(one.artifact_uri, rule.path) if rule.path else sizes.get(one.run_id, 0)
                if n_bytes or not rule.path:
                    yield Going(run_id=one.run_id, name=one.name, experiment_id=one.experiment_id, n_bytes=n_bytes)

    def _size(self, artifact_uri: str, path: str) -> int:
        """Bytes below a path of a run; 0 where this server does not keep the files, and removes none."""
        folder = self._folder(artifact_uri)
        return 0 if folder is None else self._kept.size(folder, folder.file(path))

    def _folder(self, artifact_uri: str) -> Folder | None:
        try:
            return self._files.folder(artifact_uri)
        except (NotSupported, NotFound):
            return None

    def _purge(self, rule: RetentionRule, begun: RetentionPass) -> None:
        while items := self._store.overdue_trash(rule.name, max_results=self._step):
            self._check_goes_on()
            n_purged = sum(self._purge_files(item) if item.path else self._purge_run(item) for item in items)
            self._store.settle_trash(begun, self._holder, items, n_purged=n_purged, lease_s=LEASE_S)

    def _purge_run(self, item: TrashItem) -> bool:
        """The record, then its files. False for a run that came back, is gone, or holds files of versions."""
        try:
            run = self._store.get_run(item.run_id)
            if run.info.lifecycle_stage is not LifecycleStage.DELETED or run.info.deleted_time_ms != item.time_ms:
                return False
            report = self._store.purge(run_ids=[item.run_id], dry_run=False)
        except (NotFound, InvalidState):
            return False
        for uri in report.artifact_uris:
            folder = self._folder(uri)
            if folder is not None and folder.path is not None:
                folder.store.delete(folder.path)
        return True

    def _purge_files(self, item: TrashItem) -> bool:
        """False for files that are to stay after all: of a run that was starred or goes on, or of a version."""
        try:
            run = self._store.get_run(item.run_id)
        except NotFound:
            return False
        folder = self._folder(run.info.artifact_uri)
        if folder is None or run.tags.get(known_tags.STARRED) or run.info.status is RunStatus.RUNNING:
            return False
        path = folder.file(item.path)
        if self._is_registered(folder, path):
            return False
        with self._kept.deleting(folder, path):
            folder.store.delete(path)
        return True

    def _is_registered(self, folder: Folder, path: ArtifactPath) -> bool:
        above = (ArtifactPath("/".join(path.names[:n])) for n in range(1, len(path.names) + 1))
        places = [place for one in above for place in self._files.spellings(folder.store, one)]
        here = list(self._files.spellings(folder.store, path))
        return bool(self._store.find_versions_at(places) or self._store.find_versions_at(here, also_below=True))


def _batches(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    left = iter(items)
    while some := tuple(islice(left, size)):
        yield some


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
