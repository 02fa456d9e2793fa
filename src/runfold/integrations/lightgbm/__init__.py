"""LightGBM. What users call is `functions`, as `runfold.lightgbm`."""
