"""Whole series in a compact binary form: three columns each, as they lie in memory.

    magic     8 bytes   `RFCOLS1\\n`
    length    uint32    bytes of the header
    header    JSON      {"series": [{"run_id": ..., "key": ..., "n_points": n}, ...]}
    padding   0 to 7 zero bytes, to a multiple of 8 from the start
    series    for each one, in the order of the header:
              steps int64[n], timestamps_ms int64[n], values float64[n]

All numbers are little-endian; every column begins at a multiple of 8 bytes, so that a reader may map it (in
JavaScript: `new Float64Array(buffer, offset, n)`). NaN and infinities are as in IEEE 754. A change of the form
changes the magic.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import msgspec

from runfold.domain.metric import Series
from runfold.server.calls.series import columns_of

MEDIA_TYPE = "application/vnd.runfold.columns"
MAGIC = b"RFCOLS1\n"


def encode(found: Sequence[Series]) -> bytes:
    columns = [columns_of(series) for series in found]
    header = msgspec.json.encode(
        {
            "series": [
                {"run_id": series.run_id, "key": series.key, "n_points": len(steps)}
                for series, (steps, _, _) in zip(found, columns, strict=True)
            ]
        }
    )
    head = MAGIC + struct.pack("<I", len(header)) + header
    parts = [head, bytes(-len(head) % 8)]
    for steps, timestamps, values in columns:
        parts += [steps.astype("<i8").tobytes(), timestamps.astype("<i8").tobytes(), values.astype("<f8").tobytes()]
    return b"".join(parts)
