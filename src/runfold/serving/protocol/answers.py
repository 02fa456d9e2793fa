"""Predictions as JSON: numpy, pandas and everything inside them become what JSON has."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np


def predictions_json(predictions: Any, *, is_bare: bool = False) -> bytes:
    """The body of an answer: `{"predictions": ...}`, or the predictions alone.

    NaN and infinity become null, since JSON has no word for them; MLflow's server writes bare tokens there, which
    most parsers refuse.
    """
    plain = plain_values(predictions)
    return _ENCODER.encode(plain if is_bare else {"predictions": plain})


def plain_values(value: Any) -> Any:
    """Arrays as lists, tables as records; what is inside is left to `_inner`."""
    if isinstance(value, np.ndarray):
        return value.tolist() if value.dtype.kind not in "MmSV" else _odd_array(value)
    kind = type(value).__module__.partition(".")[0]
    if kind == "pandas":
        return _pandas(value)
    if kind == "scipy" and hasattr(value, "toarray"):
        return value.toarray().tolist()
    if kind == "polars":
        return value.to_dicts() if hasattr(value, "to_dicts") else value.to_list()
    return value


def _pandas(value: Any) -> Any:
    if hasattr(value, "to_frame"):
        value = value.to_frame()  # MLflow answers a series as a table of one column
    if not hasattr(value, "to_dict"):
        return _inner(value)
    return value.set_axis([str(name) for name in value.columns], axis=1).to_dict(orient="records")


def _odd_array(value: np.ndarray[Any, Any]) -> Any:
    if value.dtype.kind == "M":
        return np.datetime_as_string(value).tolist()
    return [_inner(item) if isinstance(item, bytes) else str(item) for item in value.ravel()]


def _inner(value: Any) -> Any:
    """What msgspec does not know by itself."""
    if isinstance(value, np.ndarray) or type(value).__module__.partition(".")[0] in ("pandas", "scipy", "polars"):
        if type(value).__name__ in ("NAType", "NaTType"):
            return None
        if isinstance(value, datetime.datetime):
            return value.isoformat()
        return plain_values(value)
    if isinstance(value, np.datetime64):
        return str(np.datetime_as_string(value))
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "model_dump"):  # pydantic
        return value.model_dump()
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "__iter__"):
        return list(value)
    raise NotImplementedError(f"The model answered a {type(value).__name__}, which has no form in JSON.")


_ENCODER = msgspec.json.Encoder(enc_hook=_inner)
