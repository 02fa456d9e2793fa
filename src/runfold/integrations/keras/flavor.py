"""Models of Keras 3 on any backend. Keys and files are those of `mlflow.keras` (MLflow 3.18 and 2.22).

On TensorFlow they are saved as `tensorflow` unless `keras` is asked for, as MLflow 1.x and 2.x know them by that name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue
from runfold.integrations.keras.files import DATA, KERAS, call_keras, is_keras, read_keras, write_keras
from runfold.integrations.tensorflow.flavor import call_module, read_saved_model
from runfold.mlmodel.document import Conf
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, file_of


class KerasFlavor(Flavor):
    name = "keras"
    loader_module = "mlflow.keras"
    serializations = (KERAS,)

    def handles(self, model: Any) -> bool:
        return is_keras(model)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import keras

        options.only()
        if not is_keras(model):
            raise InvalidValue(f"A {type(model).__name__} is no model of Keras.")
        write_keras(model, folder, module="keras")
        backend = keras.backend.backend()
        conf = {
            "data": DATA,
            "keras_backend": backend,
            "keras_version": keras.__version__,
            "save_exported_model": False,
        }
        # Without `data`: MLflow gives this flavour the whole folder.
        return Saved(conf=conf, pyfunc={}, packages=("keras", backend))

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        data = file_of(folder, conf.get("data") or DATA)
        if conf.get("save_exported_model"):
            return read_saved_model(file_of(folder, f"{data.name}/model"), conf, options)
        return read_keras(data, options)

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        call = call_keras if is_keras(model) else call_module
        return Loaded(model, lambda data, params: call(model, data))


FLAVOR = KerasFlavor()
