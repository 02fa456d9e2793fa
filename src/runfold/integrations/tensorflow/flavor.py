"""Models of Keras that run on TensorFlow, and modules of TensorFlow as SavedModel.

Keys and files are those of `mlflow.tensorflow` (MLflow 3.18 and 2.22); read are the older ones too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runfold.errors import InvalidValue
from runfold.integrations.keras.files import DATA, KERAS, call_keras, is_keras, read_keras, write_keras
from runfold.integrations.tensorflow.graph import check_graph
from runfold.mlmodel.document import Conf
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, Serialization, file_of, type_names

SAVED_MODEL = Serialization("saved_model")

_SAVED_MODEL = "tf2model"


class TensorFlowFlavor(Flavor):
    name = "tensorflow"
    loader_module = "mlflow.tensorflow"
    serializations = (KERAS, SAVED_MODEL)

    def handles(self, model: Any) -> bool:
        return is_keras(model) or "tensorflow.python.module.module.Module" in type_names(model)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        import tensorflow

        options.only()
        if is_keras(model) and options.serialization == KERAS:
            write_keras(model, folder, module="tensorflow.keras")
            conf = {
                "data": DATA,
                "model_type": "keras",
                # MLflow has TensorFlow's version under this key.
                "keras_version": tensorflow.__version__,
                "save_format": "tf",
            }
            return Saved(conf=conf, pyfunc={"data": DATA}, packages=("keras", "tensorflow"))
        if not isinstance(model, tensorflow.Module):
            raise InvalidValue(f"A {type(model).__name__} is neither a Keras model nor a tf.Module.")
        try:
            tensorflow.saved_model.save(model, str(folder / _SAVED_MODEL))
        except Exception as error:
            raise InvalidValue(f"TensorFlow cannot write this module: {str(error)[:300]}") from error
        conf = {"saved_model_dir": _SAVED_MODEL, "model_type": "tf2-module", "tf_version": tensorflow.__version__}
        return Saved(conf=conf, pyfunc={}, packages=("tensorflow",))

    def load(self, folder: Path, conf: Conf, options: LoadOptions) -> Any:
        if conf.get("saved_model_dir"):
            return read_saved_model(file_of(folder, conf["saved_model_dir"]), conf, options)
        return read_keras(file_of(folder, conf.get("data") or DATA), options)

    def loaded(self, model: Any, pyfunc: Conf) -> Loaded:
        if is_keras(model):
            return Loaded(model, lambda data, params: call_keras(model, data))
        return Loaded(model, lambda data, params: call_module(model, data))

    def serialization_of(self, conf: Conf) -> Serialization:
        return SAVED_MODEL if conf.get("saved_model_dir") else KERAS


FLAVOR = TensorFlowFlavor()


def read_saved_model(path: Path, conf: Conf, options: LoadOptions) -> Any:
    """
    Raises:
        PermissionDenied: its graph reads or writes files, which is not allowed.
        InvalidValue: it is damaged.
    """
    import tensorflow

    if not options.allow_pickle:
        check_graph(path)

    try:
        model = tensorflow.saved_model.load(str(path), tags=conf.get("meta_graph_tags"))
        key = conf.get("signature_def_key")
        if key is None:
            return model
        # Estimators of TensorFlow 1 are called by one of their signatures, which does not keep its model alive.
        function = model.signatures[key]
        function._runfold_model = model
        return function
    except Exception as error:
        raise InvalidValue(f"The SavedModel {path.name!r} cannot be read: {str(error)[:300]}") from error


def call_module(model: Any, data: Any) -> Any:
    import tensorflow

    if isinstance(data, Mapping) or hasattr(data, "columns"):
        named = {str(name): tensorflow.constant(list(data[name])) for name in data}
        return _arrays(model(**named))
    if callable(model):
        return _arrays(model(tensorflow.convert_to_tensor(data)))
    if hasattr(model, "serve"):
        return _arrays(model.serve(tensorflow.convert_to_tensor(data)))
    raise InvalidValue("This SavedModel has no __call__; it can be loaded with load_native only.")


def _arrays(output: Any) -> Any:
    if isinstance(output, Mapping):
        return {name: _arrays(one) for name, one in output.items()}
    return output.numpy() if hasattr(output, "numpy") else output
