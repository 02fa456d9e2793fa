"""Models of your own code, and any model called alike: `runfold.pyfunc`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from runfold.mlmodel.document import PYFUNC, MLmodel
from runfold.models import logging, saving
from runfold.models.loading import load_model
from runfold.models.logging import LoggedModel
from runfold.models.pyfunc_model import PyFuncModel
from runfold.models.python_model import PythonModel, PythonModelContext, set_model

__all__ = [
    "save_model",
    "log_model",
    "load_model",
    "set_model",
    "spark_udf",
    "PyFuncModel",
    "PythonModel",
    "PythonModelContext",
]

# Named as text, as flavours are: what needs a framework lives in a room above this one.
_SPARK = "runfold.integrations.spark.udf"


def save_model(
    path: str | Path,
    python_model: Any,
    *,
    artifacts: Mapping[str, str | Path] | None = None,
    model_config: Mapping[str, Any] | str | Path | None = None,
    **options: Any,
) -> MLmodel:
    """Save a model of your own code as a folder.

    Args:
        path: the folder to make.
        python_model: path of a Python file that calls `set_model`, the form to prefer; or, with
            `serialization_format="cloudpickle"`, an object with a method `predict`, or a function of the input.
        artifacts: name to path of files the model reads; they are copied, and found again in `context.artifacts`.
        model_config: settings the model reads from `context.model_config`; a dict, or a YAML file.
        options: as for `runfold.models.save_model`.

    Example:
        >>> import pathlib, runfold
        >>> _ = pathlib.Path("doubling.py").write_text('''
        ... import runfold
        ...
        ... class Double(runfold.pyfunc.PythonModel):
        ...     def predict(self, context, model_input, params=None):
        ...         return [2 * value for value in model_input]
        ...
        ... runfold.pyfunc.set_model(Double())
        ... ''')
        >>> saved = runfold.pyfunc.save_model("double", "doubling.py", input_example=[1, 2])
        >>> runfold.pyfunc.load_model("double", allow_code=True).predict([3])
        [6]
    """
    own: dict[str, Any] = {"artifacts": artifacts, "model_config": model_config}
    return saving.save_model(python_model, path, flavor=PYFUNC, **own, **options)


def log_model(
    name: str = "model",
    python_model: Any = None,
    *,
    artifacts: Mapping[str, str | Path] | None = None,
    model_config: Mapping[str, Any] | str | Path | None = None,
    **options: Any,
) -> LoggedModel:
    """Save a model of your own code with the current run; see `save_model`."""
    own: dict[str, Any] = {"artifacts": artifacts, "model_config": model_config}
    return logging.log_model(python_model, name, flavor=PYFUNC, **own, **options)


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
    """A model as a function of Spark's columns, which predicts where the rows are.

    It is called with the columns that the signature names, in its order, with one struct that has them as fields, or
    with nothing, which means the columns of these names. Models of tensors take a column of arrays. The model is sent
    to the executors, whose Python processes load it once each; they need Runfold and the model's framework.

    Args:
        spark: the session.
        model_uri: as for `load_model`.
        result_type: a type of Spark, or its text such as `double`, `array<float>` or `struct<label: string, score:
            double>`; None: by the signature, `double` if it does not say. Of several columns that the model gives, a
            single value is the first that fits, an array all of them, and a struct those of its names.
        params: of the call; those of the signature.
        env_manager: None or `local`; models run in the environment of the executors.
        model_config: changes of the settings that a Python model was saved with.
        allow_pickle, allow_code: what loading may do, here and on the executors; see `load_model`.

    Raises:
        NotSupported: the session has no SparkContext, or another `env_manager` is asked for.
        PermissionDenied, InvalidValue, NotFound, MissingDependency: as `load_model` does, before anything runs.

    Example:
        >>> predict = runfold.pyfunc.spark_udf(spark, "models:/churn@champion")  # doctest: +SKIP
        >>> table.withColumn("score", predict("age", "income"))  # doctest: +SKIP
        >>> spark.udf.register("predict", predict)  # doctest: +SKIP
    """
    made = import_module(_SPARK).spark_udf(
        spark,
        model_uri,
        result_type,
        params=params,
        env_manager=env_manager,
        model_config=model_config,
        allow_pickle=allow_pickle,
        allow_code=allow_code,
    )
    return cast("Callable[..., Any]", made)
