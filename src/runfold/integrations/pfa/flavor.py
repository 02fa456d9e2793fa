"""PFA documents as models. MLflow knows no such flavour; it calls them where Runfold is installed beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue
from runfold.mlmodel.document import Conf
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, Serialization, file_of
from runfold.models.portable.pfa.engine import Engine, read_document
from runfold.models.portable.pfa.write import pfa_document

PFA = Serialization("pfa")

_FILE = "model.pfa.json"


class PfaFlavor(Flavor):
    name = "pfa"
    loader_module = "runfold.integrations.pfa.flavor"
    serializations = (PFA,)

    def handles(self, model: Any) -> bool:
        return isinstance(model, Engine)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        """Takes documents, engines, and estimators of scikit-learn, which are written as PFA."""
        options.only()
        if isinstance(model, Engine):
            document = model.document
        elif isinstance(model, Mapping):
            document = Engine(model).document
        else:
            document = pfa_document(model)
        (folder / _FILE).write_text(json.dumps(document), encoding="utf-8")
        return Saved(conf={"data": _FILE, "pfa_version": "0.8.1"}, pyfunc={"data": _FILE}, packages=("pandas",))

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Engine:
        path = file_of(folder, conf.get("data") or _FILE)
        try:
            return read_document(path.read_bytes())
        except InvalidValue as error:
            raise InvalidValue(f"{path.name} is no PFA that can be scored, or is damaged: {error}") from None

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        engine = (
            model if isinstance(model, Engine) else Engine(model if isinstance(model, Mapping) else pfa_document(model))
        )
        return Loaded(engine, lambda data, params: predict(engine, data))


FLAVOR = PfaFlavor()


def predict(engine: Engine, data: Any) -> list[Any]:
    """One answer per row: numbers, or of classifiers the labels.

    Args:
        data: a data frame, a matrix, or a list of inputs as the document takes them.

    Raises:
        InvalidValue: the columns are not those of the document.
    """
    answers = [engine.score(row) for row in _inputs(engine, data)]
    is_classified = bool(answers) and isinstance(answers[0], Mapping) and "label" in answers[0]
    return [answer["label"] for answer in answers] if is_classified else answers


def _inputs(engine: Engine, data: Any) -> list[Any]:
    rows: list[Any]
    if hasattr(data, "columns"):
        names = [str(name) for name in data.columns]
        known = engine.features if set(engine.features) <= set(names) else engine.fields
        # A model that was trained without names takes columns by their place.
        chosen = data[[data.columns[names.index(name)] for name in known]] if set(known) <= set(names) else data
        rows = chosen.to_numpy().tolist()
    elif hasattr(data, "tolist"):
        rows = data.tolist()
    else:
        rows = list(data)
    if not engine.fields:
        return rows
    for row in rows:
        if not isinstance(row, Mapping) and len(row) != len(engine.fields):
            raise InvalidValue(f"The model takes {len(engine.fields)} columns; the input has {len(row)}.")
    return [row if isinstance(row, Mapping) else dict(zip(engine.fields, row, strict=True)) for row in rows]


class _Called:
    """What MLflow calls."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def predict(self, data: Any, params: Mapping[str, Any] | None = None) -> list[Any]:
        return predict(self.engine, data)


def _load_pyfunc(path: str) -> _Called:
    """MLflow calls this, by `loader_module` in `MLmodel`, with the path of the file."""
    return _Called(read_document(Path(path).read_bytes()))
