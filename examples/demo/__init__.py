"""Trains real models on the data sets that ship with scikit-learn and logs everything with Runfold."""
