"""What a run logs, checked and written to its spool. Nothing here waits for a network."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence

from runfold.domain import limits
from runfold.domain.dataset import DatasetUse
from runfold.domain.ids import RunId
from runfold.domain.states import RunStatus
from runfold.errors import InvalidValue
from runfold.tracking import records
from runfold.tracking.records import DeleteTag, LogFile, LogInputs, LogParams, SetTags, UpdateRun

Append = Callable[[bytes], bool]


class Recorder:
    """The writing end of one run. Safe from any thread.

    What can be told to be wrong here raises here, where the mistake is made, and not later in the background.
    """

    def __init__(self, run_id: RunId, append: Append, reopen: Callable[[], Append]) -> None:
        """
        Args:
            append: keeps framed records; `Spool.append`.
            reopen: gives another `append` when this one has answered that its spool is closed: in a forked child,
                or for a record that comes after the end of the run.
        """
        self.run_id = run_id
        self._append = append
        self._reopen = reopen
        self._keys: dict[str, bytes] = {}
        self._params: dict[str, str] = {}

    def log_metric(self, key: str, value: float, timestamp_ms: int, step: int) -> None:
        """The hot path: some microseconds."""
        try:
            record = records.encode_metric(self._keys[key], value, timestamp_ms, step)
        except (KeyError, TypeError, struct.error):
            record = self._encode_with_care(key, value, timestamp_ms, step)
        self._keep(record)

    def log_metrics(self, metrics: Mapping[str, float], timestamp_ms: int, step: int) -> None:
        """Points of several metrics by one system call; all or, if one is wrong, none."""
        points = []
        for key, value in metrics.items():
            try:
                points.append(records.encode_metric(self._keys[key], value, timestamp_ms, step))
            except (KeyError, TypeError, struct.error):
                points.append(self._encode_with_care(key, value, timestamp_ms, step))
        self._keep(b"".join(points))

    def _keep(self, record: bytes) -> None:
        if not self._append(record):
            self._append_elsewhere(record)

    def _append_elsewhere(self, record: bytes) -> None:
        self._append = self._reopen()
        self._append(record)

    def _encode_with_care(self, key: str, value: object, timestamp_ms: int, step: object) -> bytes:
        limits.check_key("metric", key)
        encoded = self._keys[key] = key.encode()
        try:
            if isinstance(value, str):
                raise TypeError
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise InvalidValue(f"Metric {key!r} has the value {value!r}, which is not a number.") from error
        try:
            return records.encode_metric(encoded, number, int(timestamp_ms), int(step))  # type: ignore[call-overload]
        except (TypeError, ValueError, struct.error) as error:
            raise InvalidValue(
                f"Metric {key!r} has step {step!r} and time {timestamp_ms!r}; both must be whole numbers of 64 bits."
            ) from error

    def log_params(self, params: Mapping[str, object]) -> None:
        """Raises InvalidValue when a param has another value in this process already."""
        texts = {key: str(value) for key, value in params.items()}
        for key, text in texts.items():
            limits.check_key("param", key)
            known = self._params.get(key, text)
            if known != text:
                raise InvalidValue(
                    f"Param {key!r} of run {self.run_id} is {known!r} already and cannot become {text!r}: params do "
                    "not change. Use a tag for what does."
                )
        self._params.update(texts)
        for some in _slices(list(texts.items()), limits.MAX_BATCH_PARAMS):
            self._keep(records.encode(LogParams(tuple(some))))

    def set_tags(self, tags: Mapping[str, object]) -> None:
        pairs = [(key, str(value)) for key, value in tags.items()]
        for key, _ in pairs:
            limits.check_key("tag", key)
        for some in _slices(pairs, limits.MAX_BATCH_TAGS):
            self._keep(records.encode(SetTags(tuple(some))))

    def delete_tag(self, key: str) -> None:
        self._keep(records.encode(DeleteTag(key)))

    def log_inputs(self, datasets: Iterable[DatasetUse]) -> None:
        self._keep(records.encode(LogInputs(tuple(datasets))))

    def queue_file(self, source: str, path: str) -> None:
        """Have a copy in the spool folder uploaded later."""
        self._keep(records.encode(LogFile(source, path)))

    def update_run(
        self, *, status: RunStatus | None = None, end_time_ms: int | None = None, run_name: str = ""
    ) -> None:
        self._keep(records.encode(UpdateRun(status=status, end_time_ms=end_time_ms, run_name=run_name)))


def _slices(pairs: list[tuple[str, str]], size: int) -> Iterable[Sequence[tuple[str, str]]]:
    return (pairs[start : start + size] for start in range(0, len(pairs), size))
