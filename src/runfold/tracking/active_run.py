"""A run that this process writes."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runfold.artifacts.base import ArtifactStore
from runfold.artifacts.transfer import upload_file, upload_folder
from runfold.domain import known_tags, limits
from runfold.domain.artifact import ArtifactPath, join
from runfold.domain.run import Run
from runfold.domain.states import RunStatus
from runfold.errors import RunfoldError, Unavailable
from runfold.tracking.queued_files import keep_content, keep_copy
from runfold.tracking.recorder import Append, Recorder
from runfold.tracking.run_view import RunView
from runfold.tracking.sender import Channel
from runfold.tracking.session import Session
from runfold.tracking.tables import Table

_ERROR_LINES = 20

_log = logging.getLogger("runfold")


class ActiveRun(RunView):
    """The run that `start_run` gives: a context manager, and the run as it was when it began.

    Attributes:
        is_open: it has not ended in this process.
        ends_with_us: this process decides when the run ends. False in forked children and in ranks other than the
            first.
        tables: what `log_table` has logged, by path.
        unsent_models: what is told of models that were logged while no store answered.
    """

    def __init__(
        self,
        record: Run,
        session: Session,
        channel: Channel,
        on_exit: Callable[[ActiveRun, RunStatus], None],
    ) -> None:
        """
        Args:
            on_exit: called when a `with` block is left; ends the run and takes it off the stack.
        """
        super().__init__(record)
        self.session = session
        self.channel = channel
        self.recorder = Recorder(record.info.run_id, channel.spool.append, self._reopen)
        self._lock = threading.Lock()
        self.is_open = True
        self.ends_with_us = True
        self.tables: dict[str, Table] = {}
        self.unsent_models: list[Mapping[str, Any]] = []
        self._on_exit = on_exit
        self._helpers: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.note_error(error)
        self._on_exit(self, status_after(error))

    def note_error(self, error: BaseException) -> None:
        """Keep the last lines of an exception's trace in a tag."""
        if isinstance(error, SystemExit | KeyboardInterrupt):
            return
        lines = "".join(traceback.format_exception(error)).splitlines()[-_ERROR_LINES:]
        self.recorder.set_tags({known_tags.ERROR: "\n".join(lines)[-limits.MAX_TAG_VALUE :]})

    def add_helper(self, stop: Callable[[], None]) -> None:
        """Have something that works for the run in the background stopped when it ends."""
        self._helpers.append(stop)

    def log_at_once(self, values: Mapping[str, float], step: int) -> None:
        """Log points of several metrics with one time."""
        self.recorder.log_metrics(values, time.time_ns() // 1_000_000, step)

    def put_file(self, source: Path, path: str) -> None:
        """Upload a file; while the store can't be reached, keep a copy that is uploaded later.

        Raises:
            InvalidValue: `path` can't be that of an artifact.
            ArtifactError: it can't be stored, now or later.
        """
        target = ArtifactPath(path)
        if not self._upload(lambda store: upload_file(store, source, target)):
            self.recorder.queue_file(keep_copy(self._spool_folder, source), path)

    def put_folder(self, source: Path, path: str) -> None:
        """As `put_file`, for all files of a folder; an empty `path` is the root of the run's artifacts."""
        target = ArtifactPath.or_root(path)
        if not self._upload(lambda store: upload_folder(store, source, target)):
            for file in sorted(found for found in source.rglob("*") if found.is_file()):
                name = join(target, file.relative_to(source).as_posix())
                self.recorder.queue_file(keep_copy(self._spool_folder, file), name.text)

    def _upload(self, move: Callable[[ArtifactStore], object]) -> bool:
        """Whether it could be done now."""
        if not self.info.artifact_uri or self.session.is_offline:
            return False
        try:
            with self.session.open_files(self.info.artifact_uri) as store:
                move(store)
        except Unavailable as error:
            _log.warning("%s Files are kept in the spool folder and uploaded later.", error.message)
            return False
        return True

    def put_content(self, content: bytes, path: str) -> None:
        """Have a small file uploaded in the background."""
        self.recorder.queue_file(keep_content(self._spool_folder, content), path)

    @property
    def _spool_folder(self) -> Path:
        return self.channel.spool.path.parent

    def flush(self, timeout_s: float | None = None) -> None:
        """Wait until what was logged is durable.

        Raises:
            Unavailable: it is not, and why.
        """
        self.session.flush(self.channel, timeout_s)

    def end(self, status: RunStatus, *, timeout_s: float | None = None) -> None:
        """End the run and wait until everything is durable; say so in the log if it is not.

        Args:
            timeout_s: None: as the setting `end_timeout_s` says.
        """
        if not self.is_open:
            return
        self.is_open = False
        for stop in self._helpers:
            stop()
        if self.ends_with_us:
            self.recorder.update_run(status=status, end_time_ms=time.time_ns() // 1_000_000)
        try:
            if not self.channel.spool.is_closed:  # a forked child that logged nothing has only its parent's
                self.session.flush(self.channel, timeout_s)
            if self.ends_with_us and not self.session.is_offline:
                self.session.send_left(self.info.run_id)
        except RunfoldError as error:
            _log.warning("%s", error.message)
        self.session.finish(self.channel)

    def continue_in_child(self) -> None:
        """After a fork, in the child: the run goes on, and its end is the parent's business."""
        self.ends_with_us = False
        self._helpers.clear()
        self._lock = threading.Lock()

    def _reopen(self) -> Append:
        with self._lock:
            if self.channel.spool.is_closed:
                self.channel = self.session.open_channel(self.info.run_id, ends_with_us=False)
                self.channel.is_open = self.is_open
            return self.channel.spool.append


def status_after(error: BaseException | None) -> RunStatus:
    """What a run has become when this left its block."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return RunStatus.FINISHED
    return RunStatus.KILLED if isinstance(error, KeyboardInterrupt) else RunStatus.FAILED
