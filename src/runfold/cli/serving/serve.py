"""`runfold models serve`."""

from __future__ import annotations

import sys

import click

from runfold import config
from runfold.cli.serving.options import environment_option, model_options
from runfold.cli.settings_options import settings_options

# Spellings of `mlflow models serve`; its -h is the host, so that help is --help alone here.
_ALSO = {
    "host": ("-h",),
    "port": ("-p",),
    "processes": ("-w", "--workers"),
    "request_timeout_s": ("-t", "--timeout"),
}


@click.command(context_settings={"help_option_names": ["--help"]})
@model_options
@environment_option
@settings_options(config.ServingSettings, also=_ALSO)
@click.option("--no-conda", is_flag=True, hidden=True, help="MLflow's older word for --env-manager local.")
@click.option("--enable-mlserver", is_flag=True, hidden=True, help="MLflow's switch for V2, which is always on here.")
def serve(
    uri: str,
    name: str,
    allow_pickle: bool | None,
    allow_code: bool | None,
    env_manager: str,
    no_conda: bool,
    enable_mlserver: bool,
    **given: object,
) -> None:
    """Serve a model over HTTP: MLflow's scoring protocol and V2 inference.

    URI is a folder, runs:/ID/PATH, models:/NAME/VERSION, models:/NAME@ALIAS or a place in an artifact store. When an
    alias moves, the version that it points to then takes over without a pause.

    Every option from --host on is also a setting: RUNFOLD_SERVING_<NAME>, or serving_<name> in runfold.toml. What
    `mlflow models serve` calls -h, -p, -w and -t is understood too.

    \b
    runfold models serve -m models:/churn@champion --processes 4
    curl -X POST http://127.0.0.1:5001/invocations -H 'content-type: application/json' \\
      -d '{"dataframe_split": {"columns": ["age", "income"], "data": [[41, 52000]]}}'
    """
    from runfold.serving.serve import serve as serve_model
    from runfold.serving.source import ModelSource

    chosen = {key: value for key, value in given.items() if value not in (None, ())}
    was_served = serve_model(
        ModelSource(uri=uri, name=name, allow_pickle=allow_pickle, allow_code=allow_code),
        config.load(config.ServingSettings, chosen),
        in_own_environment=env_manager != "local" and not no_conda,
    )
    if not was_served:
        sys.exit(1)
