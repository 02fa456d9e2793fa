"""Points of series as columns, and as bytes.

A payload holds the points of several series of one run:

    byte 0     version, 1
    bytes 1-4  number of series, uint32
    then five columns: key numbers (int64) and counts (int64), one entry a series;
    steps (int64), timestamps (int64), values (float64), one entry a point, series after series.

A column is a tag byte, its length in bytes (uint32), and that many bytes. Tags:

    0  plain little-endian numbers
    1  pcodec, as `pcodec.standalone` writes it
    2  one plain number, which all entries share

To a tag 128 may be added: then the last four of its bytes are a checksum, CRC-32 of those before, begun with the tag.

Everything is little-endian. A request's points are written with tags 0 and 2, which costs nothing; what the
fold writes, and the store keeps, is compressed and has checksums. New tags or versions may be added; old ones are
read for ever.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
from pcodec import ChunkConfig, standalone

from runfold.domain.metric import MAX_INT64
from runfold.errors import InvalidValue, StoreCorrupt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

VERSION = 1
PLAIN, PCODEC, CONSTANT = 0, 1, 2
CHECKED = 128

# Below this, pcodec's own header costs more than it saves.
MIN_COMPRESSED = 64

# No row comes near this; a damaged one could otherwise ask for all memory.
MAX_POINTS = 2**26

TOO_LARGE = "Steps and timestamps must fit in 64 bits (-2^63 to 2^63-1)."

_HEAD = struct.Struct("<BI")
_COLUMN_HEAD = struct.Struct("<BI")
_CHECKSUM = struct.Struct("<I")


class Columns(NamedTuple):
    """Points of one series; equal lengths."""

    steps: Ints
    timestamps: Ints
    values: Floats

    def __bool__(self) -> bool:
        return len(self.steps) > 0


EMPTY = Columns(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


def columns_of(steps: list[int], timestamps: list[int], values: list[float]) -> Columns:
    """Raises InvalidValue for a step or time of more than 64 bits."""
    try:
        return Columns(np.array(steps, np.int64), np.array(timestamps, np.int64), np.array(values, np.float64))
    except OverflowError:
        raise InvalidValue(TOO_LARGE) from None


def concatenate(parts: Iterable[Columns]) -> Columns:
    """All points of the parts, in their order."""
    found = [part for part in parts if part]
    if not found:
        return EMPTY
    if len(found) == 1:
        return found[0]
    steps, timestamps, values = zip(*found, strict=True)
    return Columns(np.concatenate(steps), np.concatenate(timestamps), np.concatenate(values))


def in_step_order(points: Columns) -> Columns:
    """Sorted by (step, timestamp, value), each distinct point once.

    Every NaN is the same value and comes last; both zeros differ.
    """
    if _is_rising(points.steps):
        return points
    values = _one_nan(points.values)
    order = np.lexsort((_rank(values), points.timestamps, points.steps))
    return _distinct(Columns(points.steps[order], points.timestamps[order], values[order]))


def in_time_order(points: Columns) -> Columns:
    """Sorted by (timestamp, step, value), each distinct point once: the order of MLflow's histories."""
    if _is_rising(points.timestamps):
        return points
    values = _one_nan(points.values)
    order = np.lexsort((_rank(values), points.steps, points.timestamps))
    return _distinct(Columns(points.steps[order], points.timestamps[order], values[order]))


def _is_rising(column: Ints) -> bool:
    """Whether each number is greater than the one before: then the points are sorted and distinct already,
    which training loops see to, and which costs a hundredth of a sort to find out."""
    return bool((column[1:] > column[:-1]).all())


def _one_nan(values: Floats) -> Floats:
    """Processors make NaN of either sign; clients mean the same by both."""
    is_nan = np.isnan(values)
    return np.where(is_nan, np.nan, values) if is_nan.any() else values


def _rank(values: Floats) -> Ints:
    """Numbers that sort as the values do and are equal only for the same bits, so that duplicates lie together."""
    bits = np.ascontiguousarray(values).view(np.int64)
    return bits ^ ((bits >> 63) & MAX_INT64)


def _distinct(points: Columns) -> Columns:
    """Sorted points without those that equal the one before."""
    steps, timestamps, values = points
    if len(steps) < 2:
        return points
    bits = values.view(np.int64)
    is_new = np.empty(len(steps), np.bool_)
    is_new[0] = True
    np.not_equal(steps[1:], steps[:-1], out=is_new[1:])
    is_new[1:] |= timestamps[1:] != timestamps[:-1]
    is_new[1:] |= bits[1:] != bits[:-1]
    return points if is_new.all() else Columns(steps[is_new], timestamps[is_new], values[is_new])


def encode_plain(
    key_ids: list[int], counts: list[int], steps: list[int], timestamps: list[int], values: list[float]
) -> bytes:
    """A payload of Python numbers, uncompressed."""
    return b"".join(
        [
            _HEAD.pack(VERSION, len(key_ids)),
            *_plain_ints(key_ids),
            *_plain_ints(counts),
            *_plain_ints(steps),
            *_plain_ints(timestamps),
            *_plain(array("d", values)),
        ]
    )


def encode_compressed(series: dict[int, Columns]) -> bytes:
    """A payload of several series, as small as it gets."""
    points = concatenate(series.values())
    return b"".join(
        [
            _HEAD.pack(VERSION, len(series)),
            encode_column(np.fromiter(series, np.int64, len(series))),
            encode_column(np.fromiter((len(part.steps) for part in series.values()), np.int64, len(series))),
            encode_column(points.steps),
            encode_column(points.timestamps),
            encode_column(points.values),
        ]
    )


def decode(payload: bytes) -> dict[int, Columns]:
    """The series of a payload by key number.

    Raises:
        StoreCorrupt: the bytes are no payload.
    """
    if len(payload) < _HEAD.size:
        raise StoreCorrupt(f"A metric payload has {len(payload)} bytes, too few for its head.")
    version, n_series = _HEAD.unpack_from(payload)
    if version != VERSION:
        raise StoreCorrupt(f"A metric payload has version {version}, which this release does not know.")
    position = _HEAD.size
    columns: list[Any] = []
    for is_float in (False, False, False, False, True):
        column, position = _decode_at(payload, position, is_float=is_float)
        columns.append(column)
    key_ids, counts = (_fill(column, n_series).tolist() for column in columns[:2])
    if min(counts, default=0) < 0:
        raise StoreCorrupt("A metric payload holds a series of negative length.")
    steps, timestamps, values = (_fill(column, sum(counts)) for column in columns[2:])
    series: dict[int, Columns] = {}
    start = 0
    for key_id, count in zip(key_ids, counts, strict=True):
        end = start + count
        series[key_id] = Columns(steps[start:end], timestamps[start:end], values[start:end])
        start = end
    return series


def encode_column(column: Ints | Floats) -> bytes:
    """One column with its head, as small as it gets."""
    if len(column) > 1 and bool((column.view(np.int64) == column[:1].view(np.int64)).all()):
        return _checked(CONSTANT, _little_endian(column[:1]).tobytes())
    plain = _little_endian(column).tobytes()
    if len(column) >= MIN_COMPRESSED:
        # A column of a plain payload is a view into its bytes and may lie at any address; pcodec takes no such array.
        packed: bytes = standalone.simple_compress(np.require(column, requirements=["C", "A"]), ChunkConfig())
        if len(packed) < len(plain):
            return _checked(PCODEC, packed)
    return _checked(PLAIN, plain)


def decode_column(data: bytes, n_points: int, *, is_float: bool) -> Any:
    """One column that `encode_column` wrote: int64, or float64 if so said."""
    column, _ = _decode_at(data, 0, is_float=is_float)
    return _fill(column, n_points)


def _decode_at(data: bytes, position: int, *, is_float: bool) -> tuple[Any, int]:
    start = position + _COLUMN_HEAD.size
    if start > len(data):
        raise StoreCorrupt("A metric column is missing.")
    tag, size = _COLUMN_HEAD.unpack_from(data, position)
    end = start + size
    if end > len(data):
        raise StoreCorrupt(f"A metric column ends {end - len(data)} bytes too early.")
    after = end
    if tag & CHECKED:
        tag, size = tag - CHECKED, size - _CHECKSUM.size
        end = start + size
        if size < 0 or _CHECKSUM.unpack_from(data, end)[0] != crc32(memoryview(data)[start:end], tag):
            raise StoreCorrupt("A metric column is damaged: its checksum is another one.")
    dtype = np.dtype("<f8" if is_float else "<i8")
    if tag == PCODEC:
        return _decompress(data[start:end], dtype), after
    if tag not in (PLAIN, CONSTANT):
        raise StoreCorrupt(f"A metric column has tag {tag}, which this release does not know.")
    if size % 8 or (tag == CONSTANT and size != 8):
        raise StoreCorrupt(f"A metric column of tag {tag} has {size} bytes.")
    column = np.frombuffer(data, dtype, size // 8, start)
    return (_Constant(column[0]) if tag == CONSTANT else column), after


def _decompress(data: bytes, dtype: np.dtype[Any]) -> Any:
    try:
        column: Any = standalone.simple_decompress(data)
    except (RuntimeError, ValueError) as error:
        raise StoreCorrupt(f"A compressed metric column cannot be read: {error}.") from error
    if getattr(column, "dtype", None) != dtype:
        raise StoreCorrupt("A compressed metric column holds numbers of another kind.")
    return column


class _Constant:
    """A column of one repeated number whose length is not known yet."""

    __slots__ = ("number",)

    def __init__(self, number: Any) -> None:
        self.number = number


def _fill(column: Any, length: int) -> Any:
    if length > MAX_POINTS:
        raise StoreCorrupt(f"A metric column claims {length} entries.")
    filled = np.full(length, column.number) if isinstance(column, _Constant) else column
    if len(filled) != length:
        raise StoreCorrupt(f"A metric column has {len(filled)} entries, expected {length}.")
    return filled


def _plain_ints(numbers: list[int]) -> tuple[bytes, bytes]:
    try:
        if len(numbers) > 1 and numbers.count(numbers[0]) == len(numbers):
            return _COLUMN_HEAD.pack(CONSTANT, 8), struct.pack("<q", numbers[0])
        return _plain(array("q", numbers))
    except (OverflowError, struct.error):
        raise InvalidValue(TOO_LARGE) from None


def _plain(numbers: array[Any]) -> tuple[bytes, bytes]:
    if sys.byteorder == "big":
        numbers.byteswap()
    data = numbers.tobytes()
    return _COLUMN_HEAD.pack(PLAIN, len(data)), data


def _checked(tag: int, data: bytes) -> bytes:
    return _COLUMN_HEAD.pack(tag + CHECKED, len(data) + _CHECKSUM.size) + data + _CHECKSUM.pack(crc32(data, tag))


def _little_endian(column: Any) -> Any:
    return column.astype(column.dtype.newbyteorder("<"), copy=False)
