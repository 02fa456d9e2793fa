"""Models of scikit-learn, and what follows its interface: skops files, or pickles where asked for.

Keys and files are those of `mlflow.sklearn` (MLflow 3.18, which reads skops; older releases read the pickles).
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, MissingDependency, PermissionDenied
from runfold.mlmodel.document import Conf
from runfold.mlmodel.globals import Risk, judge
from runfold.mlmodel.scan import scan_file
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
from runfold.models.pickling import dump_pickle, load_pickle, refuse_dangerous

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


def save_skops(model: Any, path: Path, trusted_types: Any = ()) -> list[str] | None:
    """Writes a skops file.

    Returns:
        Types in it that skops does not know by itself, for MLflow, which wants them named.

    Raises:
        InvalidValue: the model holds what skops cannot keep, or types nobody vouches for.
        MissingDependency: skops is not installed.
    """
    io = _skops_io()
    try:
        io.dump(model, path)
        unknown = io.get_untrusted_types(file=path)
    except Exception as error:
        raise InvalidValue(
            f"skops cannot keep this model: {error}. Leave out what is no part of it, or say "
            'serialization_format="cloudpickle": such a model is loaded only by who allows it.'
        ) from error
    strange = [name for name in unknown if not _is_known(name) and name not in trusted_types]
    if strange:
        raise InvalidValue(
            f"The model holds types that nobody vouches for: {', '.join(strange)}. If loading them runs nothing "
            f"harmful, pass skops_trusted_types={strange!r}; who loads the model has to trust them, too."
        )
    return sorted(unknown) or None


def load_skops(path: Path, options: LoadOptions, *, vouched: Any = ()) -> Any:
    """Reads a skops file. Types that the model itself vouches for count only where its code is allowed to run.

    Raises:
        PermissionDenied: it holds types that are not trusted, or functions that no model needs.
        InvalidValue: the file is damaged.
    """
    io = _skops_io()
    with path.open("rb") as file:
        refuse_dangerous(scan_file(path.name, file))
    trusted = {*options.trusted_types, *(vouched if options.allow_code or options.allow_pickle else ())}
    try:
        unknown = io.get_untrusted_types(file=path)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidValue(f"{path.name} is no skops file, or is damaged: {error}.") from error
    strange = [name for name in unknown if not _is_known(name) and name not in trusted]
    if strange:
        raise PermissionDenied(
            f"{path.name} makes objects of types that are not known to be harmless: {', '.join(strange)}. If you "
            f"trust them, load the model with trusted_types={strange!r}."
        )
    try:
        return io.load(path, trusted=unknown)
    except Exception as error:
        raise InvalidValue(
            f"{path.name} cannot be read: {type(error).__name__}: {error}. It is damaged, or was written with other "
            "versions of the packages it needs; the requirements.txt beside it names them."
        ) from error


def _is_known(full_name: str) -> bool:
    module, _, name = full_name.rpartition(".")
    return judge(module, name) is Risk.KNOWN


def _skops_io() -> Any:
    try:
        import skops.io
    except ModuleNotFoundError as error:
        raise MissingDependency("skops", needed_for="Keeping scikit-learn models safely", extra="sklearn") from error
    return skops.io
