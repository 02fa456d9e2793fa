"""The `MLmodel` file: what a folder with a model holds, and how it is loaded.

The file is YAML, the keys are MLflow's, so that both sides read it. Keys that are not known here are kept: another
writer put them there. MLflow in turn keeps ours (`runfold_version`).

A change of this format keeps every older file readable: add the old form to `tests/unit/mlmodel/files/`, and what
it means to `parse_mlmodel`. Read are the forms of MLflow 0.4 (no signature, `data` and `loader_module` alone) to 3.18.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import yaml

from runfold.errors import InvalidValue
from runfold.mlmodel.schema import Signature
from runfold.mlmodel.schema_json import signature_from_dict, signature_to_dict

FILE_NAME = "MLmodel"
PYFUNC = "python_function"
"""The flavour that calls any model alike."""
MAX_BYTES = 4 * 2**20
"""The longest file that is read; a signature of 10,000 columns takes about 1 MiB."""

_MAX_NODES = 500_000
_MAX_DEPTH = 64
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f"

Conf = Mapping[str, Any]


class SavedExample(msgspec.Struct, frozen=True, kw_only=True):
    """Where the input example lies and how to read it.

    Attributes:
        artifact_path: the file, from the root of the model.
        type: `dataframe`, `ndarray`, `sparse_matrix_csc`, `sparse_matrix_csr`, `json_object` or `text`.
        pandas_orient: of a data frame: `split`, or `records` in old models.
        serving_input_path: the same as a body for the scoring server; empty in models before 2.13.
        has_params: the file holds `inputs` and `params` of a call.
    """

    artifact_path: str
    type: str
    pandas_orient: str = ""
    serving_input_path: str = ""
    has_params: bool = False


class MLmodel(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        flavors: name to configuration, such as `sklearn` and `python_function`; never empty.
        artifact_path: where it lies in its run's artifacts; a URI of the logged model when written by MLflow 3.
        model_id: of the logged model.
        utc_time_created: as `2026-11-24 16:44:04.786355`.
        resources: what the model needs to be served, by kind of resource.
        metadata: the user's own.
        digests: of the folder's other files when it was saved, `sha256:<hex>` by path; empty when written by MLflow.
        mlflow_version, runfold_version: of the writer; the other is empty.
        extra: keys of other writers.
    """

    flavors: dict[str, dict[str, Any]]
    signature: Signature | None = None
    example: SavedExample | None = None
    artifact_path: str = ""
    run_id: str = ""
    model_id: str = ""
    model_uuid: str = ""
    utc_time_created: str = ""
    model_size_bytes: int | None = None
    metadata: dict[str, Any] = {}
    resources: Any = None
    digests: dict[str, str] = {}
    mlflow_version: str = ""
    runfold_version: str = ""
    extra: dict[str, Any] = {}

    @property
    def pyfunc(self) -> dict[str, Any] | None:
        """How to call it without knowing the framework; `None`: it cannot be."""
        return self.flavors.get(PYFUNC)

    @property
    def native_flavors(self) -> tuple[str, ...]:
        return tuple(name for name in self.flavors if name != PYFUNC)

    @property
    def created_ms(self) -> int | None:
        """Unix time; `None` if the file does not tell."""
        for form in (_TIME_FORMAT, "%Y-%m-%d %H:%M:%S"):
            try:
                moment = datetime.strptime(self.utc_time_created, form).replace(tzinfo=UTC)
            except ValueError:
                continue
            return int(moment.timestamp() * 1000)
        return None


def time_created(moment: datetime) -> str:
    """A moment in UTC, as the file holds it."""
    return moment.strftime(_TIME_FORMAT)


def parse_mlmodel(content: str | bytes) -> MLmodel:
    """Reads a file of any release.

    Raises:
        InvalidValue: it is no `MLmodel` file; the message says what is wrong in it.
    """
    if len(content) > MAX_BYTES:
        raise InvalidValue(f"The MLmodel file has {len(content)} bytes; at most {MAX_BYTES} are read.")
    try:
        value = yaml.load(content, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:300]
        raise InvalidValue(f"The MLmodel file is not valid YAML: {reason}") from None
    _check_size(value)
    if not isinstance(value, dict):
        raise InvalidValue("The MLmodel file holds no keys; expected `flavors` and others.")
    return _from_dict({str(key): one for key, one in value.items()})


def write_mlmodel(model: MLmodel) -> str:
    """The file; keys in the order of the alphabet, as MLflow writes them."""
    # Characters beyond ASCII are escaped: PyYAML reads some of those it writes plain, such as U+0085, as others.
    return str(yaml.safe_dump(mlmodel_to_dict(model), default_flow_style=False, width=10_000))


def mlmodel_to_dict(model: MLmodel) -> dict[str, Any]:
    """What the file holds, as plain values; also the body of `runs/log-model`."""
    known = {
        "artifact_path": model.artifact_path,
        "flavors": {name: dict(conf) for name, conf in model.flavors.items()},
        "metadata": dict(model.metadata),
        "mlflow_version": model.mlflow_version,
        "model_id": model.model_id,
        "model_size_bytes": model.model_size_bytes,
        "model_uuid": model.model_uuid,
        "resources": model.resources,
        "run_id": model.run_id,
        "runfold_digests": dict(model.digests),
        "runfold_version": model.runfold_version,
        "saved_input_example_info": None if model.example is None else _example_to_dict(model.example),
        "signature": None if model.signature is None else signature_to_dict(model.signature),
        "utc_time_created": model.utc_time_created,
    }
    return {**model.extra, **{key: value for key, value in known.items() if value not in ("", None, {})}}


def _example_to_dict(example: SavedExample) -> dict[str, Any]:
    texts = {
        "artifact_path": example.artifact_path,
        "type": example.type,
        "pandas_orient": example.pandas_orient,
        "serving_input_path": example.serving_input_path,
        "params": "true" if example.has_params else "",
    }
    return {key: text for key, text in texts.items() if text}


def _from_dict(value: dict[str, Any]) -> MLmodel:
    rest = dict(value)
    texts = {
        name: _text(rest.pop(name, None))
        for name in (
            "artifact_path",
            "run_id",
            "model_id",
            "model_uuid",
            "utc_time_created",
            "mlflow_version",
            "runfold_version",
        )
    }
    signature, example = rest.pop("signature", None), rest.pop("saved_input_example_info", None)
    size, metadata = rest.pop("model_size_bytes", None), rest.pop("metadata", None)
    digests = rest.pop("runfold_digests", None)
    return MLmodel(
        flavors=_flavors(rest.pop("flavors", None)),
        signature=None if signature is None else signature_from_dict(signature),
        example=_example(example),
        model_size_bytes=size if isinstance(size, int) else None,
        metadata=metadata if isinstance(metadata, dict) else {},
        digests={str(key): str(one) for key, one in digests.items()} if isinstance(digests, dict) else {},
        resources=rest.pop("resources", None),
        extra=rest,
        **texts,
    )


def _flavors(value: object) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict) or not value:
        raise InvalidValue("The MLmodel file names no flavours; expected `flavors` with at least one.")
    for name, conf in value.items():
        if not isinstance(conf, dict | None):
            raise InvalidValue(f"The flavour {name!r} of the MLmodel file has no keys; expected a configuration.")
    return {str(name): {str(key): one for key, one in (conf or {}).items()} for name, conf in value.items()}


def _example(value: object) -> SavedExample | None:
    if not isinstance(value, dict) or not isinstance(value.get("artifact_path"), str):
        return None
    return SavedExample(
        artifact_path=value["artifact_path"],
        type=_text(value.get("type")),
        pandas_orient=_text(value.get("pandas_orient")),
        serving_input_path=_text(value.get("serving_input_path")),
        has_params=bool(value.get("params")),
    )


def _text(value: object) -> str:
    """Other writers leave quotes out, so that a time or an id of digits alone is no text to YAML."""
    return "" if value is None else str(value)


def _check_size(value: object) -> None:
    """Refuse what is small as a file and vast in memory: YAML lets a node stand in many places."""
    nodes = 0
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if nodes > _MAX_NODES or depth > _MAX_DEPTH:
            raise InvalidValue(
                f"The MLmodel file is nested too deeply or refers to itself: at most {_MAX_NODES} values, "
                f"{_MAX_DEPTH} deep, are read."
            )
        if isinstance(node, dict):
            waiting += [(one, depth + 1) for pair in node.items() for one in pair]
        elif isinstance(node, list | tuple | set):
            waiting += [(one, depth + 1) for one in node]
