"""`runfold.autolog()`: log training by itself, for the frameworks that are imported, now or later."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from runfold.integrations.watching import Settings, quietly

# The import whose loading turns a framework on, and the module with its `turn_on(settings)`, which may be called for
# several imports of one framework and watches what is there.
FRAMEWORKS: dict[str, str] = {
    "sklearn": "runfold.integrations.sklearn.autolog",
    "xgboost": "runfold.integrations.xgboost.autolog",
    "lightgbm": "runfold.integrations.lightgbm.autolog",
    "catboost": "runfold.integrations.catboost.autolog",
    "statsmodels": "runfold.integrations.statsmodels.autolog",
    "keras": "runfold.integrations.keras.autolog",
    "torch": "runfold.integrations.pytorch.autolog",
    "torch.utils.tensorboard": "runfold.integrations.pytorch.autolog",
    "lightning.pytorch": "runfold.integrations.lightning.autolog",
    "pytorch_lightning": "runfold.integrations.lightning.autolog",
    "pyspark.ml": "runfold.integrations.spark.autolog",
    "h2o": "runfold.integrations.h2o.autolog",
}


def autolog(
    *,
    disable: bool = False,
    log_models: bool = True,
    log_datasets: bool = True,
    log_input_examples: bool = True,
    log_every_n_iterations: int = 1,
) -> None:
    """Log training by itself, whichever framework does it, also those that are imported later.

    Each training logs to the current run, or to one of its own: params, metrics per iteration, the data, the model with
    signature and example, and how much features matter. It never breaks training: what cannot be logged is said once
    in the log.

    Args:
        disable: turn it off again.
        log_models: keep the trained models, in safe formats.
        log_datasets: note the training data.
        log_input_examples: keep the first rows of the training data with a model.
        log_every_n_iterations: iterations between two points of a metric.

    Example:
        >>> import runfold
        >>> runfold.autolog()
        >>> from sklearn.linear_model import LinearRegression
        >>> model = LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
        >>> runfold.last_active_run().data.params["fit_intercept"]
        'True'
        >>> runfold.autolog(disable=True)
    """
    settings = Settings(
        is_on=not disable,
        models=log_models,
        datasets=log_datasets,
        examples=log_input_examples,
        every=max(1, log_every_n_iterations),
    )
    for package in FRAMEWORKS:
        turn_on(package, settings)


def turn_on(package: str, settings: Settings) -> None:
    """Watch one framework: at once if it is imported, else when it will be.

    A framework that is not as it was when this was written must not keep the script from importing it.
    """
    for finder in [one for one in sys.meta_path if isinstance(one, _AfterImport) and one.package == package]:
        sys.meta_path.remove(finder)
    if package in sys.modules:
        quietly(settings, lambda: import_module(FRAMEWORKS[package]).turn_on(settings))
    elif settings.is_on:
        sys.meta_path.insert(0, _AfterImport(package, settings))


def named_autolog(*packages: str) -> Any:
    """`autolog` of one framework alone, such as `runfold.sklearn.autolog`.

    Args:
        packages: the rows of FRAMEWORKS that are its own.
    """

    def autolog_one(
        *,
        disable: bool = False,
        log_models: bool = True,
        log_datasets: bool = True,
        log_input_examples: bool = True,
        log_every_n_iterations: int = 1,
    ) -> None:
        """Log training with this framework by itself; see `runfold.autolog`."""
        every = max(1, log_every_n_iterations)
        settings = Settings(not disable, log_models, log_datasets, log_input_examples, every)
        for package in packages:
            turn_on(package, settings)

    return autolog_one


class _AfterImport(MetaPathFinder):
    """Turns a framework on once its import is complete."""

    def __init__(self, package: str, settings: Settings) -> None:
        self.package = package
        self._settings = settings

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self.package:
            return None
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _ThenTurnOn(spec.loader, self.package, self._settings)
        return spec


class _ThenTurnOn(Loader):
    def __init__(self, loader: Loader, package: str, settings: Settings) -> None:
        self._loader = loader
        self._package = package
        self._settings = settings

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        turn_on(self._package, self._settings)
