"""PyTorch: `runfold.pytorch`."""

from runfold.models.named import NamedFlavor

_FLAVOR = NamedFlavor("pytorch")

save_model = _FLAVOR.save_model
log_model = _FLAVOR.log_model
load_model = _FLAVOR.load_model

__all__ = ["save_model", "log_model", "load_model"]
