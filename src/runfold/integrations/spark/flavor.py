"""Models of Spark ML. Keys and files are those of `mlflow.spark` (MLflow 3.18).

What is saved is a `PipelineModel` in Spark's own layout: JSON metadata and Parquet, no pickles. A local session is
started where none runs. Spark takes the names of classes from the metadata, so those are read first.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue, PermissionDenied
from runfold.integrations.spark.session import active_or_local
from runfold.mlmodel.document import Conf
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, Serialization, file_of, type_names

SPARK = Serialization("spark")

_DATA = "sparkml"
_KNOWN_CLASSES = ("org.apache.spark.ml.", "pyspark.ml.", "com.microsoft.azure.synapse.ml.", "com.johnsnowlabs.nlp.")


class SparkFlavor(Flavor):
    name = "spark"
    loader_module = "mlflow.spark"
    serializations = (SPARK,)

    def handles(self, model: Any) -> bool:
        return "pyspark.ml.base.Transformer" in type_names(model)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import pyspark
        from pyspark.ml import PipelineModel
        from pyspark.ml.util import MLWritable

        options.only()
        if not isinstance(model, MLWritable):
            raise InvalidValue(f"A {type(model).__name__} is no fitted model of Spark ML that can be written.")
        pipeline = model if isinstance(model, PipelineModel) else PipelineModel(stages=[model])
        _write(pipeline, folder / _DATA)
        conf = {
            "model_data": _DATA,
            "pyspark_version": pyspark.__version__,
            "model_class": "pyspark.ml.pipeline.PipelineModel",
        }
        return Saved(conf=conf, pyfunc={"data": _DATA}, packages=("pyspark",))

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        data = file_of(folder, conf.get("model_data") or _DATA)
        _check_classes(data, options)
        active_or_local()
        from pyspark.ml import PipelineModel

        try:
            return PipelineModel.load(data.resolve().as_uri())
        except Exception as error:
            raise InvalidValue(
                f"Spark cannot read the model in {data.name!r}, which is damaged or of another version: "
                f"{_first_line(error)}"
            ) from error

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        return Loaded(model, lambda data, params: _predict(model, data))


FLAVOR = SparkFlavor()


def _write(pipeline: Any, target: Path) -> None:
    """Through the file system that Spark writes to, which on a cluster is not this machine's."""
    session = active_or_local()
    with tempfile.TemporaryDirectory() as temporary:
        staged = Path(temporary, _DATA)
        pipeline.write().overwrite().save(staged.as_uri())
        if not staged.is_dir():
            raise InvalidValue(
                "Spark's workers write to files that this process does not see. Save the model from a session whose "
                f"master is local, or on a driver that shares its disk (master: {session.sparkContext.master})."
            )
        shutil.copytree(staged, target)


def _check_classes(data: Path, options: LoadOptions) -> None:
    """Every stage names the class that reads it, and Spark makes whichever it is.

    Raises:
        PermissionDenied: one is neither of Spark nor trusted.
        InvalidValue: the metadata cannot be read.
    """
    if options.allow_code or options.allow_pickle:
        return
    found = list(data.rglob("metadata/part-*"))
    if not found:
        raise InvalidValue(f"The folder {data.name!r} holds no model of Spark.")
    for path in found:
        try:
            name = str(json.loads(path.read_text(encoding="utf-8").splitlines()[0])["class"])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise InvalidValue(f"The metadata {path.relative_to(data)} of the model is damaged: {error!r}") from None
        if not name.startswith(_KNOWN_CLASSES) and name not in options.trusted_types:
            raise PermissionDenied(
                f"The model makes a {name}, which is no class of Spark. If you trust it, load the model with "
                f"trusted_types=[{name!r}]."
            )


def _predict(model: Any, data: Any) -> Any:
    """The column `prediction`, in the order of the rows."""
    import pandas
    from pyspark.ml.functions import array_to_vector

    session = active_or_local()
    frame = data if hasattr(data, "columns") else pandas.DataFrame(data)
    plain = frame.copy(deep=False)
    vectors = [name for name in plain.columns if len(plain) and hasattr(plain[name].iloc[0], "__len__")]
    vectors = [name for name in vectors if not isinstance(plain[name].iloc[0], str | bytes)]
    for name in vectors:
        plain[name] = [[float(one) for one in value] for value in plain[name]]
    # Spark keeps no order of its own.
    plain["__row"] = range(len(plain))
    table = session.createDataFrame(plain)
    for name in vectors:
        table = table.withColumn(name, array_to_vector(name))
    output = model.transform(table)
    column = _prediction_column(model, output.columns)
    rows = output.select("__row", column).collect()
    values = [row[column] for row in sorted(rows, key=lambda row: row["__row"])]
    return [value.toArray().tolist() if hasattr(value, "toArray") else value for value in values]


def _prediction_column(model: Any, columns: list[str]) -> str:
    stages = getattr(model, "stages", [model])
    for stage in reversed(stages):
        for param in ("predictionCol", "outputCol"):
            if stage.hasParam(param) and stage.getOrDefault(param) in columns:
                return str(stage.getOrDefault(param))
    raise InvalidValue(f"The model gives no prediction; its columns are {', '.join(columns)}.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
