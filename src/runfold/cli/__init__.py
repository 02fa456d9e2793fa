"""The command `runfold`: one file per group of commands."""

from runfold.cli.app import main

__all__ = ["main"]
