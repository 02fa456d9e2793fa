"""scikit-learn. What users call is `functions`, as `runfold.sklearn`."""
