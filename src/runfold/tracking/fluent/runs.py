"""Begin, end and find the current run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from runfold.domain import known_tags
from runfold.domain.states import RunStatus
from runfold.errors import InvalidState, InvalidValue
from runfold.tracking import active, address, opening, settings, system_metrics
from runfold.tracking.active_run import ActiveRun
from runfold.tracking.environment import EnvironmentCapture
from runfold.tracking.run_view import RunView
from runfold.tracking.session import Session
from runfold.tracking.system_metrics import SystemMetrics


def set_tracking_uri(uri: str) -> None:
    """Choose where runs are recorded, for this process and those it starts.

    Args:
        uri: `http(s)://host:port` of a server; a folder, which then holds an embedded store; `sqlite:///path`
            or `postgresql://user@host/database`. Empty: `./.runfold`, or as the configuration file says.

    Raises:
        InvalidValue: the scheme is not known.

    Example:
        >>> import runfold
        >>> runfold.set_tracking_uri("./experiments")
    """
    resolved = address.resolve(uri) if uri else ""
    with active.state.lock:
        active.state.tracking_uri = resolved or None
        active.state.experiment = None
        _pass_on("RUNFOLD_TRACKING_URI", resolved)


def set_workspace(name: str) -> None:
    """Choose the workspace in which names are looked up from now on, by this process and those it starts.

    Runs that are open go on where they are.

    Args:
        name: of a workspace of the server; empty: the user's own, or `default`.

    Example:
        >>> import runfold
        >>> runfold.set_workspace("vision")  # doctest: +SKIP
    """
    with active.state.lock:
        active.state.experiment = None
        _pass_on("RUNFOLD_WORKSPACE", name)


def _pass_on(variable: str, value: str) -> None:
    """Put a setting where processes started from here find it; an empty one is taken away."""
    if value:
        os.environ[variable] = value
    else:
        os.environ.pop(variable, None)


def get_tracking_uri() -> str:
    """The address in force, in full and without user and password."""
    return active.session().uri


def is_tracking_uri_set() -> bool:
    """Whether the script, the environment or the configuration file says where runs are recorded."""
    return bool(active.state.tracking_uri or settings.load().tracking_uri)


def enable_system_metrics_logging() -> None:
    """Sample CPU, memory, disk, network and GPU in runs begun from now on, in child processes too."""
    os.environ["RUNFOLD_SYSTEM_METRICS"] = "true"


def disable_system_metrics_logging() -> None:
    """Take back `enable_system_metrics_logging`."""
    os.environ["RUNFOLD_SYSTEM_METRICS"] = "false"


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Begin a run, or take one up again, and make it the current one of this thread or task.

    Use it in a `with` block: the run ends as FINISHED, or as FAILED when an exception leaves the block. Without
    `with`, it ends with `end_run()` or with the process. If the server does not answer, the run is recorded in
    the spool and sent later.

    Args:
        run_id: a run to go on with. None: the one that RUNFOLD_RUN_ID (or MLFLOW_RUN_ID) names, once, else a new
            one.
        experiment_id: where a new run goes; None: as `set_experiment` or the settings say.
        run_name: None: a name is made up.
        nested: put the new run below the current one.
        parent_run_id: put the new run below this one.
        tags: of the run, beside those that say where it came from.
        description: Markdown text, shown with the run.
        log_system_metrics: sample CPU, memory, disk, network and GPU; None: as the settings say.

    Raises:
        InvalidState: a run is active and `nested` is False, or the run to go on with is deleted.
        NotFound: there is no run `run_id`.
        MissingDependency: system metrics are wanted, and psutil is not installed.

    Example:
        >>> import runfold
        >>> with runfold.start_run(run_name="first") as run:
        ...     runfold.log_metric("loss", 0.5)
        >>> runfold.get_run(run.info.run_id).data.metrics
        {'loss': 0.5}
    """
    session = active.session()
    outer = active.run_stack()
    if outer and not nested and parent_run_id is None:
        raise InvalidState(
            f"Run {outer[-1].info.run_id} is active already. End it with end_run(), or begin the new one below it "
            "with start_run(nested=True)."
        )
    all_tags = dict(tags or {})
    if description:
        if known_tags.DESCRIPTION in all_tags:
            raise InvalidValue("Give the description either as `description` or as the tag mlflow.note.content.")
        all_tags[known_tags.DESCRIPTION] = description
    parent = parent_run_id or (outer[-1].info.run_id if outer else None)
    samples_system = settings.load().system_metrics if log_system_metrics is None else log_system_metrics
    if samples_system:
        system_metrics.check_installed()
    run = _open(session, run_id, experiment_id, run_name or "", all_tags, parent)
    active.push(run)
    _attach_helpers(run, session, samples_system=samples_system)
    return run


def _open(
    session: Session,
    run_id: str | None,
    experiment_id: str | None,
    run_name: str,
    tags: dict[str, object],
    parent_run_id: str | None,
) -> ActiveRun:
    if run_id:
        return opening.resume_run(session, run_id, tags=tags)
    experiment = active.state.experiment
    if experiment_id:
        experiment = opening.choose_experiment(session, experiment_id=str(experiment_id))
    if not parent_run_id and session.settings.run_id and not active.state.has_used_run_id:
        active.state.has_used_run_id = True
        return opening.join_run(session, session.settings.run_id, experiment=experiment, tags=tags)
    return opening.begin_run(session, experiment=experiment, run_name=run_name, tags=tags, parent_run_id=parent_run_id)


def _attach_helpers(run: ActiveRun, session: Session, *, samples_system: bool) -> None:
    with active.state.lock:
        if active.state.environment is None:
            active.state.environment = EnvironmentCapture(session.settings)
    run.add_helper(active.state.environment.attach(run.recorder.set_tags, run.put_content))
    if samples_system:
        sampling = SystemMetrics(run.log_at_once, session.settings.system_metrics_interval_s)
        sampling.start()
        run.add_helper(sampling.stop)


def end_run(status: str = "FINISHED") -> None:
    """End the current run and wait until everything it logged is durable; without a current run do nothing.

    What the server did not take in time (`end_timeout_s`) stays in the spool, and a warning says so.

    Args:
        status: `FINISHED`, `FAILED` or `KILLED`.

    Raises:
        InvalidValue: `status` is none of these.
    """
    run = active.current_run()
    if run is not None:
        active.end(run, _status(status))


def _status(name: str | RunStatus) -> RunStatus:
    try:
        return name if isinstance(name, RunStatus) else RunStatus[name]
    except KeyError:
        raise InvalidValue(f"{name!r} is no run status; use one of {', '.join(RunStatus.__members__)}.") from None


def active_run() -> ActiveRun | None:
    """The current run of this thread or task; None if it has begun none."""
    stack = active.run_stack()
    return stack[-1] if stack else None


def last_active_run() -> RunView | None:
    """The run that is current, or else the one that this process began last, as it is now."""
    run_id = active.state.last_run_id
    current = active_run()
    if current is not None:
        return current
    return None if run_id is None else RunView(active.session().store.get_run(run_id))


def flush(timeout_s: float | None = None) -> None:
    """Wait until everything logged by this process is durable.

    Args:
        timeout_s: None: as the setting `end_timeout_s` says.

    Raises:
        Unavailable: something is not durable yet; the message says why and where it waits.
    """
    active.session().flush_all(timeout_s)


def run_to_log_to(run_id: str | None = None) -> ActiveRun:
    """The run that a logging call means: the one with this id, else the current one, else one begun for it."""
    if run_id is None:
        return active.current_run() or start_run()
    return active.find_run(run_id) or active.attach(opening.attach_run(active.session(), run_id))
