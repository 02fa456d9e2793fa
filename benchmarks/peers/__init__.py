"""The systems compared: one file says how each is installed, started, stopped and loaded."""
