"""Keras. What users call is `functions`, as `runfold.keras`."""
