"""Spark ML. What users call is `functions`, as `runfold.spark`."""
