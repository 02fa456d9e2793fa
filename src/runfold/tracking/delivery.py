"""From the records of a spool to calls of a store."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec

from runfold.domain import limits
from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.metric import Metric
from runfold.domain.run import RunBatch
from runfold.errors import (
    AlreadyExists,
    ArtifactError,
    InvalidState,
    InvalidValue,
    NotFound,
    NotSupported,
    RunfoldError,
    Unavailable,
)
from runfold.stores.base import TrackingStore
from runfold.tracking.records import (
    CreateRun,
    DeleteTag,
    LogFile,
    LogInputs,
    LogParams,
    Record,
    SetTags,
    SpoolInfo,
    UpdateRun,
    read_records,
)

REFUSALS = (InvalidValue, InvalidState, NotFound, AlreadyExists, NotSupported)
"""What a store says about a record that it will never take, however often it is sent."""

_READ_BYTES = 2**18

_log = logging.getLogger("runfold")


PutFile = Callable[[RunId, Path, str], None]
"""Uploads a queued file: run, path of the copy, path below the run's artifacts."""


class Source(Protocol):
    """A spool to read from: one's own, or one left behind."""

    info: SpoolInfo
    path: Path

    @property
    def is_delivered(self) -> bool: ...

    def read(self, max_bytes: int) -> bytes: ...

    def advance(self, n_bytes: int) -> None: ...


class Delivery:
    """Sends the records of one spool, in order, in batches.

    Attributes:
        refused: what the store did not take, in its own words.
    """

    def __init__(
        self,
        spool: Source,
        open_store: Callable[[], TrackingStore],
        put_file: PutFile,
    ) -> None:
        """
        Args:
            open_store: gives the store, the same one each time; may fail as the store's calls may.
        """
        self.spool = spool
        self.refused: list[str] = []
        self._open_store = open_store
        self._put_file = put_file
        self._run_id = spool.info.run_id

    def step(self) -> bool:
        """Send the next batch or operation; False when there was none.

        Raises:
            RunfoldError: it was not delivered and stays in the spool.
        """
        data = self.spool.read(_READ_BYTES)
        if not data:
            return False
        self._store = self._open_store()
        batch = _Batch()
        n_bytes = 0
        for record, size in read_records(data):
            if batch.take(record):
                n_bytes += size
                continue
            if n_bytes == 0:
                self._apply(record)
                n_bytes = size
            else:
                self._send(batch)
            break
        else:
            self._send(batch)
        self.spool.advance(n_bytes)
        return True

    def _send(self, batch: _Batch) -> None:
        whole = batch.build()
        try:
            self._store.log_batch(self._run_id, whole)
        except REFUSALS as error:
            parts = _parts(whole)
            if len(parts) == 1:
                self._refuse(error)
                return
            for part in parts:
                self._try(partial(self._store.log_batch, self._run_id, part))

    def _apply(self, record: Record) -> None:
        match record:
            case CreateRun():
                self._create(record)
            case UpdateRun(status=status, end_time_ms=end_time_ms, run_name=run_name):
                self._try(
                    lambda: self._store.update_run(
                        self._run_id, status=status, end_time_ms=end_time_ms, run_name=run_name
                    )
                )
            case DeleteTag(key=key):
                self._try(lambda: self._store.delete_tag(self._run_id, key))
            case LogInputs(datasets=datasets):
                self._try(lambda: self._store.log_inputs(self._run_id, datasets))
            case LogFile(source=source, path=path):
                self._deliver_file(self.spool.path.parent / source, path)

    def _deliver_file(self, source: Path, path: str) -> None:
        """A file that can't be stored stays where it is, but holds up no records behind it."""
        try:
            self._put_file(self._run_id, source, path)
        except Unavailable:
            raise
        except (RunfoldError, OSError) as error:
            self._refuse(ArtifactError(f"The file {path!r} was not uploaded and stays in the spool folder: {error}"))

    def _create(self, record: CreateRun) -> None:
        """A refusal here is raised: without its run nothing of the spool has a place, so all of it is kept."""
        run = record.run
        if record.experiment_name:
            experiment_id = find_or_create_experiment(self._store, record.experiment_name)
            run = msgspec.structs.replace(run, experiment_id=experiment_id)
        try:
            self._store.create_run(run)
        except AlreadyExists:
            return  # sent before, and the answer was lost

    def _try(self, call: Callable[[], object]) -> None:
        try:
            call()
        except REFUSALS as error:
            self._refuse(error)

    def _refuse(self, error: RunfoldError) -> None:
        if error.message not in self.refused:
            self.refused.append(error.message)
            _log.warning("Run %s: something logged was not accepted and is left out: %s", self._run_id, error.message)


def find_or_create_experiment(store: TrackingStore, name: str) -> ExperimentId:
    """The id of an experiment by its name. Several callers at once get the same one."""
    found = store.find_experiment_by_name(name)
    if found is not None:
        return found.experiment_id
    try:
        return store.create_experiment(name)
    except AlreadyExists:
        found = store.find_experiment_by_name(name)
        if found is None:
            raise
        return found.experiment_id


class _Batch:
    """Records that fit into one log-batch call."""

    def __init__(self) -> None:
        self._metrics: list[Metric] = []
        self._params: dict[str, str] = {}
        self._tags: dict[str, str] = {}

    def take(self, record: Record) -> bool:
        """Add a record; False when it belongs into a call after this one."""
        match record:
            case Metric():
                if self._is_full(1):
                    return False
                self._metrics.append(record)
            case LogParams(params=params):
                if self._is_full(len(params)) or len(self._params) + len(params) > limits.MAX_BATCH_PARAMS:
                    return False
                if any(self._params.get(key, value) != value for key, value in params):
                    return False
                self._params.update(params)
            case SetTags(tags=tags):
                if self._is_full(len(tags)) or len(self._tags) + len(tags) > limits.MAX_BATCH_TAGS:
                    return False
                self._tags.update(tags)
            case _:
                return False
        return True

    def _is_full(self, n_more: int) -> bool:
        n = len(self._metrics) + len(self._params) + len(self._tags) + n_more
        return n > limits.MAX_BATCH_TOTAL or len(self._metrics) >= limits.MAX_BATCH_METRICS

    def build(self) -> RunBatch:
        return RunBatch(
            metrics=tuple(self._metrics), params=tuple(self._params.items()), tags=tuple(self._tags.items())
        )


def _parts(batch: RunBatch) -> list[RunBatch]:
    """A refused batch taken apart, so that one bad param does not cost the rest."""
    parts = [RunBatch(metrics=batch.metrics)] if batch.metrics else []
    parts += [RunBatch(params=(pair,)) for pair in batch.params]
    parts += [RunBatch(tags=(pair,)) for pair in batch.tags]
    return parts
