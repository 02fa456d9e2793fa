"""Models of XGBoost in its own formats: boosters, and the estimators in scikit-learn's manner.

Keys and files are those of `mlflow.xgboost` (MLflow 3.18).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue
from runfold.mlmodel.document import Conf
from runfold.models.flavor import (
    Flavor,
    Loaded,
    LoadOptions,
    Saved,
    SaveOptions,
    Serialization,
    caller,
    file_of,
    is_of_package,
)

UBJSON = Serialization("ubj")
JSON = Serialization("json")

_BOOSTER = "xgboost.core.Booster"


class XgboostFlavor(Flavor):
    name = "xgboost"
    loader_module = "mlflow.xgboost"
    serializations = (UBJSON, JSON)
    is_fragile = True

    def handles(self, model: Any) -> bool:
        return is_of_package(model, "xgboost") and hasattr(model, "save_model")

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import xgboost

        options.only()
        name = f"model.{options.serialization.name}"
        try:
            model.save_model(folder / name)
        except (xgboost.core.XGBoostError, TypeError) as error:
            raise InvalidValue(f"XGBoost cannot save this model: {error}") from error
        conf = {
            "data": name,
            "model_class": _class_name(model),
            "model_format": options.serialization.name,
            "xgb_version": xgboost.__version__,
        }
        packages = ("xgboost",) if isinstance(model, xgboost.Booster) else ("xgboost", "sklearn")
        return Saved(conf=conf, pyfunc={"data": name}, packages=packages)

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        import xgboost

        path = file_of(folder, conf.get("data"))
        model = _new(str(conf.get("model_class") or _BOOSTER))
        _check_whole(path)
        try:
            # MLflow 2 called its files .xgb, an ending that XGBoost warns of; it knows content without one.
            model.load_model(path if path.suffix in (".ubj", ".json") else bytearray(path.read_bytes()))
        except (xgboost.core.XGBoostError, ValueError, TypeError, KeyError) as error:
            reason = str(error).strip().splitlines()[-1:] or [type(error).__name__]
            raise InvalidValue(f"{path.name} is no model of XGBoost, or is damaged: {reason[0]}") from error
        return model

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        import xgboost

        if not isinstance(model, xgboost.Booster):
            return Loaded(model, caller(model.predict))
        predict = caller(model.predict)
        return Loaded(model, lambda data, params: predict(xgboost.DMatrix(data), params))

    def serialization_of(self, conf: Conf) -> Serialization:
        # What MLflow 2 calls `xgb` is whichever of the two XGBoost took by default.
        return JSON if conf.get("model_format") == JSON.name else UBJSON


FLAVOR = XgboostFlavor()


def _check_whole(path: Path) -> None:
    """XGBoost crashes on some files that break off, and reads others without end. Both its formats are one object."""
    content = path.read_bytes().rstrip()
    if content[:1] != b"{" or content[-1:] != b"}":
        raise InvalidValue(
            f"{path.name} is no model of XGBoost, or is damaged: its beginning or end is missing. Fetch it again."
        )


def _class_name(model: Any) -> str:
    """The class of XGBoost an object is of; classes derived from it load as that one."""
    for base in type(model).__mro__:
        if base.__module__.partition(".")[0] == "xgboost":
            return f"{base.__module__}.{base.__qualname__}"
    raise InvalidValue(f"A {type(model).__qualname__} is no model of XGBoost.")


def _new(class_name: str) -> Any:
    """A fresh object of the class that `MLmodel` names, if it is one of XGBoost's models."""
    import xgboost

    module, _, name = class_name.rpartition(".")
    found = getattr(xgboost, name, None)
    if module.partition(".")[0] != "xgboost" or not isinstance(found, type) or not hasattr(found, "load_model"):
        raise InvalidValue(f"The MLmodel file names the class {class_name!r}, which is no model of XGBoost.")
    return found()
