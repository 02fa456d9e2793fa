"""Models of H2O, which live in a Java server. Keys and files are those of `mlflow.h2o` (MLflow 3.18 and 2.22).

The model is H2O's own binary file, which a server of the same version reads; a local server is started where none runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from runfold.errors import InvalidValue, Unavailable
from runfold.mlmodel.document import Conf
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, Serialization, file_of, type_names

BINARY = Serialization("h2o")

_DATA = "model.h2o"
_SETTINGS = "h2o.yaml"


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
        _connect(settings.get("init") or {})
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


def _connect(arguments: dict[str, Any]) -> None:
    """Uses the server that this process is connected to, or starts one that only this machine reaches."""
    import h2o

    if h2o.connection() is not None and h2o.connection().connected:
        return
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
