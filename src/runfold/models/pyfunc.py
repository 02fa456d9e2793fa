"""Models of your own code, and any model called alike: `runfold.pyfunc`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runfold.mlmodel.document import PYFUNC, MLmodel
from runfold.models import logging, saving
from runfold.models.loading import load_model
from runfold.models.logging import LoggedModel
from runfold.models.pyfunc_model import PyFuncModel
from runfold.models.python_model import PythonModel, PythonModelContext, set_model

__all__ = [
    "save_model",
    "log_model",
    "load_model",
    "set_model",
    "PyFuncModel",
    "PythonModel",
    "PythonModelContext",
]


def save_model(
    path: str | Path,
    python_model: Any,
    *,
    artifacts: Mapping[str, str | Path] | None = None,
    model_config: Mapping[str, Any] | str | Path | None = None,
    **options: Any,
) -> MLmodel:
    """Save a model of your own code as a folder.

    Args:
        path: the folder to make.
        python_model: path of a Python file that calls `set_model`, the form to prefer; or, with
            `serialization_format="cloudpickle"`, an object with a method `predict`, or a function of the input.
        artifacts: name to path of files the model reads; they are copied, and found again in `context.artifacts`.
        model_config: settings the model reads from `context.model_config`; a dict, or a YAML file.
        options: as for `runfold.models.save_model`.

    Example:
        >>> import pathlib, runfold
        >>> _ = pathlib.Path("doubling.py").write_text('''
        ... import runfold
        ...
        ... class Double(runfold.pyfunc.PythonModel):
        ...     def predict(self, context, model_input, params=None):
        ...         return [2 * value for value in model_input]
        ...
        ... runfold.pyfunc.set_model(Double())
        ... ''')
        >>> saved = runfold.pyfunc.save_model("double", "doubling.py", input_example=[1, 2])
        >>> runfold.pyfunc.load_model("double", allow_code=True).predict([3])
        [6]
    """
    own: dict[str, Any] = {"artifacts": artifacts, "model_config": model_config}
    return saving.save_model(python_model, path, flavor=PYFUNC, **own, **options)


def log_model(
    name: str = "model",
    python_model: Any = None,
    *,
    artifacts: Mapping[str, str | Path] | None = None,
    model_config: Mapping[str, Any] | str | Path | None = None,
    **options: Any,
) -> LoggedModel:
    """Save a model of your own code with the current run; see `save_model`."""
    own: dict[str, Any] = {"artifacts": artifacts, "model_config": model_config}
    return logging.log_model(python_model, name, flavor=PYFUNC, **own, **options)
