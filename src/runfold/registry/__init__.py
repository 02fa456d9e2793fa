"""Registered models from a training script or a tool: registering, finding by alias, copying.

version = runfold.register_model("runs:/<run id>/model", "churn")
runfold.registry.set_alias("churn", "champion", version.version)
runfold.pyfunc.load_model("models:/churn@champion")
"""

from runfold.domain.model_uri import ModelUri, parse_model_uri
from runfold.registry.aliases import delete_alias, get_alias, return_alias, set_alias
from runfold.registry.copying import copy_model_version
from runfold.registry.registering import register_model
from runfold.registry.uris import artifact_uri
from runfold.registry.verifying import Verified, verify_model_version

__all__ = [
    "ModelUri",
    "Verified",
    "artifact_uri",
    "copy_model_version",
    "delete_alias",
    "get_alias",
    "parse_model_uri",
    "register_model",
    "return_alias",
    "set_alias",
    "verify_model_version",
]
