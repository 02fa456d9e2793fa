"""Models of ONNX, run by onnxruntime. Keys and files are those of `mlflow.onnx` (MLflow 3.18 and 2.22)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, MissingDependency
from runfold.mlmodel.document import Conf
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, Serialization, file_of, type_names

ONNX = Serialization("onnx")

_FILE = "model.onnx"
_CPU = "CPUExecutionProvider"
_DEFAULT_PROVIDERS = ("CUDAExecutionProvider", _CPU)
_ABOVE_ONE_FILE = 2**31 - 2**20
"""protobuf writes no more bytes than a 32-bit integer counts; weights beyond go to a file beside."""
_log = logging.getLogger(__name__)


class OnnxModel:
    """A model and the session that runs it.

    Attributes:
        proto: the `onnx.ModelProto`.
        session: the `onnxruntime.InferenceSession`.
    """

    def __init__(self, proto: Any, session: Any) -> None:
        self.proto = proto
        self.session = session


class OnnxFlavor(Flavor):
    name = "onnx"
    loader_module = "mlflow.onnx"
    serializations = (ONNX,)

    def handles(self, model: Any) -> bool:
        return any(name.startswith("onnx.") and name.endswith("ModelProto") for name in type_names(model))

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import onnx

        extra = options.only("providers", "session_options")
        if not isinstance(model, onnx.ModelProto):
            raise InvalidValue(f"A {type(model).__name__} is no onnx.ModelProto.")
        conf = save_onnx(model, folder / _FILE)
        return Saved(
            conf={
                **conf,
                "providers": list(extra.get("providers") or _DEFAULT_PROVIDERS),
                "onnx_session_options": extra.get("session_options"),
            },
            pyfunc={"data": _FILE},
            packages=("onnx", "onnxruntime"),
        )

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        import onnx

        path = file_of(folder, conf.get("data") or _FILE)
        try:
            # Weights that lie beside are read by name; onnx refuses names that lead out of the folder.
            onnx.checker.check_model(str(path))
            proto = onnx.load(str(path))
        except Exception as error:
            raise InvalidValue(f"{path.name} is no valid ONNX model, or is damaged: {_first_line(error)}") from error
        return OnnxModel(proto, _session(path, conf))

    def native(self, model: Any) -> Any:
        return model.proto if isinstance(model, OnnxModel) else model

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        proto, session = (model.proto, model.session) if isinstance(model, OnnxModel) else (model, None)
        if session is None:
            session = _runtime().InferenceSession(proto.SerializeToString(), providers=[_CPU])
        return Loaded(proto, lambda data, params: _run(session, data))


FLAVOR = OnnxFlavor()


def save_onnx(model: Any, path: Path) -> dict[str, Any]:
    """Writes a model, checked, and tells what `MLmodel` says of it."""
    import onnx

    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise InvalidValue(f"The ONNX model is not valid: {_first_line(error)}") from error
    onnx.save_model(model, str(path), save_as_external_data=model.ByteSize() > _ABOVE_ONE_FILE)
    return {"data": path.name, "onnx_version": onnx.__version__}


def _session(path: Path, conf: Conf) -> Any:
    runtime = _runtime()
    options = runtime.SessionOptions()
    given = conf.get("onnx_session_options") or {}
    for name in ("inter_op_num_threads", "intra_op_num_threads"):
        if given.get(name):
            setattr(options, name, int(given[name]))
    if given.get("execution_mode"):
        mode = f"ORT_{str(given['execution_mode']).upper()}"
        options.execution_mode = getattr(runtime.ExecutionMode, mode, options.execution_mode)
    if given.get("graph_optimization_level") is not None:
        options.graph_optimization_level = runtime.GraphOptimizationLevel(int(given["graph_optimization_level"]))
    for name, value in (given.get("extra_session_config") or {}).items():
        options.add_session_config_entry(str(name), str(value))
    try:
        return runtime.InferenceSession(str(path), sess_options=options, providers=_providers(conf.get("providers")))
    except Exception as error:
        raise InvalidValue(f"onnxruntime cannot run {path.name}: {_first_line(error)}") from error


def _providers(wanted: object) -> list[Any]:
    """Those of the wanted providers that this onnxruntime has; the processor always is the last resort."""
    available = set(_runtime().get_available_providers())
    given: Sequence[Any] = (
        [wanted] if isinstance(wanted, str) else wanted if isinstance(wanted, list) else _DEFAULT_PROVIDERS
    )
    pairs = [tuple(one) if isinstance(one, list) else one for one in given]
    usable = [one for one in pairs if (one[0] if isinstance(one, tuple) else one) in available]
    if not usable:
        _log.info("None of the providers %s is in this onnxruntime; the model runs on the processor.", given)
    return [*usable, *([] if _CPU in usable else [_CPU])]


def _run(session: Any, data: Any) -> Any:
    inputs = {one.name: one.type for one in session.get_inputs()}
    outputs = [one.name for one in session.get_outputs()]
    is_frame = hasattr(data, "columns") and hasattr(data, "index")
    feed = {name: _fitting(value, inputs[name]) for name, value in _feed(data, list(inputs)).items() if name in inputs}
    try:
        values = dict(zip(outputs, session.run(outputs, feed), strict=True))
    except Exception as error:
        raise InvalidValue(f"onnxruntime cannot run the model on this input: {_first_line(error)}") from error
    if not is_frame:
        return values
    import pandas

    return pandas.DataFrame({name: _column(value, len(data)) for name, value in values.items()}, index=data.index)


def _feed(data: Any, names: list[str]) -> dict[str, Any]:
    import numpy

    if isinstance(data, Mapping):
        return {str(name): numpy.asarray(value) for name, value in data.items()}
    if hasattr(data, "columns"):
        if len(names) == 1:
            return {names[0]: data.to_numpy()}
        missing = [name for name in names if name not in data.columns]
        if missing:
            raise InvalidValue(f"The input lacks the column {missing[0]!r}; the model takes {', '.join(names)}.")
        # Models made of pipelines take one column per input, as a matrix of one column.
        return {name: data[[name]].to_numpy() for name in names}
    if len(names) > 1:
        raise InvalidValue(f"The model takes {len(names)} inputs ({', '.join(names)}); give a dict or a data frame.")
    return {names[0]: numpy.asarray(data)}


def _fitting(value: Any, kind: str) -> Any:
    """JSON and pandas know fractions of 64 bits alone; a model of 32 bits refuses them."""
    import numpy

    wanted = {"tensor(float)": numpy.float32, "tensor(double)": numpy.float64, "tensor(int64)": numpy.int64}.get(kind)
    is_number = value.dtype.kind in ("f", "i", "u", "b") or (value.dtype == object and kind != "tensor(string)")
    return value.astype(wanted) if wanted is not None and is_number and value.dtype != wanted else value


def _column(value: Any, rows: int) -> Any:
    """One value per row; a row of several stays a list, a mapping as onnxmltools gives it a mapping."""
    if isinstance(value, list):
        return value
    flat = value.reshape(rows, -1)
    return flat[:, 0] if flat.shape[1] == 1 else flat.tolist()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def _runtime() -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise MissingDependency("onnxruntime", needed_for="Running ONNX models", extra="onnx") from error
    return onnxruntime
