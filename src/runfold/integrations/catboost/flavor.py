"""Models of CatBoost in its binary format; keys and files are those of `mlflow.catboost`."""

from __future__ import annotations

import json
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
    type_names,
)

CBM = Serialization("cbm")
JSON = Serialization("json")

_FILE = "model.cb"
_CLASSES = ("CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker", "CatBoost")


class CatboostFlavor(Flavor):
    name = "catboost"
    loader_module = "mlflow.catboost"
    serializations = (CBM, JSON)
    is_fragile = True

    def handles(self, model: Any) -> bool:
        return "catboost.core.CatBoost" in type_names(model)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import catboost

        options.only()
        try:
            model.save_model(str(folder / _FILE), format=options.serialization.name)
        except catboost.CatBoostError as error:
            raise InvalidValue(f"CatBoost cannot save this model: {error}") from error
        conf = {
            "catboost_version": catboost.__version__,
            "data": _FILE,
            "model_type": next(name for name in _CLASSES if isinstance(model, getattr(catboost, name))),
            "save_format": options.serialization.name,
        }
        return Saved(conf=conf, pyfunc={"data": _FILE}, packages=("catboost",))

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        import catboost

        path = file_of(folder, conf.get("data"))
        kind = str(conf.get("model_type") or "CatBoost")
        if kind not in _CLASSES:
            raise InvalidValue(f"The MLmodel file names the class {kind!r}, which is no model of CatBoost.")
        model = getattr(catboost, kind)()
        try:
            if conf.get("save_format") == JSON.name:
                json.loads(path.read_bytes())  # CatBoost reads what it can of a broken one
            model.load_model(str(path), format=str(conf.get("save_format") or CBM.name))
        except (catboost.CatBoostError, ValueError, TypeError, KeyError) as error:
            raise InvalidValue(f"{path.name} is no model of CatBoost, or is damaged: {error}") from error
        return model

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        return Loaded(model, caller(model.predict))

    def serialization_of(self, conf: Conf) -> Serialization:
        return self.serialization(str(conf.get("save_format") or CBM.name))


FLAVOR = CatboostFlavor()
