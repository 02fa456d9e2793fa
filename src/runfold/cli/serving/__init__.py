"""`runfold models serve`, `predict`, `prepare-env` and `build-image`."""
