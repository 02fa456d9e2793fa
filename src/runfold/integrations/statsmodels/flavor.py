"""Results of statsmodels. They have no form but the pickle, which has to be asked for.

Keys and files are those of `mlflow.statsmodels`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue
from runfold.mlmodel.document import Conf
from runfold.models.flavor import (
    Flavor,
    Loaded,
    LoadOptions,
    Saved,
    SaveOptions,
    Serialization,
    file_of,
    is_of_package,
)
from runfold.models.pickling import load_pickle

PICKLE = Serialization("pickle", is_safe=False)

_FILE = "model.statsmodels"


class StatsmodelsFlavor(Flavor):
    name = "statsmodels"
    loader_module = "mlflow.statsmodels"
    serializations = (PICKLE,)

    def handles(self, model: Any) -> bool:
        return is_of_package(model, "statsmodels") and hasattr(model, "save") and hasattr(model, "predict")

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import statsmodels

        extra = options.only("remove_data")
        model.save(str(folder / _FILE), remove_data=bool(extra.get("remove_data")))
        conf = {"data": _FILE, "serialization_format": PICKLE.name, "statsmodels_version": statsmodels.__version__}
        return Saved(conf=conf, pyfunc={"data": _FILE}, packages=("statsmodels", "pandas"))

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        return load_pickle(file_of(folder, conf.get("data")), options)

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        from statsmodels.tsa.base.tsa_model import TimeSeriesModel

        is_series = isinstance(getattr(model, "model", None), TimeSeriesModel)
        return Loaded(model, _over_time(model) if is_series else lambda data, params: model.predict(data))

    def files(self, conf: Conf) -> tuple[str, ...]:
        return (str(conf.get("data")),)


FLAVOR = StatsmodelsFlavor()


def _over_time(model: Any) -> Any:
    """Time series are asked for a stretch: one row with the columns `start` and `end`, as MLflow has it."""

    def predict(data: Any, params: Mapping[str, Any]) -> Any:
        if len(data) != 1 or not {"start", "end"} <= set(data.columns):
            raise InvalidValue("A time series is asked with one row that has the columns 'start' and 'end'.")
        return model.predict(start=data["start"].iloc[0], end=data["end"].iloc[0])

    return predict
