"""Models as folders: save them, log them with a run, load them again, whatever framework made them.

    runfold.models.log_model(model, "model", input_example=rows)     # with the current run
    model = runfold.models.load_model("runs:/<run id>/model")        # calls any model alike
    model.predict(rows)

The folders are MLflow's, both ways. What a framework adds is its `Flavor`, in `runfold.integrations.<framework>`.
"""

from runfold.mlmodel.document import MLmodel as Model
from runfold.mlmodel.schema import (
    AnyType,
    Array,
    Column,
    ColumnSchema,
    DataType,
    Map,
    Object,
    Param,
    Property,
    Signature,
    Tensor,
    TensorSchema,
)
from runfold.models.flavor import Flavor, Loaded, LoadOptions, Saved, SaveOptions, Serialization
from runfold.models.infer import infer_signature
from runfold.models.loading import get_model_info, load_model, load_native, scan_model
from runfold.models.logging import LoggedModel, log_model
from runfold.models.pyfunc_model import PyFuncModel
from runfold.models.python_model import PythonModel, set_model
from runfold.models.saving import save_model

__all__ = [
    # save and load
    "save_model",
    "log_model",
    "load_model",
    "load_native",
    "get_model_info",
    "scan_model",
    "infer_signature",
    "Model",
    "LoggedModel",
    "PyFuncModel",
    "PythonModel",
    "set_model",
    # signatures
    "Signature",
    "ColumnSchema",
    "TensorSchema",
    "Column",
    "Tensor",
    "Param",
    "DataType",
    "Array",
    "Map",
    "Object",
    "Property",
    "AnyType",
    # for those who write a flavour
    "Flavor",
    "Serialization",
    "SaveOptions",
    "LoadOptions",
    "Saved",
    "Loaded",
]
