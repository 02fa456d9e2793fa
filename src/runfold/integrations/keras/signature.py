"""What a Keras model says of its inputs and outputs, where nobody gave an example."""

from __future__ import annotations

from typing import Any

from runfold.mlmodel.schema import Signature, Tensor, TensorSchema


def known_signature(model: Any) -> Signature | None:
    """The signature by the model's own layers; None of models that are built as they are called."""
    inputs, outputs = (_tensors(getattr(model, side, None)) for side in ("inputs", "outputs"))
    return None if inputs is None else Signature(inputs, outputs)


def _tensors(given: Any) -> TensorSchema | None:
    parts = given if isinstance(given, list | tuple) else []
    if not parts or any(getattr(one, "shape", None) is None for one in parts):
        return None
    return TensorSchema(tuple(_tensor(one, one.name if len(parts) > 1 else None) for one in parts))


def _tensor(part: Any, name: str | None) -> Tensor:
    dtype = "str" if part.dtype == "string" else str(part.dtype)
    return Tensor(dtype, tuple(-1 if length is None else int(length) for length in part.shape), name)
