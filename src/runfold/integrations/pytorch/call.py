"""Calling modules of PyTorch with arrays and data frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runfold.errors import InvalidValue


def call(model: Any, data: Any, params: Mapping[str, Any]) -> Any:
    """Run a module without gradients.

    Args:
        data: a data frame or an array for modules of one input, a dict of arrays for more, by name of the argument.

    Returns:
        An array, or a data frame with the input's index if a data frame came in; a dict of arrays for several outputs.
    """
    import torch

    args, kwargs = arguments_of(model, data)
    with torch.no_grad():
        output = model(*args, **kwargs, **params)
    arrays = _arrays(output)
    if hasattr(data, "index") and hasattr(data, "columns") and not isinstance(arrays, dict):
        import pandas

        return pandas.DataFrame(arrays, index=data.index)
    return arrays


def arguments_of(model: Any, data: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Tensors for one call of a module, on its device, and fractions in its precision.

    Raises:
        InvalidValue: the data are no arrays.
    """
    dtype, device = _precision(model)
    if isinstance(data, Mapping):
        return (), {str(name): _tensor(one, dtype, device) for name, one in data.items()}
    if isinstance(data, tuple):
        return tuple(_tensor(one, dtype, device) for one in data), {}
    return (_tensor(data, dtype, device),), {}


def _tensor(data: Any, dtype: Any, device: Any) -> Any:
    import numpy
    import torch

    if hasattr(data, "columns"):
        data = data.to_numpy(dtype=numpy.float32)
    try:
        tensor = data if isinstance(data, torch.Tensor) else torch.from_numpy(numpy.array(data))
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"PyTorch takes arrays of numbers; this is a {type(data).__name__}: {error}.") from None
    # JSON and pandas know fractions of 64 bits alone; modules of 32 bits refuse them.
    return tensor.to(device=device, dtype=dtype if tensor.is_floating_point() else tensor.dtype)


def _precision(model: Any) -> tuple[Any, Any]:
    import torch

    for weights in model.parameters():
        if weights.is_floating_point():
            return weights.dtype, weights.device
    return torch.float32, torch.device("cpu")


def _arrays(output: Any) -> Any:
    import torch

    if isinstance(output, torch.Tensor):
        return output.cpu().numpy()
    if isinstance(output, Mapping):
        return {str(name): _arrays(one) for name, one in output.items()}
    if isinstance(output, list | tuple):
        return {f"output_{index}": _arrays(one) for index, one in enumerate(output)}
    raise InvalidValue(f"The module gave a {type(output).__name__}; expected tensors.")
