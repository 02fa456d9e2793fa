"""Lightning, whose models are modules of PyTorch: `runfold.pytorch` keeps them and turns its autologging on."""
