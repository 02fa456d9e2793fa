"""Runfold records machine-learning runs and lets people find, compare and repeat them."""

__version__ = "0.1.0"
