"""The tags that mean something: those of MLflow's clients, and ours."""

from __future__ import annotations

from typing import Final

RUN_NAME: Final = "mlflow.runName"
PARENT_RUN: Final = "mlflow.parentRunId"
USER: Final = "mlflow.user"
DESCRIPTION: Final = "mlflow.note.content"
LOGGED_MODELS: Final = "mlflow.log-model.history"
"""JSON: what MLflow's clients before 3.0 say of the models that a run logged."""

SOURCE_NAME: Final = "mlflow.source.name"
SOURCE_TYPE: Final = "mlflow.source.type"
GIT_COMMIT: Final = "mlflow.source.git.commit"
GIT_BRANCH: Final = "mlflow.source.git.branch"
GIT_URL: Final = "mlflow.source.git.repoURL"

ERROR: Final = "runfold.error"
"""The last lines of what made a run fail."""

STARRED: Final = "runfold.starred"
"""Set to anything but nothing: somebody wants the run to stay, and no rule of retention takes it."""

GRID: Final = "runfold.grid"
"""The same for jobs that were asked for together, one for each combination of parameters; their runs have it, too."""
