"""Models that the demo keeps: logged with signature and example, registered, the best one named champion."""

from __future__ import annotations

from sklearn.base import BaseEstimator

import runfold
from examples.demo import datasets
from runfold.registry import aliases


def keep(model: BaseEstimator, name: str, split: datasets.Split, description: str) -> int:
    """Log a model that was fitted to named columns on the current run and register it; returns its version."""
    logged = runfold.sklearn.log_model(model, "model", input_example=split.named_rows().head(3))
    version = runfold.register_model(logged.model_uri, name, description=description)
    return version.version


def crown(name: str, version: int, reason: str) -> None:
    aliases.set_alias(name, "champion", version, reason=reason)
