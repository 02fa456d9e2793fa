"""The functions of one flavour: `runfold.sklearn.save_model` and the like.

They are the names of `runfold/integrations/<framework>/functions.py`, and not of the package itself, whose `autolog` is
the module of that name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runfold.mlmodel.document import MLmodel
from runfold.models.loading import load_native
from runfold.models.logging import LoggedModel, log_model
from runfold.models.saving import save_model


class NamedFlavor:
    """`runfold.models.save_model`, `log_model` and `load_native`, held to one flavour."""

    def __init__(self, name: str) -> None:
        self.name = name

    def save_model(self, model: Any, path: str | Path, **options: Any) -> MLmodel:
        """Save a model of this framework as a folder; arguments are those of `runfold.models.save_model`."""
        return save_model(model, path, flavor=self.name, **options)

    def log_model(self, model: Any, name: str = "model", **options: Any) -> LoggedModel:
        """Save a model of this framework with the current run; arguments are those of `runfold.models.log_model`."""
        return log_model(model, name, flavor=self.name, **options)

    def load_model(self, model_uri: str | Path, **options: Any) -> Any:
        """Load a model as this framework's own object; arguments are those of `runfold.models.load_native`."""
        return load_native(model_uri, self.name, **options)
