"""A pass of a rule: what is overdue in the trash is purged, then what the rule says goes there.

It goes in steps, each of which is one transaction that also renews the lease. What is to go is worked out anew by every
pass and depends on the records alone, so a pass that was killed has lost nothing: the next one finds what is left.
Whose rights limit it, `authority` says.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from runfold.domain import known_tags
from runfold.domain.access import Rights
from runfold.domain.artifact import ArtifactPath
from runfold.domain.retention import (
    Decision,
    Going,
    RetentionPass,
    RetentionPlan,
    RetentionRule,
    RuleKey,
    Staying,
    TrashItem,
)
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.errors import InvalidState, NotFound, NotSupported, PermissionDenied, RunfoldError, Unavailable
from runfold.server.artifacts.kept import KeptFiles
from runfold.server.artifacts.roots import Folder, RunFiles
from runfold.server.retention.authority import Authority, manage, of_keeper, unlimited
from runfold.server.retention.candidates import weigh
from runfold.stores.access import Home
from runfold.stores.base import ServedStore

T = TypeVar("T")

MAX_NAMED = 1000
STEP = 100
LEASE_S = 300.0


class Retention:
    """Plans and passes. Every method blocks.

    Args:
        has_users: so that a rule of a workspace acts with the rights of its keeper.
        step: so many runs at a time.
    """

    def __init__(
        self, store: ServedStore, files: RunFiles, kept: KeptFiles, *, has_users: bool = False, step: int = STEP
    ) -> None:
        self._store = store
        self._files = files
        self._kept = kept
        self._has_users = has_users
        self._step = step
        self._is_stopping = threading.Event()
        self._holder = f"{os.getpid()}-{secrets.token_hex(8)}"

    def stop(self) -> None:
        """End what is under way after its present step; the next pass goes on."""
        self._is_stopping.set()

    def _check_goes_on(self) -> None:
        if self._is_stopping.is_set():
            raise Unavailable("The server was stopped; the next pass goes on.")

    def rests(self, rule: RetentionRule) -> str:
        """Why a rule is not carried out, whatever it says; empty: nothing is in the way."""
        try:
            self._authority_over(rule, unlimited)()
        except RunfoldError as reason:
            return reason.message
        return ""

    def _authority_over(self, rule: RetentionRule, caller: Authority) -> Authority:
        if not (rule.workspace and self._has_users):
            return caller
        return lambda: (*caller(), *of_keeper(self._store, rule))

    def plan(self, rule: RetentionRule, authority: Authority = unlimited) -> RetentionPlan:
        """What a pass would do now if the caller kept the rule, with sizes; changes nothing."""
        decisions = weigh(self._store, rule, _now_ms(), authority())
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

    def apply(self, key: RuleKey, *, by: str = "", authority: Authority = unlimited) -> RetentionPass:
        """One pass, to its end.

        Args:
            authority: of who asks for it; the rule's keeper limits it as well.

        Raises:
            InvalidState: another one is under way.
            NotFound: there is no such rule.
        """
        rule = self._store.find_retention_rule(key)
        if rule is None:
            raise NotFound("retention rule", key.text)
        authority = self._authority_over(rule, authority)
        begun = self._store.begin_retention_pass(key, self._holder, by=by, lease_s=LEASE_S)
        error, is_soon_again = "The process was stopped.", True
        try:
            self._purge(rule, begun, authority)
            self._retire(rule, begun, authority)
            error, is_soon_again = "", False
        except RunfoldError as reason:
            error, is_soon_again = reason.message, not isinstance(reason, PermissionDenied)
        finally:
            ended = self._store.end_retention_pass(begun, self._holder, error=error, is_soon_again=is_soon_again)
        return ended

    def _retire(self, rule: RetentionRule, begun: RetentionPass, authority: Authority) -> None:
        decisions = weigh(self._store, rule, _now_ms(), authority())
        for some in _batches(self._going(rule, decisions), self._step):
            self._check_goes_on()
            allowed = self._allowed(rule, authority, [one.run_id for one in some])
            still = tuple(one for one in some if one.run_id in allowed)
            self._store.retire(begun, self._holder, still, path=rule.path, lease_s=LEASE_S)

    def _allowed(self, rule: RetentionRule, authority: Authority, run_ids: Sequence[str]) -> frozenset[str]:
        """Those of these runs that the rule may touch as things stand now."""
        rights = authority()
        if not rule.workspace:
            return frozenset(run_ids)
        return _managed(rights, self._homes(rule, run_ids))

    def _homes(self, rule: RetentionRule, run_ids: Sequence[str]) -> dict[str, Home]:
        """Of the runs that a rule reaches: those in its workspace; of a rule of the server, all."""
        homes = self._store.homes_of_runs(run_ids)
        return {run_id: home for run_id, home in homes.items() if rule.workspace in ("", home.workspace)}

    def _going(self, rule: RetentionRule, decisions: Sequence[Decision]) -> Iterator[Going]:
        waiting = self._store.waiting_files(rule.key) if rule.path else frozenset()
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

    def _purge(self, rule: RetentionRule, begun: RetentionPass, authority: Authority) -> None:
        after = 0
        while items := self._store.overdue_trash(rule.key, max_results=self._step, after=after):
            self._check_goes_on()
            after = items[-1].number
            rights = authority()
            homes = self._homes(rule, [item.run_id for item in items])
            allowed = _managed(rights, homes)
            # What is not for these to purge waits for who may; what is gone or was moved elsewhere is forgotten.
            settled = tuple(item for item in items if item.run_id in allowed or item.run_id not in homes)
            going = (item for item in settled if item.run_id in allowed)
            purged = (item for item in going if (self._purge_files(item) if item.path else self._purge_run(item)))
            n_purged = Counter(homes[item.run_id].experiment_id for item in purged)
            self._store.settle_trash(begun, self._holder, settled, n_purged=n_purged, lease_s=LEASE_S)

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


def _managed(rights: Sequence[Rights], homes: Mapping[str, Home]) -> frozenset[str]:
    """Those of these runs that all of them manage."""
    return frozenset(
        run_id for run_id, home in homes.items() if manage(rights, home.experiment_id, home.name, home.workspace)
    )


def _batches(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    left = iter(items)
    while some := tuple(islice(left, size)):
        yield some


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
