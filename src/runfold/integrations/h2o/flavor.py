"""Models of H2O, which live in a Java server. Keys and files are those of `mlflow.h2o` (MLflow 3.18).

The model is H2O's own binary file, which a server of the same version reads; a local server is started where none runs.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from runfold.errors import InvalidValue, PermissionDenied, Unavailable
from runfold.mlmodel.document import Conf
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, Serialization, file_of, type_names

BINARY = Serialization("h2o")

_DATA = "model.h2o"
_SETTINGS = "h2o.yaml"
_OF_SIZE = frozenset({"max_mem_size", "min_mem_size", "nthreads"})
_MAGIC = b"\x1c\xed"
_VERSION = re.compile(rb"[\w.+-]+")


class H2OFlavor(Flavor):
    name = "h2o"
    loader_module = "mlflow.h2o"
    serializations = (BINARY,)

    def handles(self, model: Any) -> bool:
        return "h2o.model.model_base.ModelBase" in type_names(model)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import h2o

        extra = options.only("settings")
        if not self.handles(model):
            raise InvalidValue(f"A {type(model).__name__} is no model of H2O.")
        data = folder / _DATA
        data.mkdir()
        file = Path(h2o.download_model(model, path=str(data))).name
        # MLflow writes absolute paths here too, which are wrong wherever the folder goes, and reads only the name.
        settings = {**(extra.get("settings") or {}), "model_file": file}
        (data / _SETTINGS).write_text(yaml.safe_dump(settings), encoding="utf-8")
        return Saved(conf={"data": _DATA, "h2o_version": h2o.__version__}, pyfunc={"data": _DATA}, packages=("h2o",))

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        import h2o

        data = file_of(folder, conf.get("data") or _DATA)
        settings = _settings(data)
        path = file_of(data, settings.get("model_file"))
        _check_header(path, h2o.__version__)
        _connect(settings.get("init") or {}, options)
        try:
            return h2o.upload_model(str(path))
        except Exception as error:
            raise InvalidValue(
                f"H2O {h2o.__version__} cannot read {path.name}, which version {conf.get('h2o_version')} wrote: it is "
                f"damaged or of another version. H2O says: {_last_line(error)}"
            ) from error

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        return Loaded(model, lambda data, params: _predict(model, data))


FLAVOR = H2OFlavor()


def _settings(data: Path) -> dict[str, Any]:
    try:
        settings = yaml.safe_load((data / _SETTINGS).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidValue(f"The model's {_SETTINGS} cannot be read: {error}") from None
    if not isinstance(settings, dict):
        raise InvalidValue(f"The model's {_SETTINGS} holds no settings.")
    return settings


def _arguments(given: Any, options: LoadOptions) -> dict[str, Any]:
    """How to start a server, as the model asks for it: any but its size would let a folder run commands or reach out.

    Raises:
        PermissionDenied: it asks for more, which is not allowed.
    """
    asked = dict(given) if isinstance(given, dict) else {str(given): None}
    further = sorted(str(name) for name in asked if name not in _OF_SIZE)
    if further and not (options.allow_code or options.allow_pickle):
        raise PermissionDenied(
            f"The model asks to start H2O with {further[0]}={asked.get(further[0])!r}, which could run commands. If "
            "you trust it, load the model with allow_code=True, or start H2O yourself before."
        )
    return asked


def _check_header(path: Path, version: str) -> None:
    """Before a server is started for it: two bytes, then the version behind its length plus one (H2O 3.46, AutoBuffer).

    Raises:
        InvalidValue: it is no model of H2O, or one of another version, which no other reads.
    """
    with path.open("rb") as file:
        magic, length = file.read(2), file.read(1)
        written = file.read(length[0] - 1 if length and length[0] else 0)
    if magic != _MAGIC or not _VERSION.fullmatch(written):
        raise InvalidValue(f"{path.name} is no model of H2O, or is damaged.")
    if written.decode() != version:
        raise InvalidValue(
            f"{path.name} was written by H2O {written.decode()}, and only that version reads it; installed here is "
            f"{version}. Install h2o=={written.decode()} to load it."
        )


def _connect(asked: Any, options: LoadOptions) -> None:
    """Uses the server that this process is connected to, or starts one that only this machine reaches."""
    import h2o

    if h2o.connection() is not None and h2o.connection().connected:
        return
    arguments = _arguments(asked, options)
    try:
        h2o.init(**{"bind_to_localhost": True, "verbose": False, **arguments})
    except Exception as error:
        raise Unavailable(
            f"No H2O server runs, and none could be started (it needs Java): {_last_line(error)}"
        ) from error
    h2o.no_progress()


def _predict(model: Any, data: Any) -> Any:
    import h2o
    import pandas

    frame = data if hasattr(data, "columns") else pandas.DataFrame(data)
    predicted = model.predict(h2o.H2OFrame(frame)).as_data_frame()
    predicted.index = frame.index
    return predicted


def _last_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
