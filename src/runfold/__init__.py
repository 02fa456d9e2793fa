"""Runfold records machine-learning runs and lets people find, compare and repeat them.

The names below are loaded on first use, so that `import runfold` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as `typing` has it, whose import would cost more than all else here
if TYPE_CHECKING:
    from typing import Any

    from runfold.domain.metric import Metric
    from runfold.domain.states import RunStatus, ViewType
    from runfold.errors import RunfoldError
    from runfold.integrations.autolog import autolog
    from runfold.registry.registering import register_model
    from runfold.tracking.active_run import ActiveRun
    from runfold.tracking.client import Client, MlflowClient
    from runfold.tracking.fluent.artifacts import (
        download_artifacts,
        get_artifact_uri,
        list_artifacts,
        log_artifact,
        log_artifacts,
        log_dict,
        log_figure,
        log_stream,
        log_text,
    )
    from runfold.tracking.fluent.experiments import (
        create_experiment,
        delete_experiment,
        get_experiment,
        get_experiment_by_name,
        rename_experiment,
        restore_experiment,
        search_experiments,
        set_experiment,
        set_experiment_tag,
        set_experiment_tags,
    )
    from runfold.tracking.fluent.logging import (
        delete_tag,
        log_batch,
        log_input,
        log_inputs,
        log_metric,
        log_metrics,
        log_param,
        log_params,
        set_tag,
        set_tags,
    )
    from runfold.tracking.fluent.media import load_table, log_image, log_table
    from runfold.tracking.fluent.queries import (
        delete_run,
        get_parent_run,
        get_run,
        register_run,
        restore_run,
        search_runs,
    )
    from runfold.tracking.fluent.runs import (
        active_run,
        disable_system_metrics_logging,
        enable_system_metrics_logging,
        end_run,
        flush,
        get_tracking_uri,
        is_tracking_uri_set,
        last_active_run,
        set_tracking_uri,
        set_workspace,
        start_run,
    )
    from runfold.tracking.run_view import RunView

__version__ = "0.1.0"

_MODULES = {
    "runfold.domain.metric": ("Metric",),
    "runfold.domain.states": ("RunStatus", "ViewType"),
    "runfold.errors": ("RunfoldError",),
    "runfold.integrations.autolog": ("autolog",),
    "runfold.tracking.active_run": ("ActiveRun",),
    "runfold.tracking.client": ("Client", "MlflowClient"),
    "runfold.tracking.fluent.artifacts": (
        "download_artifacts",
        "get_artifact_uri",
        "list_artifacts",
        "log_artifact",
        "log_artifacts",
        "log_dict",
        "log_figure",
        "log_stream",
        "log_text",
    ),
    "runfold.tracking.fluent.experiments": (
        "create_experiment",
        "delete_experiment",
        "get_experiment",
        "get_experiment_by_name",
        "rename_experiment",
        "restore_experiment",
        "search_experiments",
        "set_experiment",
        "set_experiment_tag",
        "set_experiment_tags",
    ),
    "runfold.tracking.fluent.logging": (
        "delete_tag",
        "log_batch",
        "log_input",
        "log_inputs",
        "log_metric",
        "log_metrics",
        "log_param",
        "log_params",
        "set_tag",
        "set_tags",
    ),
    "runfold.tracking.fluent.media": ("load_table", "log_image", "log_table"),
    "runfold.tracking.fluent.queries": (
        "delete_run",
        "get_parent_run",
        "get_run",
        "register_run",
        "restore_run",
        "search_runs",
    ),
    "runfold.tracking.fluent.runs": (
        "active_run",
        "disable_system_metrics_logging",
        "enable_system_metrics_logging",
        "end_run",
        "flush",
        "get_tracking_uri",
        "is_tracking_uri_set",
        "last_active_run",
        "set_tracking_uri",
        "set_workspace",
        "start_run",
    ),
    "runfold.registry.registering": ("register_model",),
    "runfold.tracking.run_view": ("RunView",),
}
_PACKAGES = {
    "catboost": "runfold.integrations.catboost.functions",
    "data": "runfold.data",
    "h2o": "runfold.integrations.h2o.functions",
    "keras": "runfold.integrations.keras.functions",
    "lightgbm": "runfold.integrations.lightgbm.functions",
    "models": "runfold.models",
    "onnx": "runfold.integrations.onnx",
    "pfa": "runfold.integrations.pfa",
    "pyfunc": "runfold.models.pyfunc",
    "pytorch": "runfold.integrations.pytorch.functions",
    "sklearn": "runfold.integrations.sklearn.functions",
    "registry": "runfold.registry",
    "spark": "runfold.integrations.spark.functions",
    "statsmodels": "runfold.integrations.statsmodels.functions",
    "tensorflow": "runfold.integrations.tensorflow.functions",
    "tracking": "runfold.tracking",
    "xgboost": "runfold.integrations.xgboost.functions",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    # runs
    "start_run",
    "end_run",
    "active_run",
    "last_active_run",
    "flush",
    "get_run",
    "get_parent_run",
    "search_runs",
    "delete_run",
    "restore_run",
    "register_run",
    "enable_system_metrics_logging",
    "disable_system_metrics_logging",
    # what a run logs
    "log_param",
    "log_params",
    "log_metric",
    "log_metrics",
    "log_batch",
    "set_tag",
    "set_tags",
    "delete_tag",
    "log_input",
    "log_inputs",
    "autolog",
    # files of a run
    "log_artifact",
    "log_artifacts",
    "log_text",
    "log_stream",
    "log_dict",
    "log_figure",
    "log_image",
    "log_table",
    "load_table",
    "get_artifact_uri",
    "list_artifacts",
    "download_artifacts",
    # experiments
    "set_experiment",
    "create_experiment",
    "get_experiment",
    "get_experiment_by_name",
    "search_experiments",
    "rename_experiment",
    "delete_experiment",
    "restore_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    # models
    "register_model",
    # where
    "set_tracking_uri",
    "set_workspace",
    "get_tracking_uri",
    "is_tracking_uri_set",
    "Client",
    "MlflowClient",
    # types
    "ActiveRun",
    "RunView",
    "Metric",
    "RunStatus",
    "ViewType",
    "RunfoldError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(_PACKAGES[name])
    if name not in _HOMES:
        raise AttributeError(f"module 'runfold' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *globals()})
