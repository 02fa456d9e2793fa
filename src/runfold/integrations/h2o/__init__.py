"""H2O. What users call is `functions`, as `runfold.h2o`."""
