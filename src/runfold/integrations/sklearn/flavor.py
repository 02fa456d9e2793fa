"""Models of scikit-learn, and what follows its interface: skops files, or pickles where asked for.

Keys and files are those of `mlflow.sklearn` (MLflow 3.18, which reads skops; older releases read the pickles).
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

SKOPS = Serialization("skops")
CLOUDPICKLE = Serialization("cloudpickle", is_safe=False)
PICKLE = Serialization("pickle", is_safe=False)

_FILES = {SKOPS.name: "model.skops", CLOUDPICKLE.name: "model.pkl", PICKLE.name: "model.pkl"}


class SklearnFlavor(Flavor):
    name = "sklearn"
    loader_module = "mlflow.sklearn"
    serializations = (SKOPS, CLOUDPICKLE, PICKLE)

    def handles(self, model: Any) -> bool:
        return "sklearn.base.BaseEstimator" in type_names(model)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import sklearn

        extra = options.only("pyfunc_predict_fn", "skops_trusted_types")
        predict_fn = extra.get("pyfunc_predict_fn", "predict")
        has_method = callable(getattr(model, predict_fn, None))
        chosen = options.serialization
        name = _FILES[chosen.name]
        if chosen is SKOPS:
            trusted = save_skops(model, folder / name, extra.get("skops_trusted_types") or ())
        else:
            trusted = None
            dump_pickle(model, folder / name, use_cloudpickle=chosen is CLOUDPICKLE)
        conf = {
            "pickled_model": name,
            "serialization_format": chosen.name,
            "sklearn_version": sklearn.__version__,
            "estimator_class": estimator_class(model),
            **({"task": task} if (task := _task(model)) else {}),
            "skops_trusted_types": trusted,
        }
        return Saved(
            conf=conf,
            pyfunc={"model_path": name, "predict_fn": predict_fn} if has_method else None,
            packages=("sklearn", chosen.name) if chosen is not PICKLE else ("sklearn",),
        )

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        path = file_of(folder, conf.get("pickled_model") or conf.get("data"))
        if conf.get("serialization_format") == SKOPS.name:
            return load_skops(path, options, vouched=conf.get("skops_trusted_types") or ())
        return load_pickle(path, options)

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        method = getattr(model, str(pyfunc.get("predict_fn") or "predict"), None)
        if method is None:
            raise InvalidValue(f"A {type(model).__name__} has no method {pyfunc.get('predict_fn')!r} to call.")

        return Loaded(model, caller(method))

    def serialization_of(self, conf: Conf) -> Serialization:
        # Models of MLflow before 1.9 do not say; they are pickles.
        return self.serialization(str(conf.get("serialization_format") or PICKLE.name))

    def files(self, conf: Conf) -> tuple[str, ...]:
        return (str(conf.get("pickled_model")),)


FLAVOR = SklearnFlavor()


def estimator_class(model: Any) -> str:
    """What the model is at heart, for those who look for its algorithm: of a search the best, of steps the last."""
    model = getattr(model, "best_estimator_", model)
    steps = getattr(model, "steps", None)
    kind = type(steps[-1][1] if steps else model)
    return f"{kind.__module__}.{kind.__qualname__}"


def _task(model: Any) -> str:
    """What the model does, in the registry's words; empty: it does not say."""
    from sklearn import base

    tests = ("is_classifier", "classification"), ("is_regressor", "regression"), ("is_clusterer", "clustering")
    return next((word for name, word in tests if getattr(base, name, _never)(model)), "")


def _never(model: Any) -> bool:
    """In place of questions that an older scikit-learn does not know."""
    return False
