"""What a `.keras` file would make when it is loaded, looked through before it is.

The file is a zip archive whose `config.json` names classes and functions, which Keras imports and calls. Its safe mode
refuses functions kept as code, and releases before 3.13 little else: any module could be named, functions that fetch
files and write them, and layers that read files of this machine. Here only what models are made of is let through.
Source of the layout: Keras 3.15, `keras/src/saving/saving_lib.py` and `serialization_lib.py`.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, PermissionDenied

_CONFIG, _METADATA = "config.json", "metadata.json"
_MAX_CONFIG_BYTES = 256 * 2**20
_MAJOR = 3
# Below `keras` or `keras.src`: where classes live that models are made of. Whole models, which know how to load others,
# are named by their classes, never by functions.
_ROOMS = frozenset(
    {
        "layers", "optimizers", "losses", "metrics", "initializers", "regularizers", "constraints", "activations",
        "ops", "dtype_policies", "quantizers", "random", "trainers", "engine", "mixed_precision",
    }
)  # fmt: skip
_MODELS = frozenset({"Model", "Sequential", "Functional"})
_READS_FILES = frozenset({"TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"})
_PLAIN = re.compile(r"__(keras_tensor|tensor|numpy|bytes|ellipsis|slice|typespec)__")
_NAME = re.compile(r"[A-Za-z_]\w*")


def check_keras(path: Path, known: Collection[str]) -> None:
    """
    Args:
        known: classes and functions of the author's own that were registered or trusted: `package>Class`, `Class` or
            `module.Class`.

    Raises:
        PermissionDenied: loading it would make something that no model of Keras alone needs; the message says what.
        InvalidValue: it is no file of Keras 3.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("/") or ".." in name.split("/"):
                    raise InvalidValue(f"{path.name} has a member {name!r}, which lies outside of it.")
            metadata, config = (_json(archive, name) for name in (_METADATA, _CONFIG))
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError, OSError, NotImplementedError) as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue(f"{path.name} is no file of Keras 3, or is damaged: {error}") from None
    _check_version(path, metadata)
    for one in _objects(config):
        _check_object(path, one, known)


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    if archive.getinfo(name).file_size > _MAX_CONFIG_BYTES:
        raise ValueError(f"{name} has more than {_MAX_CONFIG_BYTES} bytes")
    return json.loads(archive.read(name))


def _check_version(path: Path, metadata: Any) -> None:
    version = str(metadata.get("keras_version", "")) if isinstance(metadata, dict) else ""
    major = version.partition(".")[0]
    # Keras 2.12 to 2.15 wrote such files too, which Keras 3 reads.
    if not major.isdigit() or not 2 <= int(major) <= _MAJOR:
        raise InvalidValue(f"{path.name} was written by Keras {version or '(it does not say)'}; 3 is read here.")


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Everything that Keras would make of the configuration."""
    waiting = [config]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(one.get("class_name"), str) and "config" in one:
                yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _check_object(path: Path, one: dict[str, Any], known: Collection[str]) -> None:
    name, module, config = one["class_name"], one.get("module"), one["config"]
    registered = one.get("registered_name")
    if name == "__lambda__":
        raise _refused(path, "functions as code, which Keras' safe mode does not make")
    if _PLAIN.fullmatch(name):
        return
    is_function = name == "function"
    shown = str(config if is_function else name)
    if {shown, str(registered), f"{module}.{shown}"} & set(known):
        return
    if name in _READS_FILES or (isinstance(config, dict) and isinstance(config.get("vocabulary"), str)):
        raise _refused(path, f"a {name} that reads files or code from elsewhere")
    if not _is_of_keras(module, shown, is_function=is_function):
        raise _refused(path, f"the {'function' if is_function else 'class'} {module}.{shown}", is_own=True)


def _is_of_keras(module: Any, name: str, *, is_function: bool) -> bool:
    """Whether it comes from a room of Keras that holds parts of models.

    Where no module is told, and for functions of `builtins`, Keras looks among its own.
    """
    if module is None:
        return True
    if not _NAME.fullmatch(name):
        return False
    if is_function and module == "builtins":
        return not _is_of_python(name)
    root, *rooms = str(module).split(".")
    rooms = rooms[1:] if rooms[:1] == ["src"] else rooms
    if root != "keras":
        return False
    if not rooms or rooms[0] == "models":
        return not is_function and (name in _MODELS or not rooms)
    return rooms[0] in _ROOMS


def _is_of_python(name: str) -> bool:
    """Keras knows functions by some names of Python's own that do no harm."""
    import builtins

    return hasattr(builtins, name) and name not in ("abs", "all", "any", "max", "min", "pow", "round", "sum")


def _refused(path: Path, what: str, *, is_own: bool = False) -> PermissionDenied:
    way = (
        "If it is yours, import the module that registers it with keras.saving.register_keras_serializable, pass it to "
        "load_native in custom_objects, or name it in trusted_types. "
        if is_own
        else ""
    )
    return PermissionDenied(
        f"{path.name} holds {what}. {way}If you trust where the file comes from, load it with allow_pickle=True."
    )
