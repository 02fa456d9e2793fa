"""TensorFlow and Keras: `runfold.tensorflow`."""

from runfold.integrations.autolog import named_autolog
from runfold.models.named import NamedFlavor

_FLAVOR = NamedFlavor("tensorflow")

save_model = _FLAVOR.save_model
log_model = _FLAVOR.log_model
load_model = _FLAVOR.load_model
autolog = named_autolog("keras")

__all__ = ["save_model", "log_model", "load_model", "autolog"]
