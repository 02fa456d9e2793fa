"""The records as one caller may reach them.

A call does not check its own rights: it gets a store that does. For every method of the store there is a rule that
looks at the record which the method is about, finds the experiment or model that it belongs to, and lets the method
run, narrows what it looks at, or refuses. A method without a rule is for administrators, so what is added to the
store one day is closed until somebody has thought about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

from runfold.domain.access import Place, PlaceKind
from runfold.domain.audit import Act
from runfold.server.rights.permit import Permit
from runfold.server.rights.rules import RULES
from runfold.server.rights.rules.rule import Work, then_look_again


class PermittedStore:
    """The store of one call: `stores.base.TrackingStore`, method by method by `RULES`."""

    def __init__(self, permit: Permit, threads: Executor) -> None:
        self._permit = permit
        self._threads = threads
        self._records = permit.store

    def note(self, entries: Callable[[object], Sequence[Act]]) -> None:
        """Have the next write record what it was, as `stores.audit.AuditedStore.noting` does."""
        self._records = self._permit.store.noting(entries)

    @property
    def uri(self) -> str:
        return self._permit.store.uri

    def __getattr__(self, method: str) -> Work:
        makes = _MAKES.get(method)
        caller, records = self._permit.caller, self._records
        if caller.hidden_datasets:
            records = records.hiding(caller.hidden_datasets)
        if makes is not None and caller.user.number:
            records = records.making_manager(caller.user.name, partial(makes, self._permit.workspace))
        if method in _OWNED and caller.user.number:
            records = records.owned_by(caller.user.number)
        work: Work = getattr(records, method)
        rule = RULES.get(method)
        if rule is None:
            self._permit.check_admin()
            return partial(then_look_again, self._permit, work)
        needed = self._permit.needs(method, rule.ability)
        if method in _WITHOUT_WAITING:
            return partial(_submit, self._permit, self._threads, partial(rule.apply, self._permit, needed, work))
        return partial(rule.apply, self._permit, needed, work)


# Who makes one of these, manages it.
_MAKES: Mapping[str, Callable[[str, Any], Place]] = {
    "create_experiment": lambda workspace, made: Place(PlaceKind.EXPERIMENT, made),
    "create_registered_model": lambda workspace, made: Place(PlaceKind.MODEL, made.name, workspace),
    "create_project": lambda workspace, made: Place(PlaceKind.PROJECT, made.settings.name, workspace),
    "create_target": lambda workspace, made: Place(PlaceKind.TARGET, made.name, workspace),
}
_OWNED = frozenset({"create_run", "submit_run", "register_run", "create_logged_model", "save_retention_rule"})
"""What these make is the caller's; runs and models count against the caller's quota, rules act with their rights."""
_WITHOUT_WAITING = frozenset({"submit_run", "submit_update", "submit_batch"})


def _submit(permit: Permit, threads: Executor, checked: Work, about: Any, *args: Any, **kwargs: Any) -> Future[Any]:
    """Check and submit: here where the answer is known, else in a thread, for these methods may not wait."""
    if isinstance(about, str) and permit.is_fresh and permit.knows_home_of_run(about):
        submitted: Future[Any] = checked(about, *args, **kwargs)
        return submitted
    answer: Future[Any] = Future()

    def run() -> None:
        try:
            checked(about, *args, **kwargs).add_done_callback(partial(_pass_on, answer))
        except BaseException as error:
            answer.set_exception(error)

    threads.submit(run)
    return answer


def _pass_on(answer: Future[Any], done: Future[Any]) -> None:
    error = done.exception()
    if error is None:
        answer.set_result(done.result())
    else:
        answer.set_exception(error)
