"""Choose, create, find and delete experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runfold.domain.experiment import Experiment
from runfold.domain.states import ViewType
from runfold.errors import InvalidState, InvalidValue
from runfold.stores.base import ExperimentQuery
from runfold.tracking import active, opening

_PAGE = 1000


def set_experiment(experiment_name: str | None = None, experiment_id: str | None = None) -> Experiment:
    """Choose the experiment of runs that this process begins; a new name creates it.

    Of many processes that choose a new name at once, one creates it and all get it. While the server does not
    answer, the experiment comes back with its name alone, and is looked up when the runs are sent.

    Raises:
        InvalidValue: neither or both of name and id are given.
        InvalidState: the experiment is deleted.

    Example:
        >>> import runfold
        >>> runfold.set_experiment("digits").name
        'digits'
    """
    if bool(experiment_name) == bool(experiment_id):
        raise InvalidValue("Give either the name or the id of an experiment.")
    chosen = opening.choose_experiment(
        active.session(), name=experiment_name or "", experiment_id=str(experiment_id or "")
    )
    active.state.experiment = chosen
    return chosen


def create_experiment(name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None) -> str:
    """Create an experiment and return its id.

    Args:
        artifact_location: URI below which its runs keep their files; None: as the server says.

    Raises:
        AlreadyExists: the name is taken, by a deleted experiment too.
    """
    texts = {key: str(value) for key, value in (tags or {}).items()}
    return active.session().store.create_experiment(name, artifact_location=artifact_location or "", tags=texts)


def get_experiment(experiment_id: str) -> Experiment:
    """An experiment by its id, deleted ones included. Raises NotFound."""
    return active.session().store.get_experiment(str(experiment_id))


def get_experiment_by_name(name: str) -> Experiment | None:
    """An experiment by its name, deleted ones included; None if there is none."""
    return active.session().store.find_experiment_by_name(name)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """Find experiments, the newest first unless told otherwise.

    Args:
        view_type: 1: active ones, 2: deleted ones, 3: all.
        max_results: None: no limit.
        filter_string: such as `name LIKE 'digits%' AND tags.team = 'vision'`.
        order_by: such as `["name ASC"]`.
    """
    store = active.session().store
    found: list[Experiment] = []
    token = ""
    while max_results is None or len(found) < max_results:
        n_wanted = _PAGE if max_results is None else min(_PAGE, max_results - len(found))
        query = ExperimentQuery(
            filter=filter_string or "",
            order_by=tuple(order_by or ()),
            view_type=ViewType(view_type),
            max_results=n_wanted,
            page_token=token,
        )
        page = store.search_experiments(query)
        found += page.items
        token = page.next_token
        if not token:
            break
    return found


def delete_experiment(experiment_id: str) -> None:
    """Move an experiment and its runs to the trash."""
    active.session().store.delete_experiment(str(experiment_id))


def restore_experiment(experiment_id: str) -> None:
    """Bring an experiment back from the trash, with the runs that went with it."""
    active.session().store.restore_experiment(str(experiment_id))


def rename_experiment(experiment_id: str, name: str) -> None:
    """Give an experiment another name. Raises AlreadyExists when it is taken."""
    active.session().store.rename_experiment(str(experiment_id), name)


def set_experiment_tag(key: str, value: Any) -> None:
    """Set a tag of the experiment that `set_experiment` chose, or of the current run's."""
    set_experiment_tags({key: value})


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Set several tags of the experiment that `set_experiment` chose, or of the current run's.

    Raises:
        InvalidState: there is neither.
    """
    run = active.current_run()
    chosen = active.state.experiment
    experiment_id = chosen.experiment_id if chosen else run.info.experiment_id if run else ""
    if not experiment_id:
        raise InvalidState("No experiment is chosen. Call set_experiment(...) first, with the server within reach.")
    for key, value in tags.items():
        active.session().store.set_experiment_tag(experiment_id, key, str(value))
