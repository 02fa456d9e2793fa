"""Projects: a folder or repository of code, read, checked and run.

`run` is the function; importing it here, after the module of the same name, makes the package's attribute the function.
"""

from runfold.projects.fluent import ProjectFailed, SubmittedRun, run

__all__ = ["ProjectFailed", "SubmittedRun", "run"]
