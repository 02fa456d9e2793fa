"""What a spool holds: one framed, checksummed record per thing logged.

    frame   = crc32 of the body (u32) | length of the body (u32) | body           little-endian
    body    = "m" | step (i64) | timestamp in ms (i64) | value (f64) | key in UTF-8
            | "o" | msgpack of one of the operations below, tagged with its name

A record is written by a single `write`, so only the last one of a killed process can be torn, and its
checksum tells. To change the format: add an operation or a body letter; never give an old one a new
meaning, since spools outlive the release that wrote them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from zlib import crc32

import msgspec

from runfold.domain.dataset import DatasetUse
from runfold.domain.ids import RunId
from runfold.domain.metric import Metric
from runfold.domain.run import NewRun
from runfold.domain.states import RunStatus
from runfold.errors import StoreError

_FRAME = struct.Struct("<II")
_METRIC = struct.Struct("<Bqqd")
_METRIC_KIND = ord("m")
_OPERATION_KIND = ord("o")

FRAME_BYTES = _FRAME.size
MAX_BODY_BYTES = 2**28


class SpoolInfo(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The first record of a spool: whose it is and where it goes.

    Attributes:
        ends_with_writer: the writer decides when the run ends, so a run that goes on without it was killed.
    """

    tracking_uri: str
    run_id: RunId
    host: str
    pid: int
    ends_with_writer: bool = False


class CreateRun(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A run begins.

    Attributes:
        run: with the client's own id.
        experiment_name: set while the experiment's id is not known; the sender looks it up or creates it.
    """

    run: NewRun
    experiment_name: str = ""


class LogParams(msgspec.Struct, frozen=True, tag=True):
    params: tuple[tuple[str, str], ...]


class SetTags(msgspec.Struct, frozen=True, tag=True):
    tags: tuple[tuple[str, str], ...]


class DeleteTag(msgspec.Struct, frozen=True, tag=True):
    key: str


class LogInputs(msgspec.Struct, frozen=True, tag=True):
    datasets: tuple[DatasetUse, ...]


class UpdateRun(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    status: RunStatus | None = None
    end_time_ms: int | None = None
    run_name: str = ""


class LogFile(msgspec.Struct, frozen=True, tag=True):
    """A file waits to be uploaded.

    Attributes:
        source: path of the copy, relative to the spool folder.
        path: where it goes below the run's artifacts.
    """

    source: str
    path: str


Operation = SpoolInfo | CreateRun | LogParams | SetTags | DeleteTag | LogInputs | UpdateRun | LogFile
Record = Metric | Operation

_encode_operation = msgspec.msgpack.Encoder().encode
_decode_operation = msgspec.msgpack.Decoder(Operation).decode


def encode_metric(key: bytes, value: float, timestamp_ms: int, step: int) -> bytes:
    """One framed point. Raises `struct.error` for a step or time outside int64."""
    body = _METRIC.pack(_METRIC_KIND, step, timestamp_ms, value) + key
    return _FRAME.pack(crc32(body), len(body)) + body


def encode(operation: Operation) -> bytes:
    body = b"o" + _encode_operation(operation)
    return _FRAME.pack(crc32(body), len(body)) + body


def read_records(data: bytes) -> Iterator[tuple[Record, int]]:
    """Whole, sound records from the start of `data`, each with its size including the frame.

    Stops before the first record that is cut short or damaged.
    """
    view = memoryview(data)
    start = 0
    while start + FRAME_BYTES <= len(data):
        checksum, length = _FRAME.unpack_from(data, start)
        begin, end = start + FRAME_BYTES, start + FRAME_BYTES + length
        if end > len(data) or length == 0 or crc32(view[begin:end]) != checksum:
            return
        yield _decode(data, begin, end), end - start
        start = end


def _decode(data: bytes, begin: int, end: int) -> Record:
    if data[begin] == _METRIC_KIND:
        _, step, timestamp_ms, value = _METRIC.unpack_from(data, begin)
        return Metric(data[begin + _METRIC.size : end].decode(), value, timestamp_ms, step)
    try:
        operation: Operation = _decode_operation(data[begin + 1 : end])
    except msgspec.ValidationError as error:
        raise StoreError(
            f"A spool holds a record that this release does not know ({error}). Send it with the release that wrote it."
        ) from error
    return operation


def stated_size(data: bytes) -> int:
    """Size of the first record as its frame states it; 0 when not even the frame is there or it makes no sense."""
    if len(data) < FRAME_BYTES:
        return 0
    length: int = _FRAME.unpack_from(data)[1]
    return FRAME_BYTES + length if 0 < length <= MAX_BODY_BYTES else 0


def find_record(data: bytes) -> int | None:
    """Offset of the first sound record after position 0: where to go on behind a damaged one."""
    for start in range(1, len(data) - FRAME_BYTES):
        checksum, length = _FRAME.unpack_from(data, start)
        end = start + FRAME_BYTES + length
        is_possible = length > 0 and end <= len(data) and data[start + FRAME_BYTES] in b"mo"
        if is_possible and crc32(data[start + FRAME_BYTES : end]) == checksum:
            return start
    return None
