"""Who may do what: users, groups, tokens, roles, and how grants are weighed.

A grant gives a subject a role on a place. Of the grants that concern a record the nearest place decides: the record
itself, then the folders that its name lies in, innermost first, then everything. On one place, what is granted to the
user goes before what is granted to groups, and that before what is granted to everyone; of several groups the one
that is denied (`Role.NONE`) decides, else the highest role. So a denial is inherited like a role, and a nearer grant
lifts it. Where nothing is granted, nothing is allowed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

import msgspec

from runfold.domain.ids import ExperimentId
from runfold.domain.limits import check_text
from runfold.errors import InvalidValue

MIN_PASSWORD = 12
MAX_PASSWORD = 1024
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
    FOLDER = "folder"
    EXPERIMENT = "experiment"
    MODEL = "model"


class Subject(msgspec.Struct, frozen=True):
    """To whom something is granted: `user:ann`, `group:vision`, or `everyone` who has signed in."""

    kind: SubjectKind
    name: str = ""

    @property
    def text(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


class Place(msgspec.Struct, frozen=True):
    """What is granted: `experiment:12`, `model:churn`, `folder:team/vision` (of experiments), or `everything`."""

    kind: PlaceKind
    key: str = ""

    @property
    def text(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind


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
    """

    number: int
    name: str
    is_admin: bool = False
    is_service: bool = False
    is_active: bool = True
    creation_time_ms: int = 0


class Group(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    members: tuple[str, ...] = ()


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A credential of a user; the secret itself is not kept.

    Attributes:
        scope: at most this role, wherever it is used; an administrator's token administers at `Role.MANAGER`.
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
    """

    by_default: bool
    folders: dict[str, bool] = {}
    records: dict[str, bool] = {}

    def includes(self, key: str, name: str) -> bool:
        found = self.records.get(key)
        if found is None:
            found = next((self.folders[folder] for folder in folders_of(name) if folder in self.folders), None)
        return self.by_default if found is None else found

    @property
    def is_all(self) -> bool:
        return self.by_default and all(self.folders.values()) and all(self.records.values())


ALL_VISIBLE = Visible(by_default=True)


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What one caller may do, weighed once and then looked up.

    Attributes:
        most: no role goes beyond this, as the scope of a token has it.
        everything: the role on what no nearer grant concerns; None: nothing is granted.
    """

    is_admin: bool = False
    most: Role = Role.MANAGER
    everything: Role | None = None
    folders: dict[str, Role] = {}
    experiments: dict[ExperimentId, Role] = {}
    models: dict[str, Role] = {}

    @property
    def administers(self) -> bool:
        return self.is_admin and self.most is Role.MANAGER

    def on_experiment(self, experiment_id: ExperimentId, name: str) -> Role:
        return self._capped(self.experiments.get(experiment_id, self._in_folder(name)))

    def on_model(self, name: str) -> Role:
        return self._capped(self.models.get(name, self.everything))

    def on_everything(self) -> Role:
        return self._capped(self.everything)

    def may_create_experiment(self, name: str) -> bool:
        """Where nothing is said, everybody may begin something of their own."""
        return self._may_create(self._in_folder(name))

    def may_create_model(self) -> bool:
        return self._may_create(self.everything)

    def visible_experiments(self) -> Visible:
        if self.is_admin:
            return ALL_VISIBLE
        return Visible(
            by_default=bool(self.everything),
            folders={folder: bool(role) for folder, role in self.folders.items()},
            records={experiment_id: bool(role) for experiment_id, role in self.experiments.items()},
        )

    def visible_models(self) -> Visible:
        if self.is_admin:
            return ALL_VISIBLE
        records = {name: bool(role) for name, role in self.models.items()}
        return Visible(by_default=bool(self.everything), records=records)

    def _in_folder(self, name: str) -> Role | None:
        return next((self.folders[folder] for folder in folders_of(name) if folder in self.folders), self.everything)

    def _capped(self, role: Role | None) -> Role:
        if self.is_admin:
            return self.most
        return min(role or Role.NONE, self.most)

    def _may_create(self, role: Role | None) -> bool:
        granted = self.is_admin or role is None or role >= Role.CONTRIBUTOR
        return granted and self.most >= Role.CONTRIBUTOR


NO_RIGHTS = Rights(most=Role.NONE)


def weigh(user: User, grants: Iterable[Grant], *, most: Role = Role.MANAGER) -> Rights:
    """The rights of a user by all grants to the user, to the user's groups, and to everyone."""
    best: dict[Place, tuple[int, Role]] = {}
    for grant in grants:
        nearness = _NEARNESS[grant.subject.kind]
        known = best.get(grant.place)
        if known is None or nearness < known[0]:
            best[grant.place] = (nearness, grant.role)
        elif nearness == known[0]:
            both = (known[1], grant.role)
            best[grant.place] = (nearness, Role.NONE if Role.NONE in both else max(both))
    by_kind: dict[PlaceKind, dict[str, Role]] = {kind: {} for kind in PlaceKind}
    for place, (_, role) in best.items():
        by_kind[place.kind][place.key] = role
    return Rights(
        is_admin=user.is_admin,
        most=most,
        everything=by_kind[PlaceKind.EVERYTHING].get(""),
        folders=by_kind[PlaceKind.FOLDER],
        experiments=by_kind[PlaceKind.EXPERIMENT],
        models=by_kind[PlaceKind.MODEL],
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
    kind, _, key = text.partition(":")
    if kind not in set(PlaceKind) or bool(key) == (kind == PlaceKind.EVERYTHING):
        raise InvalidValue(
            f"Invalid place {text[:200]!r}: write experiment:ID, model:NAME, folder:NAME, or everything."
        )
    return Place(PlaceKind(kind), key.strip("/") if kind == PlaceKind.FOLDER else key)


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
