"""skops files: objects of Python kept as their types and contents, which are checked before any object is made."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, MissingDependency, PermissionDenied
from runfold.mlmodel.globals import Risk, judge
from runfold.mlmodel.scan import scan_file
from runfold.models.flavor import LoadOptions
from runfold.models.pickling import refuse_dangerous


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
