"""statsmodels. What users call is `functions`, as `runfold.statsmodels`."""
