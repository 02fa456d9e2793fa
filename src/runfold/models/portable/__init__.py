"""Portable twins: a second form of a saved model that needs neither its framework nor Python.

runfold.models.portable.add_twin("churn", "onnx")    # or "pfa"; checked on the input example
"""

from runfold.models.portable.parity import Parity
from runfold.models.portable.twin import add_twin

__all__ = ["add_twin", "Parity"]
