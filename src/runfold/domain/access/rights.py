"""What a caller may do: their grants, weighed.

A grant gives a subject a role on a place. Of the grants that concern a record the nearest place decides: the record
itself, then the folders that its name lies in, innermost first, then its workspace, then everything. On one place,
what is granted to the user goes before what is granted to groups, and that before what is granted to everyone; of
several groups the one that is denied (`Role.NONE`) decides, else all that their roles give together. So a denial is
inherited like a role, and a nearer grant lifts it. Where nothing is granted, nothing is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from runfold.domain.access.abilities import EVERY_ABILITY, NOTHING, Ability
from runfold.domain.access.accounts import User
from runfold.domain.access.grants import Grant, Place, PlaceKind, SubjectKind, folders_of
from runfold.domain.access.visible import ALL_VISIBLE, NONE_VISIBLE, Visible
from runfold.domain.ids import ExperimentId
from runfold.domain.workspace import DEFAULT_WORKSPACE

_NONE_OF_THEM: dict[str, Ability] = {}


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """What was granted in one workspace.

    Attributes:
        granted: on what no nearer grant concerns; None: nothing is granted on the workspace itself.
        records: of each kind, by name.
    """

    granted: Ability | None = None
    folders: dict[str, Ability] = {}
    records: dict[PlaceKind, dict[str, Ability]] = {}

    def of(self, kind: PlaceKind) -> dict[str, Ability]:
        return self.records.get(kind, _NONE_OF_THEM)


NO_AREA = Area()


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What one caller may do, weighed once and then looked up.

    Attributes:
        most: nothing goes beyond these, as the scope of a token has it.
        everything: the abilities on what no nearer grant concerns; None: nothing is granted.
        experiments: by id, in whatever workspace.
        areas: by workspace.
        entered: the workspaces in which something is granted.
        within: the places that a token is limited to; none: it is not.
    """

    is_admin: bool = False
    most: Ability = EVERY_ABILITY
    everything: Ability | None = None
    experiments: dict[ExperimentId, Ability] = {}
    areas: dict[str, Area] = {}
    entered: frozenset[str] = frozenset()
    within: tuple[Place, ...] = ()

    @property
    def administers(self) -> bool:
        return self.is_admin and self.most == EVERY_ABILITY and not self.within

    def on_experiment(self, experiment_id: ExperimentId, name: str, workspace: str = DEFAULT_WORKSPACE) -> Ability:
        if self.within and not self._limit(PlaceKind.EXPERIMENT, workspace).includes(experiment_id, name):
            return NOTHING
        granted = self.experiments.get(experiment_id)
        return self._capped(self._in_folder(workspace, name) if granted is None else granted)

    def on_record(self, kind: PlaceKind, name: str, workspace: str = DEFAULT_WORKSPACE) -> Ability:
        """On a model, project, target or dataset."""
        if self.within and not self._limit(kind, workspace).includes(name, ""):
            return NOTHING
        granted = self._area(workspace).of(kind).get(name)
        return self._capped(self._in_workspace(workspace) if granted is None else granted)

    def on_model(self, name: str, workspace: str = DEFAULT_WORKSPACE) -> Ability:
        return self.on_record(PlaceKind.MODEL, name, workspace)

    def targets_managed_in(self, workspace: str) -> tuple[str, ...]:
        """Targets that the caller operates by grants on the targets themselves."""
        granted = self._area(workspace).of(PlaceKind.TARGET)
        return tuple(
            name
            for name, role in granted.items()
            if Ability.OPERATE in role and self.most and self.on_record(PlaceKind.TARGET, name, workspace)
        )

    def may_own_in(self, workspace: str) -> bool:
        """Whether the caller keeps a right to what they submitted there: unless denied, or by a token that is limited
        to something else.
        """
        is_limited = bool(self.within) and Place(PlaceKind.WORKSPACE, workspace) not in self.within
        return bool(self.most) and not is_limited and self._in_workspace(workspace) != NOTHING

    def serves(self) -> Visible:
        """The workspaces, by name, whose jobs the caller may take as an agent."""
        if self.is_admin and Ability.SERVE in self.most and not self.within:
            return ALL_VISIBLE
        named = {place.key for place in self.within if place.kind is PlaceKind.WORKSPACE} if self.within else self.areas
        records = {name: Ability.SERVE in self.on_workspace(name) for name in named}
        return Visible(by_default=Ability.SERVE in self.on_everything(), records=records)

    def on_workspace(self, workspace: str) -> Ability:
        """On what lies in it, as far as no nearer grant concerns that."""
        if self.within and Place(PlaceKind.WORKSPACE, workspace) not in self.within:
            return NOTHING
        return self._capped(self._in_workspace(workspace))

    def on_everything(self) -> Ability:
        return NOTHING if self.within else self._capped(self.everything)

    def may_enter(self, workspace: str) -> bool:
        """Whether there is such a workspace for the caller: of others they are not even told that they exist."""
        if workspace == DEFAULT_WORKSPACE:
            return True
        if self.within and not any(_may_lie_in(place, workspace) for place in self.within):
            return False
        return workspace in self.entered or bool(self._capped(self._in_workspace(workspace)))

    def may_create_experiment(self, name: str, workspace: str = DEFAULT_WORKSPACE) -> bool:
        """Where nothing is said, everybody may begin something of their own, in the default workspace."""
        if self.within and not self._limit(PlaceKind.EXPERIMENT, workspace).includes("", name):
            return False
        return self._may_create(Ability.RECORD, self._in_folder(workspace, name), workspace)

    def may_create_model(self, workspace: str = DEFAULT_WORKSPACE) -> bool:
        if self.within and Place(PlaceKind.WORKSPACE, workspace) not in self.within:
            return False
        return self._may_create(Ability.REGISTER, self._in_workspace(workspace), workspace)

    def visible_experiments(self, workspace: str = DEFAULT_WORKSPACE) -> Visible:
        limit = self._limit(PlaceKind.EXPERIMENT, workspace) if self.within else None
        if self.is_admin:
            return limit or ALL_VISIBLE
        return Visible(
            by_default=bool(self._in_workspace(workspace)),
            folders={folder: bool(role) for folder, role in self._area(workspace).folders.items()},
            records={experiment_id: bool(role) for experiment_id, role in self.experiments.items()},
            within=limit,
        )

    def visible_models(self, workspace: str = DEFAULT_WORKSPACE) -> Visible:
        return self.visible_records(PlaceKind.MODEL, workspace)

    def visible_records(
        self, kind: PlaceKind, workspace: str = DEFAULT_WORKSPACE, *, needed: Ability = Ability.READ
    ) -> Visible:
        """The models, projects or targets on which the caller has an ability."""
        limit = self._limit(kind, workspace) if self.within else None
        if needed not in self.most:
            return NONE_VISIBLE
        if self.is_admin:
            return limit or ALL_VISIBLE
        records = {name: needed in role for name, role in self._area(workspace).of(kind).items()}
        return Visible(by_default=needed in (self._in_workspace(workspace) or NOTHING), records=records, within=limit)

    def _limit(self, kind: PlaceKind, workspace: str) -> Visible:
        """What of one kind in a workspace a token is limited to."""
        is_here = [place for place in self.within if place.workspace == workspace or not place.is_named]
        return Visible(
            by_default=Place(PlaceKind.WORKSPACE, workspace) in self.within,
            folders={place.key: True for place in is_here if place.kind is PlaceKind.FOLDER},
            records={place.key: True for place in is_here if place.kind is kind},
        )

    def _area(self, workspace: str) -> Area:
        return self.areas.get(workspace, NO_AREA)

    def _in_workspace(self, workspace: str) -> Ability | None:
        granted = self._area(workspace).granted
        return self.everything if granted is None else granted

    def _in_folder(self, workspace: str, name: str) -> Ability | None:
        folders = self._area(workspace).folders
        for folder in folders_of(name) if folders else ():
            if folder in folders:
                return folders[folder]
        return self._in_workspace(workspace)

    def _capped(self, granted: Ability | None) -> Ability:
        if self.is_admin:
            return self.most
        return granted & self.most if granted else NOTHING

    def _may_create(self, ability: Ability, granted: Ability | None, workspace: str) -> bool:
        is_open = granted is None and workspace == DEFAULT_WORKSPACE
        return ability in self.most and (self.is_admin or is_open or ability in (granted or NOTHING))


def _may_lie_in(place: Place, workspace: str) -> bool:
    """Of an experiment, its id does not tell."""
    if place.kind is PlaceKind.WORKSPACE:
        return place.key == workspace
    return place.kind is PlaceKind.EXPERIMENT or place.workspace == workspace


NOWHERE: Mapping[ExperimentId, str] = {}

NO_RIGHTS = Rights(most=NOTHING)


def weigh(
    user: User,
    grants: Iterable[Grant],
    *,
    most: Ability = EVERY_ABILITY,
    workspaces: Mapping[ExperimentId, str] = NOWHERE,
) -> Rights:
    """The rights of a user by all grants to the user, to the user's groups, and to everyone.

    Args:
        workspaces: in which the experiments lie that grants name; the default one where nothing is said.
    """
    best: dict[Place, tuple[int, Ability]] = {}
    for grant in grants:
        nearness = _NEARNESS[grant.subject.kind]
        given = grant.role.abilities
        known = best.get(grant.place)
        if known is None or nearness < known[0]:
            best[grant.place] = (nearness, given)
        elif nearness == known[0]:
            best[grant.place] = (nearness, known[1] | given if known[1] and given else NOTHING)
    everything: Ability | None = None
    experiments: dict[ExperimentId, Ability] = {}
    areas: dict[str, Area] = {}
    entered = set()
    for place, (_, granted) in best.items():
        match place.kind:
            case PlaceKind.EVERYTHING:
                everything = granted
                continue
            case PlaceKind.NEW:  # holds once there is something
                continue
            case PlaceKind.EXPERIMENT:
                experiments[place.key] = granted
                workspace = workspaces.get(place.key, DEFAULT_WORKSPACE)
            case PlaceKind.WORKSPACE:
                workspace = place.key
                before = areas.get(workspace, Area())
                areas[workspace] = Area(granted=granted, folders=before.folders, records=before.records)
            case PlaceKind.FOLDER:
                workspace = place.workspace
                areas.setdefault(workspace, Area()).folders[place.key] = granted
            case _:
                workspace = place.workspace
                areas.setdefault(workspace, Area()).records.setdefault(place.kind, {})[place.key] = granted
        if granted:
            entered.add(workspace)
    return Rights(
        is_admin=user.is_admin,
        most=most,
        everything=everything,
        experiments=experiments,
        areas=areas,
        entered=frozenset(entered),
    )


_NEARNESS = {SubjectKind.USER: 0, SubjectKind.GROUP: 1, SubjectKind.EVERYONE: 2}
