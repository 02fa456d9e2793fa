"""CatBoost. What users call is `functions`, as `runfold.catboost`."""
