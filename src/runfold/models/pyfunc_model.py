"""Any model, called alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runfold.errors import NotSupported
from runfold.mlmodel.document import MLmodel
from runfold.mlmodel.schema import Signature
from runfold.models.enforce import enforce_input, enforce_params
from runfold.models.example import Example
from runfold.models.flavor import Loaded


class PyFuncModel:
    """A model that is called without knowing its framework.

    Attributes:
        metadata: its MLmodel file.
        example: how a call looks, if the model was saved with an example.
        uri: where it was loaded from.
    """

    def __init__(self, metadata: MLmodel, loaded: Loaded, *, uri: str = "", example: Example | None = None) -> None:
        self.metadata = metadata
        self.example = example
        self.uri = uri
        self._loaded = loaded

    @property
    def signature(self) -> Signature:
        return self.metadata.signature or Signature()

    def predict(self, data: Any, params: Mapping[str, Any] | None = None) -> Any:
        """Predict for each row of the input.

        Args:
            data: what the signature asks for: a pandas or polars frame, an array, a dict of columns, a list of
                records; columns may stand in any order, and further ones are left out.
            params: those of the signature; others are refused, those not given have their defaults.

        Returns:
            What the model gives, as its framework gives it: mostly an array or a data frame.

        Raises:
            InvalidValue: input or params do not fit the signature; the message names column, expected and found
                type.
        """
        return self._loaded.predict(*self._checked(data, params))

    def predict_stream(self, data: Any, params: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """The parts of an answer, as they come.

        Raises:
            NotSupported: the model answers at once only.
        """
        if self._loaded.stream is None:
            raise NotSupported("This model does not stream; use predict.")
        return iter(self._loaded.stream(*self._checked(data, params)))

    def unwrap(self) -> Any:
        """The framework's own object, or the Python model."""
        return self._loaded.native

    def _checked(self, data: Any, params: Mapping[str, Any] | None) -> tuple[Any, dict[str, Any]]:
        signature = self.signature
        return enforce_input(data, signature.inputs), enforce_params(params, signature.params)

    def __repr__(self) -> str:
        kind = ", ".join(self.metadata.native_flavors) or "python_function"
        return f"<PyFuncModel {kind} from {self.uri}>" if self.uri else f"<PyFuncModel {kind}>"
