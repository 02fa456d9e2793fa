"""Pickles, where they cannot be avoided: looked through first, and read with names checked.

Two guards stand before what a pickle would run. `scan` reads the opcodes of the whole file before any is executed; and
while the pickle is read, each name it asks for is judged again, so that a name it computes finds nothing either.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, MissingDependency, PermissionDenied
from runfold.mlmodel.globals import Risk, judge
from runfold.mlmodel.scan import Report, scan_file
from runfold.models.flavor import LoadOptions

Renames = Mapping[tuple[str, str], Any]


def load_pickle(path: Path, options: LoadOptions, *, renames: Renames | None = None) -> Any:
    """Reads a pickle or cloudpickle.

    Args:
        renames: objects to take for certain module and name pairs, instead of importing those.

    Raises:
        PermissionDenied: it is not allowed, or the file calls what no model needs.
        MissingDependency: it needs a package that is not installed.
        InvalidValue: the file is damaged.
    """
    require_pickle(path, options)
    with path.open("rb") as file:
        refuse_dangerous(scan_file(path.name, file, is_pickle=True))
        file.seek(0)
        try:
            return _Unpickler(file, renames or {}).load()
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            raise MissingDependency(package, needed_for=f"The pickle {path.name}") from error
        except (pickle.UnpicklingError, EOFError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise InvalidValue(
                f"The pickle {path.name} cannot be read: {error}. It is damaged, or was written with other versions "
                "of the packages it needs; the requirements.txt beside it names them."
            ) from error


def require_pickle(path: Path, options: LoadOptions) -> None:
    """
    Raises:
        PermissionDenied: files that run code when loaded are not allowed.
    """
    if not options.allow_pickle:
        raise PermissionDenied(
            f"{path.name} is a pickle: loading it runs code that whoever wrote it chose. If you trust where it comes "
            "from, load it with allow_pickle=True, or set RUNFOLD_ALLOW_PICKLE=1; better, save the model again in a "
            "safe format."
        )


def require_code(what: str, options: LoadOptions) -> None:
    """
    Raises:
        PermissionDenied: Python code of the model may not be run.
    """
    if not (options.allow_code or options.allow_pickle):
        raise PermissionDenied(
            f"The model brings Python code of its own ({what}), which would run in this process. Look at it, and if "
            "you trust it, load the model with allow_code=True, or set RUNFOLD_ALLOW_CODE=1."
        )


def refuse_dangerous(report: Report) -> None:
    """
    Raises:
        PermissionDenied: the file calls what no model needs, or cannot be read to its end.
    """
    if report.dangerous:
        shown = "; ".join(str(finding) for finding in report.dangerous[:5])
        raise PermissionDenied(f"This is not loaded, whatever is allowed: {shown}. No model needs that.")


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: Any, renames: Renames) -> None:
        super().__init__(file)
        self._renames = renames

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in self._renames:
            return self._renames[module, name]
        if judge(module, name) is Risk.DANGEROUS:
            raise PermissionDenied(f"The pickle asks for {module}.{name}, which no model needs; it was not loaded.")
        return super().find_class(_present_name(module), name)


def _present_name(module: str) -> str:
    """numpy 2 calls `numpy.core`, as arrays of older pickles have it, `numpy._core`, and warns of the old name."""
    package, core, rest = module.partition("numpy.core")
    if package or not core or (rest and not rest.startswith(".")) or find_spec("numpy._core") is None:
        return module
    return f"numpy._core{rest}"


def dump_pickle(model: Any, path: Path, *, use_cloudpickle: bool) -> None:
    """Writes a pickle; cloudpickle takes functions and classes of the running script along.

    Raises:
        MissingDependency: cloudpickle is not installed.
        InvalidValue: the object cannot be pickled.
    """
    writer: Any = cloudpickle() if use_cloudpickle else pickle
    try:
        with path.open("wb") as file:
            writer.dump(model, file, protocol=pickle.DEFAULT_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InvalidValue(f"The model cannot be pickled: {error}.") from error


def cloudpickle() -> Any:
    """
    Raises:
        MissingDependency: it is not installed.
    """
    try:
        import cloudpickle as module
    except ModuleNotFoundError as error:
        raise MissingDependency("cloudpickle", needed_for="This serialisation") from error
    return module
