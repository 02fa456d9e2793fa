"""PyTorch and Lightning: `runfold.pytorch`."""

from runfold.integrations.autolog import named_autolog
from runfold.models.named import NamedFlavor

_FLAVOR = NamedFlavor("pytorch")

save_model = _FLAVOR.save_model
log_model = _FLAVOR.log_model
load_model = _FLAVOR.load_model
autolog = named_autolog("torch", "torch.utils.tensorboard", "lightning.pytorch", "pytorch_lightning")

__all__ = ["save_model", "log_model", "load_model", "autolog"]
