"""How a run begins: on the server if it answers, in the spool if it does not."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

import msgspec

from runfold.domain import known_tags, limits
from runfold.domain.experiment import Experiment
from runfold.domain.ids import (
    DEFAULT_EXPERIMENT_ID,
    DEFAULT_EXPERIMENT_NAME,
    ExperimentId,
    RunId,
    is_run_id,
    new_run_id,
)
from runfold.domain.run import NewRun, Run, RunInfo
from runfold.domain.run_names import random_run_name
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound, NotSupported, Unavailable
from runfold.tracking import active, source
from runfold.tracking.active_run import ActiveRun
from runfold.tracking.delivery import find_or_create_experiment
from runfold.tracking.lifecycle import watch_process
from runfold.tracking.records import CreateRun, Operation, UpdateRun
from runfold.tracking.session import Session

_RANK_VARIABLES = ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID")


def choose_experiment(session: Session, *, name: str = "", experiment_id: ExperimentId = "") -> Experiment:
    """The experiment of a name (created if need be) or id.

    While the server can't be asked, an experiment with the name or the id alone comes back.

    Raises:
        InvalidState: it is deleted.
        NotFound: no experiment has this id.
    """
    try:
        found_id = experiment_id or find_or_create_experiment(session.store, name)
        found = session.store.get_experiment(found_id)
    except Unavailable as error:
        session.say_unavailable(error)
        return Experiment(experiment_id=experiment_id, name=name, artifact_location="")
    if found.lifecycle_stage is LifecycleStage.DELETED:
        raise InvalidState(
            f"Experiment {found.name!r} is deleted. Bring it back with restore_experiment({found.experiment_id!r}), "
            "or choose another name."
        )
    return found


def begin_run(
    session: Session,
    *,
    experiment: Experiment | None,
    run_name: str,
    tags: Mapping[str, object],
    parent_run_id: RunId | None,
    run_id: RunId | None = None,
    ends_with_us: bool = True,
) -> ActiveRun:
    """Create a run and open its spool. Raises what the store refuses; an unreachable one is no failure.

    Args:
        experiment: None: as the settings say.
        run_id: None: a new one.
        ends_with_us: this process decides when the run ends.
    """
    for key in tags:
        limits.check_key("tag", key)
    texts = source.quick_tags() | {key: str(value) for key, value in tags.items()}
    if parent_run_id:
        texts[known_tags.PARENT_RUN] = parent_run_id
    chosen = experiment or _default_experiment(session)
    new = NewRun(
        experiment_id=chosen.experiment_id,
        run_id=run_id or new_run_id(),
        run_name=run_name,
        user_id=texts.get(known_tags.USER, ""),
        start_time_ms=time.time_ns() // 1_000_000,
        tags=texts,
        parent_run_id=parent_run_id,
    )
    try:
        if chosen.name and not chosen.experiment_id:
            new = msgspec.structs.replace(new, experiment_id=find_or_create_experiment(session.store, chosen.name))
        record = _create(session, new, is_id_free=run_id is None)
    except Unavailable as error:
        session.say_unavailable(error)
        new = msgspec.structs.replace(new, run_name=run_name or texts.get(known_tags.RUN_NAME) or random_run_name())
        return _open(session, _unsent(new), (CreateRun(run=new, experiment_name=chosen.name),), ends_with_us)
    session.is_known_unavailable = False
    return _open(session, record, (), ends_with_us)


def _create(session: Session, new: NewRun, *, is_id_free: bool) -> Run:
    try:
        return session.store.create_run(new)
    except NotSupported:
        if not is_id_free:
            raise
        return session.store.create_run(msgspec.structs.replace(new, run_id=None))  # MLflow's servers choose the id


def resume_run(session: Session, run_id: RunId, *, tags: Mapping[str, object], ends_with_us: bool = True) -> ActiveRun:
    """Take up a run that exists.

    Raises:
        NotFound: no run has this id.
        InvalidState: it is deleted.
    """
    if not is_run_id(run_id):
        raise InvalidValue(f"{run_id!r} is not a run id: letters, digits, `_` and `-`, at most 256.")
    try:
        record = session.store.get_run(run_id)
    except Unavailable as error:
        session.say_unavailable(error)
        new = NewRun(experiment_id="", run_id=run_id)
        run = _open(session, _unsent(new), (UpdateRun(status=RunStatus.RUNNING),), ends_with_us)
    else:
        run = _take_up(session, record, ends_with_us)
    if tags:
        run.recorder.set_tags(tags)
    return run


def _take_up(session: Session, record: Run, ends_with_us: bool) -> ActiveRun:
    if record.info.lifecycle_stage is LifecycleStage.DELETED:
        raise InvalidState(f"Run {record.info.run_id!r} is deleted. Restore it first, or start a new one.")
    first = (UpdateRun(status=RunStatus.RUNNING),) if record.info.status is not RunStatus.RUNNING else ()
    return _open(session, record, first, ends_with_us)


def join_run(
    session: Session, run_id: RunId, *, experiment: Experiment | None, tags: Mapping[str, object]
) -> ActiveRun:
    """Take up the run that the environment names, or create it: how ranks share one, and commands of projects log.

    The run ends with the first rank.
    """
    is_first = all(os.environ.get(name, "0") == "0" for name in _RANK_VARIABLES)
    try:
        known = session.store.get_run(run_id)
    except (NotFound, Unavailable):  # of several that create it, all but one take it up after all
        known = None
    if known is not None:
        run = _take_up(session, known, is_first)
        if tags:
            run.recorder.set_tags(tags)
        return run
    try:
        return begin_run(
            session,
            experiment=experiment,
            run_name="",
            tags=tags,
            parent_run_id=None,
            run_id=run_id,
            ends_with_us=is_first,
        )
    except AlreadyExists:
        return resume_run(session, run_id, tags=tags, ends_with_us=is_first)


def attach_run(session: Session, run_id: RunId) -> ActiveRun:
    """A run to log to as it is: neither its state nor its end is changed.

    Raises:
        NotFound: no run has this id.
    """
    try:
        record = session.store.get_run(run_id)
    except Unavailable as error:
        session.say_unavailable(error)
        record = _unsent(NewRun(experiment_id="", run_id=run_id))
    return _open(session, record, (), ends_with_us=False)


def default_experiment_id(session: Session, *, name: str = "") -> ExperimentId:
    """Of the name, or as the settings say, or of the experiment that a workspace has for what names none.

    The default workspace has one from the beginning; in another, it is made when it is needed.
    """
    settings = session.settings
    chosen = name or settings.experiment_name
    if not chosen and settings.experiment_id:
        return settings.experiment_id
    if not chosen and settings.workspace in ("", DEFAULT_WORKSPACE):
        return DEFAULT_EXPERIMENT_ID
    return find_or_create_experiment(session.store, chosen or DEFAULT_EXPERIMENT_NAME)


def _default_experiment(session: Session) -> Experiment:
    settings = session.settings
    name = settings.experiment_name
    if not name and not settings.experiment_id and settings.workspace not in ("", DEFAULT_WORKSPACE):
        name = DEFAULT_EXPERIMENT_NAME
    if name or settings.experiment_id:
        return choose_experiment(session, name=name, experiment_id=settings.experiment_id)
    return Experiment(experiment_id=DEFAULT_EXPERIMENT_ID, name="", artifact_location="")


def _open(session: Session, record: Run, first: tuple[Operation, ...], ends_with_us: bool) -> ActiveRun:
    watch_process()
    info = record.info
    channel = session.open_channel(info.run_id, first, artifact_uri=info.artifact_uri, ends_with_us=ends_with_us)
    run = ActiveRun(record, session, channel, active.end)
    run.ends_with_us = ends_with_us
    return run


def _unsent(new: NewRun) -> Run:
    """What is known of a run before any store is."""
    info = RunInfo(
        run_id=new.run_id or "",
        experiment_id=new.experiment_id,
        run_name=new.run_name,
        status=RunStatus.RUNNING,
        start_time_ms=new.start_time_ms,
        artifact_uri="",
        user_id=new.user_id,
        parent_run_id=new.parent_run_id,
    )
    return Run(info=info, tags=new.tags)
