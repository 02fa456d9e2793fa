"""Adding a portable form to a saved model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from runfold.errors import AlreadyExists, InvalidValue
from runfold.mlmodel.document import FILE_NAME, MLmodel, write_mlmodel
from runfold.models.digests import digest_of
from runfold.models.flavors import flavor_of_model, flavor_of_name
from runfold.models.loading import load_model, load_native
from runfold.models.portable.onnx import onnx_model
from runfold.models.portable.parity import Parity, compare
from runfold.models.portable.pfa.write import pfa_document
from runfold.models.uris import read_mlmodel

FILES = {"pfa": "model.pfa.json", "onnx": "model.onnx"}


def add_twin(path: str | Path, kind: str, *, tolerance: float = 1e-5, **load_options: Any) -> Parity:
    """Write a model's portable twin into its folder, as one more flavour, if it answers as the model does.

    Args:
        path: a folder with a model that was saved with an input example.
        kind: `onnx` (scikit-learn, XGBoost, LightGBM, PyTorch) or `pfa` (scikit-learn).
        tolerance: how far numbers may be apart, relative where they are above 1. ONNX counts in 32 bits.
        load_options: as for `load_model`, such as `allow_pickle`.

    Returns:
        How the twin compares; `MLmodel` keeps it.

    Raises:
        InvalidValue: there is no such form of this model, it has no example, or the twin answers otherwise. Nothing is
            left of it then.
        AlreadyExists: the model has a twin of this kind.
        MissingDependency: a converter is not installed.
    """
    folder = Path(path)
    if kind not in FILES:
        raise InvalidValue(f"There is no portable form {kind!r}; there are {', '.join(FILES)}.")
    document = read_mlmodel(folder)
    if kind in document.flavors:
        raise AlreadyExists("twin", kind, hint="The model has it already.")
    model = load_model(folder, **load_options)
    if model.example is None:
        raise InvalidValue(
            "The twin is checked on the model's input example, and it has none. Save it with input_example."
        )
    flavor = flavor_of_model(document)
    native = load_native(folder, None if flavor is None else flavor.name, **load_options)
    target = folder / FILES[kind]
    try:
        conf = _write(native, "" if flavor is None else flavor.name, kind, model.example.data, target)
        found = _answers(folder, kind, conf, model.example.data)
        parity = compare(model.predict(model.example.data), found, tolerance=tolerance, kind=kind)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    _note(folder, document, kind, {**conf, "parity": msgspec.to_builtins(parity)})
    return parity


def _write(native: Any, flavor: str, kind: str, example: Any, target: Path) -> dict[str, Any]:
    if kind == "pfa":
        if flavor != "sklearn":
            raise InvalidValue(f"PFA is written of scikit-learn's models; this is one of {flavor or 'your own code'}.")
        target.write_text(json.dumps(pfa_document(native)), encoding="utf-8")
        return {"data": target.name, "pfa_version": "0.8.1"}
    proto = onnx_model(native, flavor, example)
    import onnx

    onnx.save_model(proto, str(target))
    return {"data": target.name, "onnx_version": onnx.__version__, "providers": ["CPUExecutionProvider"]}


def _answers(folder: Path, kind: str, conf: dict[str, Any], example: Any) -> Any:
    """What the file that was written gives, read again as anyone would."""
    from runfold.models.flavor import LoadOptions

    flavor = flavor_of_name(kind)
    loaded = flavor.loaded(flavor.load(folder, conf, LoadOptions()), {"data": conf["data"]})
    answer = loaded.predict(example, {})
    if kind == "onnx":
        columns = answer if isinstance(answer, dict) else {name: answer[name].tolist() for name in answer}
        return next(iter(columns.values()))
    return answer


def _note(folder: Path, document: MLmodel, kind: str, conf: dict[str, Any]) -> None:
    digests = {**document.digests, conf["data"]: digest_of(folder / conf["data"])} if document.digests else {}
    size = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file() and one.name != FILE_NAME)
    changed = msgspec.structs.replace(
        document, flavors={**document.flavors, kind: conf}, digests=digests, model_size_bytes=size
    )
    (folder / FILE_NAME).write_text(write_mlmodel(changed), encoding="utf-8")
