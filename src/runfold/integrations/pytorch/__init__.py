"""PyTorch. What users call is `functions`, as `runfold.pytorch`."""
