"""Who may do what: users, groups, tokens, roles, and how grants are weighed.

A grant gives a subject a role on a place. Of the grants that concern a record the nearest place decides: the record
itself, then the folders that its name lies in, innermost first, then its workspace, then everything. On one place,
what is granted to the user goes before what is granted to groups, and that before what is granted to everyone; of
several groups the one that is denied (`Role.NONE`) decides, else the highest role. So a denial is inherited like a
role, and a nearer grant lifts it. Where nothing is granted, nothing is allowed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from runfold.domain.ids import ExperimentId
from runfold.domain.limits import check_text
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidValue

MIN_PASSWORD = 12
MAX_PASSWORD = 1024
MAX_TOKEN_PLACES = 50
_MAX_NAME = 128


class Role(enum.IntEnum):
    """What one may do with a record; each role may do what those before it may."""

    NONE = 0
    READER = 1
    CONTRIBUTOR = 2
    MANAGER = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class SubjectKind(enum.StrEnum):
    USER = "user"
    GROUP = "group"
    EVERYONE = "everyone"


class PlaceKind(enum.StrEnum):
    EVERYTHING = "everything"
    WORKSPACE = "workspace"
    FOLDER = "folder"
    EXPERIMENT = "experiment"
    MODEL = "model"
    PROJECT = "project"
    TARGET = "target"


RECORDS_BY_NAME = (PlaceKind.MODEL, PlaceKind.PROJECT, PlaceKind.TARGET)
"""Kinds of records whose names hold in a workspace."""
_NAMED = frozenset({PlaceKind.FOLDER, *RECORDS_BY_NAME})


def word_for(kind: PlaceKind) -> str:
    """What people call a record of the kind."""
    return "registered model" if kind is PlaceKind.MODEL else kind.value


_IN_WORKSPACE = "workspace:"


class Subject(msgspec.Struct, frozen=True):
    """To whom something is granted: `user:ann`, `group:vision`, or `everyone` who has signed in."""

    kind: SubjectKind
    name: str = ""

    @property
    def text(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


class Place(msgspec.Struct, frozen=True):
    """What is granted: `experiment:12`, `model:churn`, `project:train`, `target:gpu`, `folder:team/vision` (of
    experiments), `workspace:vision`, or `everything`. Names lie in the default workspace, or in another:
    `workspace:vision/model:churn`.

    Attributes:
        workspace: in which the key is a name; experiments have ids of their own.
    """

    kind: PlaceKind
    key: str = ""
    workspace: str = DEFAULT_WORKSPACE

    @property
    def text(self) -> str:
        inside = "" if self.workspace == DEFAULT_WORKSPACE else f"workspace:{self.workspace}/"
        return f"{inside}{self.kind}:{self.key}" if self.key else self.kind

    @property
    def is_named(self) -> bool:
        """Whether its key is a name in a workspace."""
        return self.kind in _NAMED


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    subject: Subject
    place: Place
    role: Role


class User(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        number: never given again, so what was granted to one who is gone falls to nobody.
        is_admin: may do everything, grants aside.
        is_service: a program's account, which signs in by tokens alone.
        is_active: may sign in.
        workspace: in which their calls are made that name none.
    """

    number: int
    name: str
    is_admin: bool = False
    is_service: bool = False
    is_active: bool = True
    creation_time_ms: int = 0
    workspace: str = DEFAULT_WORKSPACE


class Group(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    members: tuple[str, ...] = ()


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A credential of a user; the secret itself is not kept.

    Attributes:
        scope: at most this role, wherever it is used; an administrator's token administers at `Role.MANAGER`.
        places: it is worth something on these alone, and on what lies in them; none: wherever its user may do anything.
        beginning: of the secret, to recognise it by.
        expires_ms: None: never.
        last_use_ms: to within some minutes; None: not yet.
    """

    token_id: str
    user: str
    name: str
    scope: Role
    beginning: str
    creation_time_ms: int
    expires_ms: int | None = None
    last_use_ms: int | None = None
    places: tuple[Place, ...] = ()


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token with its secret, which is told this one time."""

    token: Token
    secret: str


class Visible(msgspec.Struct, frozen=True, kw_only=True):
    """Which records of one kind somebody may read.

    Attributes:
        by_default: those that nothing else decides on.
        folders: per folder of names; the innermost decides.
        records: per id or name of a record; goes before folders.
        within: only what this includes, too.
    """

    by_default: bool
    folders: dict[str, bool] = {}
    records: dict[str, bool] = {}
    within: Visible | None = None

    def includes(self, key: str, name: str) -> bool:
        if self.within is not None and not self.within.includes(key, name):
            return False
        found = self.records.get(key)
        if found is None:
            found = next((self.folders[folder] for folder in folders_of(name) if folder in self.folders), None)
        return self.by_default if found is None else found

    @property
    def is_all(self) -> bool:
        return self.within is None and self.by_default and all(self.folders.values()) and all(self.records.values())

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is included, whatever it is called; of what is not limited by something else."""
        return not (self.by_default or any(self.folders.values()) or any(self.records.values()))


ALL_VISIBLE = Visible(by_default=True)
NONE_VISIBLE = Visible(by_default=False)


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """What was granted in one workspace.

    Attributes:
        role: on what no nearer grant concerns; None: nothing is granted on the workspace itself.
        records: of each kind, by name.
    """

    role: Role | None = None
    folders: dict[str, Role] = {}
    records: dict[PlaceKind, dict[str, Role]] = {}

    def of(self, kind: PlaceKind) -> dict[str, Role]:
        return self.records.get(kind, _NONE_OF_THEM)


_NONE_OF_THEM: dict[str, Role] = {}
NO_AREA = Area()


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What one caller may do, weighed once and then looked up.

    Attributes:
        most: no role goes beyond this, as the scope of a token has it.
        everything: the role on what no nearer grant concerns; None: nothing is granted.
        experiments: by id, in whatever workspace.
        areas: by workspace.
        entered: the workspaces in which something is granted.
        within: the places that a token is limited to; none: it is not.
    """

    is_admin: bool = False
    most: Role = Role.MANAGER
    everything: Role | None = None
    experiments: dict[ExperimentId, Role] = {}
    areas: dict[str, Area] = {}
    entered: frozenset[str] = frozenset()
    within: tuple[Place, ...] = ()

    @property
    def administers(self) -> bool:
        return self.is_admin and self.most is Role.MANAGER and not self.within

    def on_experiment(self, experiment_id: ExperimentId, name: str, workspace: str = DEFAULT_WORKSPACE) -> Role:
        if self.within and not self._limit(PlaceKind.EXPERIMENT, workspace).includes(experiment_id, name):
            return Role.NONE
        granted = self.experiments.get(experiment_id)
        return self._capped(self._in_folder(workspace, name) if granted is None else granted)

    def on_record(self, kind: PlaceKind, name: str, workspace: str = DEFAULT_WORKSPACE) -> Role:
        """On a model, project or target."""
        if self.within and not self._limit(kind, workspace).includes(name, ""):
            return Role.NONE
        granted = self._area(workspace).of(kind).get(name)
        return self._capped(self._in_workspace(workspace) if granted is None else granted)

    def on_model(self, name: str, workspace: str = DEFAULT_WORKSPACE) -> Role:
        return self.on_record(PlaceKind.MODEL, name, workspace)

    def targets_managed_in(self, workspace: str) -> tuple[str, ...]:
        """Targets that the caller manages by grants on the targets themselves."""
        granted = self._area(workspace).of(PlaceKind.TARGET)
        return tuple(
            name
            for name, role in granted.items()
            if role is Role.MANAGER and self.most and self.on_record(PlaceKind.TARGET, name, workspace)
        )

    def may_own_in(self, workspace: str) -> bool:
        """Whether the caller keeps a right to what they submitted there: unless denied, or by a token that is limited
        to something else.
        """
        is_limited = bool(self.within) and Place(PlaceKind.WORKSPACE, workspace) not in self.within
        return bool(self.most) and not is_limited and self._in_workspace(workspace) is not Role.NONE

    def serves(self) -> Visible:
        """The workspaces, by name, whose jobs the caller may take as an agent."""
        if self.is_admin and self.most >= Role.CONTRIBUTOR and not self.within:
            return ALL_VISIBLE
        named = {place.key for place in self.within if place.kind is PlaceKind.WORKSPACE} if self.within else self.areas
        records = {name: self.on_workspace(name) >= Role.CONTRIBUTOR for name in named}
        return Visible(by_default=self.on_everything() >= Role.CONTRIBUTOR, records=records)

    def on_workspace(self, workspace: str) -> Role:
        """On what lies in it, as far as no nearer grant concerns that."""
        if self.within and Place(PlaceKind.WORKSPACE, workspace) not in self.within:
            return Role.NONE
        return self._capped(self._in_workspace(workspace))

    def on_everything(self) -> Role:
        return Role.NONE if self.within else self._capped(self.everything)

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
        return self._may_create(self._in_folder(workspace, name), workspace)

    def may_create_model(self, workspace: str = DEFAULT_WORKSPACE) -> bool:
        if self.within and Place(PlaceKind.WORKSPACE, workspace) not in self.within:
            return False
        return self._may_create(self._in_workspace(workspace), workspace)

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
        self, kind: PlaceKind, workspace: str = DEFAULT_WORKSPACE, *, least: Role = Role.READER
    ) -> Visible:
        """The models, projects or targets on which the caller has at least some role."""
        limit = self._limit(kind, workspace) if self.within else None
        if self.most < least:
            return NONE_VISIBLE
        if self.is_admin:
            return limit or ALL_VISIBLE
        records = {name: role >= least for name, role in self._area(workspace).of(kind).items()}
        return Visible(by_default=(self._in_workspace(workspace) or Role.NONE) >= least, records=records, within=limit)

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

    def _in_workspace(self, workspace: str) -> Role | None:
        granted = self._area(workspace).role
        return self.everything if granted is None else granted

    def _in_folder(self, workspace: str, name: str) -> Role | None:
        folders = self._area(workspace).folders
        for folder in folders_of(name) if folders else ():
            if folder in folders:
                return folders[folder]
        return self._in_workspace(workspace)

    def _capped(self, role: Role | None) -> Role:
        if self.is_admin:
            return self.most
        return min(role or Role.NONE, self.most)

    def _may_create(self, role: Role | None, workspace: str) -> bool:
        is_open = role is None and workspace == DEFAULT_WORKSPACE
        granted = self.is_admin or is_open or (role or Role.NONE) >= Role.CONTRIBUTOR
        return granted and self.most >= Role.CONTRIBUTOR


def _may_lie_in(place: Place, workspace: str) -> bool:
    """Of an experiment, its id does not tell."""
    if place.kind is PlaceKind.WORKSPACE:
        return place.key == workspace
    return place.kind is PlaceKind.EXPERIMENT or place.workspace == workspace


def check_limits(places: Sequence[Place]) -> None:
    """Raises InvalidValue for what a token cannot be limited to."""
    if len(places) > MAX_TOKEN_PLACES:
        raise InvalidValue(f"A token is limited to at most {MAX_TOKEN_PLACES} places; name a folder or workspace.")
    if any(place.kind is PlaceKind.EVERYTHING for place in places):
        raise InvalidValue("A token that is limited to everything is not limited; name no place.")


NOWHERE: Mapping[ExperimentId, str] = {}
NO_RIGHTS = Rights(most=Role.NONE)


def weigh(
    user: User,
    grants: Iterable[Grant],
    *,
    most: Role = Role.MANAGER,
    workspaces: Mapping[ExperimentId, str] = NOWHERE,
) -> Rights:
    """The rights of a user by all grants to the user, to the user's groups, and to everyone.

    Args:
        workspaces: in which the experiments lie that grants name; the default one where nothing is said.
    """
    best: dict[Place, tuple[int, Role]] = {}
    for grant in grants:
        nearness = _NEARNESS[grant.subject.kind]
        known = best.get(grant.place)
        if known is None or nearness < known[0]:
            best[grant.place] = (nearness, grant.role)
        elif nearness == known[0]:
            both = (known[1], grant.role)
            best[grant.place] = (nearness, Role.NONE if Role.NONE in both else max(both))
    everything: Role | None = None
    experiments: dict[ExperimentId, Role] = {}
    areas: dict[str, Area] = {}
    entered = set()
    for place, (_, role) in best.items():
        match place.kind:
            case PlaceKind.EVERYTHING:
                everything = role
                continue
            case PlaceKind.EXPERIMENT:
                experiments[place.key] = role
                workspace = workspaces.get(place.key, DEFAULT_WORKSPACE)
            case PlaceKind.WORKSPACE:
                workspace = place.key
                before = areas.get(workspace, Area())
                areas[workspace] = Area(role=role, folders=before.folders, records=before.records)
            case PlaceKind.FOLDER:
                workspace = place.workspace
                areas.setdefault(workspace, Area()).folders[place.key] = role
            case _:
                workspace = place.workspace
                areas.setdefault(workspace, Area()).records.setdefault(place.kind, {})[place.key] = role
        if role:
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


def folders_of(name: str) -> Iterable[str]:
    """The folders that a name lies in, innermost first: `a/b` and `a` for `a/b/c`."""
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name


def parse_subject(text: str) -> Subject:
    """Raises InvalidValue for what is no subject."""
    kind, _, name = text.partition(":")
    if kind not in set(SubjectKind) or bool(name) == (kind == SubjectKind.EVERYONE):
        raise InvalidValue(f"Invalid subject {text[:200]!r}: write user:NAME, group:NAME, or everyone.")
    return Subject(SubjectKind(kind), name)


def parse_place(text: str) -> Place:
    """Raises InvalidValue for what is no place."""
    whole, workspace = text, DEFAULT_WORKSPACE
    if text.startswith(_IN_WORKSPACE) and "/" in text:
        workspace, _, text = text.removeprefix(_IN_WORKSPACE).partition("/")
    kind, _, key = text.partition(":")
    is_place = kind in set(PlaceKind) and bool(key) == (kind != PlaceKind.EVERYTHING)
    if not is_place or (text != whole and (not workspace or kind not in _NAMED)):
        raise InvalidValue(
            f"Invalid place {whole[:200]!r}: write experiment:ID, model:NAME, project:NAME, target:NAME, "
            "folder:NAME, workspace:NAME, everything, or for a name in another workspace than the default one "
            "workspace:NAME/model:NAME."
        )
    return Place(PlaceKind(kind), key.strip("/") if kind == PlaceKind.FOLDER else key, workspace)


def parse_role(text: str) -> Role:
    """Raises InvalidValue for what is no role."""
    for role in Role:
        if role.word == text:
            return role
    raise InvalidValue(f"Invalid role {text[:80]!r}: write {', '.join(role.word for role in Role)}.")


def check_account_name(kind: str, name: str) -> None:
    """Raises InvalidValue for a name that a user or group cannot have; a colon would end it in basic authentication."""
    check_text(f"name of a {kind}", name)
    if not 0 < len(name) <= _MAX_NAME or name != name.strip() or ":" in name or not name.isprintable():
        raise InvalidValue(
            f"Invalid name of a {kind} {name[:80]!r}: 1 to {_MAX_NAME} printable characters, no colon, no space at "
            "either end."
        )


def check_password(password: str) -> None:
    """Raises InvalidValue; the message does not hold the password."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidValue(f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
