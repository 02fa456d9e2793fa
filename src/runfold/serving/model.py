"""A model as the serving process holds it: how to read its requests, and the quickest way to call it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from runfold.mlmodel.document import MLmodel
from runfold.serving.arrays import LoadedModel, array_function
from runfold.serving.payload import Array, Matrix, Payload, Tensors
from runfold.serving.protocol.inference import InferReader, ModelMeta, metadata_of
from runfold.serving.protocol.invocations import InvocationReader
from runfold.serving.schema import schema_of

log = logging.getLogger("runfold.serving")

# Their models predict each row by itself, so rows of different requests may come in one call.
_ROW_BY_ROW = frozenset({"sklearn", "xgboost", "lightgbm", "catboost", "keras", "tensorflow", "pytorch", "onnx"})
_BATCHING_KEY = "runfold_batching"
"""A key of a model's own metadata that says whether its requests may be joined, whatever its flavour."""


class ServedModel:
    """One loaded model.

    Args:
        name, version: what clients know it by; `version` may be empty.
        batching: whether rows of different requests may be joined at all.
    """

    def __init__(self, loaded: LoadedModel, *, name: str, version: str = "", batching: bool = True) -> None:
        document = loaded.metadata
        signature = document.signature
        self.inputs = schema_of(signature.inputs if signature else None)
        self.outputs = schema_of(signature.outputs if signature else None)
        self.name = name
        self.version = version
        self.label = f"{name}/{version}" if version else name
        # Names of folders may hold anything.
        shown = self.label.encode("ascii", "backslashreplace").decode().translate(dict.fromkeys(range(32), "?"))
        self.headers = [("content-type", "application/json"), ("x-runfold-model", shown)]
        self.invocations = InvocationReader(
            self.inputs, frozenset(param.name for param in (signature.params if signature else ()))
        )
        self.inference = InferReader(self.inputs)
        self.joins_allowed = batching
        self.joins = batching and self._joins(document)
        self._loaded = loaded
        self._array: Callable[[Array], Any] | None = array_function(loaded, self.inputs)
        platform = next(iter(document.native_flavors), "python_function")
        self.metadata = msgspec.json.encode(
            ModelMeta(
                name,
                [version] if version else [],
                platform,
                metadata_of(self.inputs, "input"),
                metadata_of(self.outputs, "predictions"),
            )
        )

    def _joins(self, document: MLmodel) -> bool:
        told = (document.metadata or {}).get(_BATCHING_KEY)
        if isinstance(told, bool):
            return told
        if any(tensor.shape[:1] != (-1,) for tensor in self.inputs.tensors):
            return False  # made for a fixed number of rows
        return any(flavor in _ROW_BY_ROW for flavor in document.native_flavors)

    @property
    def is_quick(self) -> bool:
        """Whether numbers go to the model as an array, without a table in between."""
        return self._array is not None

    def predict(self, payload: Payload, params: Mapping[str, Any] | None) -> Any:
        """Predictions for rows; called from one thread at a time.

        Raises:
            InvalidValue: the rows do not fit the signature.
            Exception: what the model itself raises.
        """
        if self._array is not None and not params:
            if isinstance(payload, Matrix):
                return self._array(payload.values)
            if isinstance(payload, Tensors) and not isinstance(payload.values, dict):
                return self._array(payload.values)
        return self._loaded.predict(payload.natural(), params=dict(params) if params else None)
