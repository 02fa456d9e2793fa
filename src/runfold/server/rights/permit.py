"""The rights of one call: what it may read, change or manage.

A record that the caller may not read is not found; one that may be read, but not changed, is denied.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from runfold.domain.access import EVERY_ABILITY, NOTHING, Ability, Place, PlaceKind, Rights, least_role_with, words_of
from runfold.domain.job_access import JobHome, abilities_on_job
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import NotFound, PermissionDenied
from runfold.server.rights.access import Caller
from runfold.stores.access import Home
from runfold.stores.base import ServedStore
from runfold.wire.endpoints import Endpoint, Permission

if TYPE_CHECKING:
    from runfold.server.callers.sign_in import Credential, Known, SignIn

NEEDS: Mapping[Permission, Ability] = {
    Permission.PUBLIC: NOTHING,
    Permission.READ: Ability.READ,
    Permission.EDIT: Ability.RECORD,
    Permission.MANAGE: EVERY_ABILITY,
    Permission.ADMIN: EVERY_ABILITY,
}
_LONG_S = 1.0


class Visits(Protocol):
    """Counts calls against the workspaces that they are about, as `callers.rates.WorkspaceRates` does."""

    def enter(self, caller: Caller, workspace: str) -> None:
        """Raises TooManyRequests."""
        ...

    def leave(self, workspace: str) -> None: ...


class Permit:
    """The rights of one call. Safe from any thread.

    Attributes:
        workspace: in which the call is made: where the names in it hold.
        store: of all records of that workspace; what checks look things up in.
    """

    _visited: tuple[str, ...] = ()

    def __init__(
        self,
        store: ServedStore,
        sign_in: SignIn,
        credential: Credential,
        endpoint: Endpoint,
        caller: Caller,
        known: Known,
        workspace: str = DEFAULT_WORKSPACE,
        visits: Visits | None = None,
    ) -> None:
        self.workspace = workspace
        self._visits = visits
        self.store = store if workspace == DEFAULT_WORKSPACE else store.in_workspace(workspace)
        self.endpoint = endpoint
        self._sign_in = sign_in
        self._credential = credential
        self._caller = caller
        self._known = known
        self._weighed_s = time.monotonic()

    @property
    def caller(self) -> Caller:
        """As of a second ago at most: a stream that is open for hours ends when its caller's rights do."""
        if not self.is_fresh:
            self._caller, self._known = self._sign_in.identify(self._credential, is_use=False)
            self._weighed_s = time.monotonic()
        return self._caller

    @property
    def is_fresh(self) -> bool:
        """Whether the caller is known without asking the store."""
        if not any(self._credential):
            return True
        # What ends by itself, as a token does at its expiry, changes no version.
        return self._sign_in.is_current(self._known) and time.monotonic() - self._weighed_s <= _LONG_S

    def look_again(self) -> None:
        self._sign_in.look_again()

    def needs(self, method: str, ability: Ability) -> Ability:
        """What a method needs: its own ability; if that is but to read, what the row of the call asks for if it names
        this method.
        """
        only_reads = ability in Ability.READ
        return NEEDS[self.endpoint.permission] if only_reads and method == self.endpoint.store else ability

    def denied(self, needed: Ability) -> PermissionDenied:
        return PermissionDenied(
            f"{self.caller.user.name or 'Who has not signed in'!r} may not do that here: it needs the role "
            f"{least_role_with(needed).name}{_or_another(needed)}. Those who manage the record can grant it."
        )

    def check_admin(self) -> None:
        if not self.caller.rights.administers:
            raise PermissionDenied("This is for administrators, with a token of the scope manager if by token.")

    def check_everything(self, needed: Ability) -> None:
        if needed not in self.caller.rights.on_everything():
            raise self.denied(needed)

    def check(self, kind: str, key: str, granted: Ability, needed: Ability) -> None:
        if not granted:
            raise NotFound(kind, key)
        if needed not in granted:
            raise self.denied(needed)

    def check_workspace(self, workspace: str, needed: Ability) -> None:
        self.check_entry(workspace)
        if needed not in self.caller.rights.on_workspace(workspace):
            raise self.denied(needed)

    def check_entry(self, workspace: str) -> None:
        if not self.caller.rights.may_enter(workspace):
            raise NotFound("workspace", workspace)

    def visit(self, homes: Collection[Home | JobHome]) -> None:
        """The call is about these records, which its caller may reach: once for each workspace, it counts there, and in
        the one that it names only if it is about something there, too.
        """
        here = self.workspace
        others = [home.workspace for home in homes if home.workspace != here]
        if others and self._visits is not None:
            self._go_elsewhere(self._visits, others, is_here=len(others) < len(homes))

    def _go_elsewhere(self, visits: Visits, workspaces: Sequence[str], *, is_here: bool) -> None:
        if not self._visited and not is_here:
            visits.leave(self.workspace)
        for workspace in dict.fromkeys(workspaces):
            if workspace not in self._visited:
                self._visited += (workspace,)
                visits.enter(self._caller, workspace)

    # Experiments and what lies in them

    def homes_of_experiments(self, experiment_ids: Sequence[str]) -> dict[str, Home]:
        """Of those that there are, by number. Where one lies, and its name, change with the access version."""
        known = self._known
        found = {one: known.experiments[one] for one in experiment_ids if one in known.experiments}
        missing = [one for one in experiment_ids if one not in found]
        if missing:
            more = self.store.homes_of_experiments(missing)
            known.remember_experiments(more)
            found |= more
        return found

    def check_experiments(self, experiment_ids: Sequence[str], needed: Ability) -> None:
        # Rights before homes, here and below: where something lies must not be older than what is granted there.
        rights = self.caller.rights
        homes = self.homes_of_experiments(experiment_ids)
        for experiment_id in experiment_ids:
            granted = _at(rights, homes.get(str(int(experiment_id))))
            self.check("experiment", experiment_id, granted, needed)
        self.visit(homes.values())

    def readable_experiments(self, experiment_ids: Sequence[str], *, is_visit: bool = True) -> tuple[str, ...]:
        """
        Args:
            is_visit: whether the call is about these.
        """
        rights = self.caller.rights
        homes = self.homes_of_experiments(experiment_ids)
        readable = {number: home for number, home in homes.items() if _at(rights, home)}
        if is_visit:
            self.visit(readable.values())
        return tuple(one for one in experiment_ids if str(int(one)) in readable)

    def knows_home_of_run(self, run_id: str) -> bool:
        return run_id in self._known.homes

    def homes_of_runs(self, run_ids: Iterable[str]) -> dict[str, Home]:
        known = self._known
        asked = list(dict.fromkeys(run_ids))
        missing = [run_id for run_id in asked if run_id not in known.homes]
        if missing:
            for run_id, home in self.store.homes_of_runs(missing).items():
                known.remember_home(run_id, home)
                if run_id not in known.homes:  # as much is remembered as may be
                    return self.store.homes_of_runs(asked)
        return {run_id: known.homes[run_id] for run_id in asked if run_id in known.homes}

    def check_runs(self, run_ids: Sequence[str], needed: Ability) -> None:
        rights = self.caller.rights
        homes = self.homes_of_runs(run_ids)
        for run_id in run_ids:
            self.check("run", run_id, _at(rights, homes.get(run_id)), needed)
        self.visit(homes.values())

    def readable_runs(self, run_ids: Sequence[str], needed: Ability = Ability.READ) -> tuple[str, ...]:
        rights = self.caller.rights
        homes = self.homes_of_runs(run_ids)
        return tuple(run_id for run_id in run_ids if needed in _at(rights, homes.get(run_id)))

    def check_logged_models(self, model_ids: Sequence[str], needed: Ability) -> None:
        rights = self.caller.rights
        homes = self.store.homes_of_models(model_ids)
        for model_id in model_ids:
            self.check("logged model", model_id, _at(rights, homes.get(model_id)), needed)
        self.visit(homes.values())

    def homes_in_path(self, names: Sequence[str]) -> list[Home]:
        """Of the runs and logged models whose ids are among the names."""
        return [*self.store.homes_of_runs(names).values(), *self.store.homes_of_models(names).values()]

    # Registered models

    def check_model(self, name: str, needed: Ability) -> None:
        self.check("registered model", name, self.caller.rights.on_model(name, self.workspace), needed)

    # Datasets

    def check_dataset(self, name: str, workspace: str, needed: Ability) -> None:
        """By what is granted on it or its workspace; to read of it, by the runs that use it."""
        rights = self.caller.rights
        granted = rights.on_record(PlaceKind.DATASET, name, workspace)
        is_denied = name in self.caller.hidden_datasets.in_workspace(workspace)
        if not granted and not is_denied and self._is_dataset_of_readable(name, workspace):
            granted = Ability.READ
        self.check("dataset", name, granted, needed)

    def _is_dataset_of_readable(self, name: str, workspace: str) -> bool:
        rights = self.caller.rights
        homes = self.store.in_workspace(workspace).homes_of_dataset(name)
        if rights.within and Place(PlaceKind.DATASET, name, workspace) in rights.within:
            rights = msgspec.structs.replace(rights, within=())
        return any(_at(rights, home) for home in homes)

    # Work

    def check_project(self, name: str, needed: Ability) -> None:
        """By what the project is called now."""
        found = self.store.current_projects([name]).get(name)
        current = name if found is None else found.name
        self.check("project", name, self.caller.rights.on_record(PlaceKind.PROJECT, current, self.workspace), needed)

    def check_target(self, name: str, needed: Ability) -> None:
        self.check("target", name, self.caller.rights.on_record(PlaceKind.TARGET, name, self.workspace), needed)

    def check_job(self, job_id: str, needed: Ability) -> JobHome:
        """In whatever workspace it lies."""
        home = self.store.homes_of_jobs([job_id]).get(job_id)
        caller = self.caller
        granted = NOTHING if home is None else abilities_on_job(caller.rights, caller.user.number, home)
        self.check("job", job_id, granted, needed)
        assert home is not None, "a job that is not there was not found"
        self.visit((home,))
        return home


def _or_another(needed: Ability) -> str:
    words = words_of(needed)
    return f", or another one that can {words[0]}" if len(words) == 1 else ""


def _at(rights: Rights, home: Home | None) -> Ability:
    return NOTHING if home is None else rights.on_experiment(home.experiment_id, home.name, home.workspace)
