"""Models of LightGBM: boosters as LightGBM's text, estimators in scikit-learn's manner as skops files.

Keys and files are those of `mlflow.lightgbm` (MLflow 3.18; older releases read the text and the pickles).
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
    type_names,
)
from runfold.models.pickling import dump_pickle, load_pickle
from runfold.models.skops_file import load_skops, save_skops

TEXT = Serialization("text")
SKOPS = Serialization("skops")
CLOUDPICKLE = Serialization("cloudpickle", is_safe=False)
PICKLE = Serialization("pickle", is_safe=False)

_BOOSTER = "lightgbm.basic.Booster"
_ESTIMATOR = "lightgbm.sklearn.LGBMModel"


class LightgbmFlavor(Flavor):
    name = "lightgbm"
    loader_module = "mlflow.lightgbm"
    serializations = (TEXT, SKOPS, CLOUDPICKLE, PICKLE)
    is_fragile = True

    def handles(self, model: Any) -> bool:
        return bool({_BOOSTER, _ESTIMATOR} & set(type_names(model)))

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import lightgbm

        extra = options.only("skops_trusted_types")
        is_booster = isinstance(model, lightgbm.Booster)
        chosen, name = options.serialization, "model.lgb"
        conf: dict[str, Any] = {"lgb_version": lightgbm.__version__, "model_class": _class_name(model)}
        packages: tuple[str, ...] = ("lightgbm",)
        if is_booster:
            if chosen is not TEXT:
                raise InvalidValue("A booster of LightGBM is kept as text; leave serialization_format out.")
            model.save_model(folder / name)
        else:
            name = "model.pkl" if chosen in (PICKLE, CLOUDPICKLE) else "model.skops"
            conf |= _save_estimator(model, folder / name, chosen, extra.get("skops_trusted_types") or ())
            packages = ("lightgbm", "sklearn", "skops" if name.endswith("skops") else "cloudpickle")
        return Saved(conf={"data": name, **conf}, pyfunc={"data": name}, packages=packages)

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        import lightgbm

        path = file_of(folder, conf.get("data"))
        form = self.serialization_of(conf)
        if form is SKOPS:
            return load_skops(path, options, vouched=conf.get("skops_trusted_types") or ())
        if form is not TEXT:
            return load_pickle(path, options)
        _check_whole(path)
        try:
            return lightgbm.Booster(model_file=path)
        except (lightgbm.basic.LightGBMError, UnicodeDecodeError, ValueError) as error:
            raise InvalidValue(f"{path.name} is no model of LightGBM, or is damaged: {error}") from error

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        return Loaded(model, caller(model.predict))

    def serialization_of(self, conf: Conf) -> Serialization:
        # Boosters are text whatever MLflow 3 says of them; MLflow 2 says nothing, and pickles all else.
        if str(conf.get("model_class") or _BOOSTER) == _BOOSTER:
            return TEXT
        return self.serialization(str(conf.get("serialization_format") or CLOUDPICKLE.name))


FLAVOR = LightgbmFlavor()


def _check_whole(path: Path) -> None:
    """LightGBM takes a text that breaks off for a model of fewer trees, or crashes."""
    if b"\nend of parameters" not in path.read_bytes():
        raise InvalidValue(f"{path.name} is no model of LightGBM, or is damaged: its end is missing.")


def _save_estimator(model: Any, path: Path, chosen: Serialization, trusted: Any) -> dict[str, Any]:
    if chosen in (PICKLE, CLOUDPICKLE):
        dump_pickle(model, path, use_cloudpickle=chosen is CLOUDPICKLE)
        return {"serialization_format": chosen.name}
    return {"serialization_format": SKOPS.name, "skops_trusted_types": save_skops(model, path, trusted)}


def _class_name(model: Any) -> str:
    return f"{type(model).__module__}.{type(model).__qualname__}"
