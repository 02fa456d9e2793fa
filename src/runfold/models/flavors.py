"""The table of flavours. Rows name modules as text, imported when they are first needed.

Another package adds a flavour with an entry point in the group `runfold.flavors`: its name is the flavour's, its
object the `Flavor`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, cast

import msgspec

from runfold.errors import InvalidValue, NotSupported
from runfold.mlmodel.document import MLmodel
from runfold.models.flavor import Flavor

ENTRY_POINTS = "runfold.flavors"


class Row(msgspec.Struct, frozen=True):
    """
    Attributes:
        module: where its `FLAVOR` is.
        package: the import of the framework; while it is not loaded, no object can be of it.
    """

    module: str
    package: str


# Order matters where several could save an object: `sklearn` comes after what is built on it.
FLAVORS: dict[str, Row] = {
    "xgboost": Row("runfold.integrations.xgboost.flavor", "xgboost"),
    "lightgbm": Row("runfold.integrations.lightgbm.flavor", "lightgbm"),
    "catboost": Row("runfold.integrations.catboost.flavor", "catboost"),
    "statsmodels": Row("runfold.integrations.statsmodels.flavor", "statsmodels"),
    "pytorch": Row("runfold.integrations.pytorch.flavor", "torch"),
    "tensorflow": Row("runfold.integrations.tensorflow.flavor", "tensorflow"),
    "keras": Row("runfold.integrations.keras.flavor", "keras"),
    "onnx": Row("runfold.integrations.onnx.flavor", "onnx"),
    "spark": Row("runfold.integrations.spark.flavor", "pyspark"),
    "h2o": Row("runfold.integrations.h2o.flavor", "h2o"),
    "pfa": Row("runfold.integrations.pfa.flavor", "runfold.models.portable.pfa.engine"),
    "sklearn": Row("runfold.integrations.sklearn.flavor", "sklearn"),
}
_CODE = "runfold.models.python_model"


def flavor_of_name(name: str) -> Flavor:
    """
    Raises:
        NotSupported: nobody knows a flavour of this name.
        MissingDependency: it needs a package that is not installed.
    """
    if name in FLAVORS:
        return cast("Flavor", import_module(FLAVORS[name].module).FLAVOR)
    for entry in entry_points(group=ENTRY_POINTS, name=name):
        return cast("Flavor", entry.load())
    raise NotSupported(
        f"No flavour is called {name!r}. Known are {', '.join(sorted(FLAVORS))} and those that installed packages "
        f"add (entry point group {ENTRY_POINTS!r})."
    )


def flavor_for(model: Any) -> Flavor:
    """The flavour that saves an object.

    Raises:
        InvalidValue: none does.
    """
    loaded = [name for name, row in FLAVORS.items() if row.package in sys.modules]
    for name in (*loaded, *(entry.name for entry in entry_points(group=ENTRY_POINTS))):
        flavor = flavor_of_name(name)
        if flavor.handles(model):
            return flavor
    raise InvalidValue(
        f"No flavour saves a {type(model).__module__}.{type(model).__qualname__}. For code of your own, write a "
        "class with a method predict and save it with runfold.pyfunc.save_model."
    )


def flavor_of_model(model: MLmodel) -> Flavor | None:
    """The flavour that a saved model can be called through; None: none here knows it.

    The loader that MLmodel names decides, the flavours beside it only where it is not known.
    """
    loader = str((model.pyfunc or {}).get("loader_module", ""))
    names = [name for name in model.native_flavors if name in FLAVORS or _is_added(name)]
    found = [flavor_of_name(name) for name in names]
    for flavor in found:
        if flavor.loader_module == loader:
            return flavor
    if loader in ("mlflow.pyfunc.model", "mlflow.pyfunc.loaders.code_model"):
        return cast("Flavor", import_module(_CODE).FLAVOR)
    return found[0] if found and not loader else None


def _is_added(name: str) -> bool:
    return bool(entry_points(group=ENTRY_POINTS, name=name))
