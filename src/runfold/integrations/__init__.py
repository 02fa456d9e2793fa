"""What each framework adds: how its models are kept as folders, and how its training is logged by itself."""
