"""A saved model as a function of columns, called where the rows are: `runfold.pyfunc.spark_udf`.

The folder goes to the executors as an archive, which Spark unpacks once on each machine. Their Python processes load
the model once and keep it for the tasks that follow. They need Runfold and the model's framework, as the driver does.
"""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
import typing
import uuid
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from runfold.errors import InvalidValue, MissingDependency, NotSupported
from runfold.integrations.spark.results import converter, type_of_outputs
from runfold.mlmodel.schema import ColumnSchema, Schema, TensorSchema
from runfold.models.enforce import enforce_params
from runfold.models.loading import load_model
from runfold.models.pyfunc_model import PyFuncModel
from runfold.models.uris import fetched_model
from runfold.tracking import settings

_KEPT_MODELS = 4


def spark_udf(
    spark: Any,
    model_uri: str | Path,
    result_type: Any = None,
    *,
    params: Mapping[str, Any] | None = None,
    env_manager: str | None = None,
    model_config: Mapping[str, Any] | None = None,
    allow_pickle: bool | None = None,
    allow_code: bool | None = None,
) -> Callable[..., Any]:
    """See `runfold.pyfunc.spark_udf`."""
    if env_manager not in (None, "local"):
        raise NotSupported(f"spark_udf runs models in the executors' own environment; env_manager is {env_manager!r}.")
    try:
        from pyspark.sql.functions import pandas_udf
    except ModuleNotFoundError as error:
        raise MissingDependency("pyspark", needed_for="Calling models in Spark", extra="spark") from error
    context = _context(spark)
    with fetched_model(model_uri) as folder:
        sent = _Sent(str(folder), *_allowed(allow_pickle, allow_code), json.dumps(dict(model_config or {})))
        # Once here, so that a model that cannot be loaded is an error of the script and not of a task.
        signature = sent.load(sent.place).signature
        sent = replace(sent, place=_hand_out(folder, context))
    checked = dict(params or {}) and enforce_params(params, signature.params)
    kind = _data_type(result_type, signature.outputs)
    predict = _function(sent, signature.inputs, checked, kind)
    udf = pandas_udf(predict, returnType=kind)

    @functools.wraps(udf)
    def call(*columns: Any) -> Any:
        return udf(*(columns or _own_columns(signature.inputs)))

    return call


class _Sent(msgspec.Struct, frozen=True):
    """What the executors need to know to load the model.

    Attributes:
        place: the name of the archive among those that Spark handed out.
        model_config: as JSON.
    """

    place: str
    allow_pickle: bool
    allow_code: bool
    model_config: str

    def load(self, path: str) -> PyFuncModel:
        config = json.loads(self.model_config) or None
        return load_model(path, allow_pickle=self.allow_pickle, allow_code=self.allow_code, model_config=config)


def _allowed(allow_pickle: bool | None, allow_code: bool | None) -> tuple[bool, bool]:
    """The settings of the driver's process, which those of the executors do not share."""
    known = settings.load()
    return (
        known.allow_pickle if allow_pickle is None else allow_pickle,
        known.allow_code if allow_code is None else allow_code,
    )


def _context(spark: Any) -> Any:
    try:
        return spark.sparkContext
    except Exception as error:  # Spark Connect has none, and each release says so by another error
        raise NotSupported(
            "spark_udf needs a session with a SparkContext; over Spark Connect there is none."
        ) from error


def _hand_out(folder: Path, context: Any) -> str:
    """Has every executor unpack the model's folder; the archive is read from here whenever a new one joins."""
    place = tempfile.mkdtemp(prefix="runfold-spark-")
    weakref.finalize(context, shutil.rmtree, place, ignore_errors=True)
    name = f"runfold-model-{uuid.uuid4().hex}"
    context.addArchive(shutil.make_archive(str(Path(place, name)), "zip", folder))
    return f"{name}.zip"


def _data_type(given: Any, outputs: Schema | None) -> Any:
    from pyspark.sql.types import _parse_datatype_string

    if given is None:
        given = type_of_outputs(outputs)
    return _parse_datatype_string(given) if isinstance(given, str) else given


def _own_columns(inputs: Schema | None) -> list[Any]:
    from pyspark.sql.functions import col, struct

    parts: tuple[Any, ...] = ()
    if inputs is not None:
        parts = inputs.columns if isinstance(inputs, ColumnSchema) else inputs.tensors
    names = [part.name for part in parts if part.name is not None]
    if not names:
        raise InvalidValue("The model's signature names no columns; say which to call it with.")
    return [struct(*(col(f"`{name}`") for name in names))]


def _function(sent: _Sent, inputs: Schema | None, params: Any, kind: Any) -> Callable[..., Any]:
    """What the executors run; it holds no model, only where to find it."""
    import pandas

    convert = converter(kind)

    def predict(batches: Any) -> Any:
        model = _kept(sent)
        for batch in batches:
            columns = batch if isinstance(batch, tuple) else (batch,)
            n_rows = len(columns[0])
            answer = model.predict(_input(columns, inputs), params) if n_rows else []
            yield convert(answer, n_rows)

    # Spark tells by these that the function takes pieces, and of any number of columns. It knows no other spelling.
    series, frame = pandas.Series, pandas.DataFrame
    pieces: Any = typing.Iterator[typing.Tuple[typing.Union[series, frame], ...]]  # type: ignore[valid-type] # noqa: UP006, UP007
    answers: Any = typing.Iterator[frame] if kind.typeName() == "struct" else typing.Iterator[series]  # type: ignore[valid-type]
    predict.__annotations__ = {"batches": pieces, "return": answers}
    return predict


@functools.lru_cache(maxsize=_KEPT_MODELS)
def _kept(sent: _Sent) -> PyFuncModel:
    """The model in this process of an executor."""
    from pyspark import SparkFiles

    return sent.load(SparkFiles.get(sent.place))


def _input(columns: tuple[Any, ...], inputs: Schema | None) -> Any:
    """The columns as the model takes them: a struct is a data frame already, an array in a cell a row of a tensor."""
    import pandas

    if isinstance(inputs, TensorSchema):
        return _tensors(columns, inputs)
    if len(columns) == 1 and hasattr(columns[0], "columns"):
        return columns[0]
    names = list(inputs.names) if inputs is not None else []
    if names and len(columns) > len(names):
        raise InvalidValue(f"The model takes {len(names)} columns ({names}); it was called with {len(columns)}.")
    shown = names[: len(columns)] if names else [str(number) for number in range(len(columns))]
    return pandas.DataFrame({name: column.reset_index(drop=True) for name, column in zip(shown, columns, strict=True)})


def _tensors(columns: tuple[Any, ...], inputs: TensorSchema) -> Any:
    if len(columns) == 1 and hasattr(columns[0], "columns"):
        frame = columns[0]
        named = {str(name): frame[name] for name in frame.columns}
    else:
        names = [one.name for one in inputs.tensors] if inputs.is_named else range(len(columns))
        named = {str(name): column for name, column in zip(names, columns, strict=False)}
    if inputs.is_named:
        return {name: _stacked([column]) for name, column in named.items()}
    return _stacked(list(named.values()))


def _stacked(columns: list[Any]) -> Any:
    """One row of the array for each row: cells that are arrays, or cells side by side."""
    import numpy

    if len(columns) == 1 and columns[0].dtype == object and hasattr(columns[0].iloc[0], "__len__"):
        return numpy.array([_nested(cell) for cell in columns[0]])
    if len(columns) == 1:
        return columns[0].to_numpy()
    return numpy.column_stack([column.to_numpy() for column in columns])


def _nested(cell: Any) -> Any:
    """An array in an array comes as objects."""
    return [_nested(one) for one in cell] if getattr(getattr(cell, "dtype", None), "kind", "") == "O" else cell
