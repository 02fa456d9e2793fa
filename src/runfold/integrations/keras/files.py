"""Files of Keras 3: written, read in its safe mode, and called.

The layout inside a model's folder is MLflow's: `data/model.keras`, and beside it two texts that say how it is read.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, PermissionDenied
from runfold.integrations.keras.archive import check_keras
from runfold.models.flavor import LoadOptions, Serialization, type_names
from runfold.models.pickling import load_pickle

KERAS = Serialization("keras")
DATA = "data"

_FILE, _OLD_FILE = "model.keras", "model.h5"
_CLASS = re.compile(r"Could not locate class '(\w+)'")
_CUSTOM_OBJECTS = ("global_custom_objects.cloudpickle", "custom_objects.cloudpickle")


def is_keras(model: Any) -> bool:
    return any(name.startswith("keras.") and name.endswith(".Model") for name in type_names(model))


def write_keras(model: Any, folder: Path, *, module: str) -> None:
    """
    Args:
        module: what MLflow imports to read the file.
    """
    data = folder / DATA
    data.mkdir()
    try:
        model.save(str(data / _FILE))
    except (ValueError, NotImplementedError, TypeError) as error:
        raise InvalidValue(f"Keras cannot write this model: {str(error)[:300]}") from error
    (data / "keras_module.txt").write_text(module, encoding="utf-8")
    # MLflow takes a folder without this text for one with a HDF5 file.
    (data / "save_format.txt").write_text("tf", encoding="utf-8")


def read_keras(data: Path, options: LoadOptions) -> Any:
    """
    Args:
        data: the folder with the file; in models of the first MLflow releases the file itself.

    Raises:
        PermissionDenied: the file holds code, which is not allowed.
        InvalidValue: it is damaged, or needs classes that nobody registered.
    """
    candidates = [data / _FILE, data / _OLD_FILE] if data.is_dir() else [data]
    path = next((one for one in candidates if one.is_file()), None)
    if path is None:
        raise InvalidValue(f"The folder {data.name!r} of the model holds neither {_FILE} nor {_OLD_FILE}.")
    is_old = path.suffix == ".h5"
    if is_old and not options.allow_pickle:
        raise PermissionDenied(
            f"{path.name} is a HDF5 file of Keras, which can hold functions as code and is loaded without a safe mode. "
            "If you trust where it comes from, load it with allow_pickle=True, and save it again."
        )
    own = options.extra.get("custom_objects") or {}
    if not is_old and not options.allow_pickle:
        check_keras(path, {*_registered(), *own, *options.trusted_types})
    import keras

    objects = {**_pickled_objects(data, options), **own}
    try:
        # What an old file says of its training often has no meaning to Keras 3; calling it needs none.
        return keras.saving.load_model(
            path, custom_objects=objects or None, compile=not is_old, safe_mode=not options.allow_pickle
        )
    except Exception as error:
        raise _refusal(error, path) from error


def _registered() -> set[str]:
    """What the modules that are imported have told Keras of. Without Keras there can be nothing."""
    keras = sys.modules.get("keras")
    return set() if keras is None else set(keras.saving.get_custom_objects())


def _pickled_objects(data: Path, options: LoadOptions) -> dict[str, Any]:
    """Classes that MLflow pickled beside the file. Without leave to read them, registered classes have to do."""
    objects: dict[str, Any] = {}
    for name in _CUSTOM_OBJECTS:
        if options.allow_pickle and data.is_dir() and (data / name).is_file():
            objects |= load_pickle(data / name, options)
    return objects


def _refusal(error: Exception, path: Path) -> PermissionDenied | InvalidValue:
    said = " ".join(str(error).split())
    if "safe_mode" in said or "lambda" in said.lower():
        return PermissionDenied(
            f"{path.name} holds functions as code, which Keras' safe mode does not make. If you trust where it comes "
            "from, load it with allow_pickle=True."
        )
    missing = _CLASS.search(said)
    if missing:
        return InvalidValue(
            f"{path.name} needs the class {missing[1]!r} of its author's. Import the module that registers it with "
            "keras.saving.register_keras_serializable, or pass custom_objects={...} to load_native."
        )
    return InvalidValue(
        f"{path.name} cannot be read: {type(error).__name__}: {said[:300]}. It is damaged, or of another Keras."
    )


def call_keras(model: Any, data: Any) -> Any:
    import numpy

    if hasattr(data, "columns"):
        import pandas

        return pandas.DataFrame(_predicted(model, data.to_numpy()), index=data.index)
    if isinstance(data, Mapping):
        return _predicted(model, {name: numpy.asarray(one) for name, one in data.items()})
    return _predicted(model, numpy.asarray(data))


def _predicted(model: Any, data: Any) -> Any:
    return model.predict(data, verbose=0)
