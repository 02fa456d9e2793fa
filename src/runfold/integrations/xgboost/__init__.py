"""XGBoost. What users call is `functions`, as `runfold.xgboost`."""
