"""The functions of the package, under MLflow's names; `runfold/__init__.py` lists them."""
