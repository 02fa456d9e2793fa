"""What is granted: a role, to a subject, on a place; and how they are written."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import msgspec

from runfold.domain.access.roles import Role
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidValue

_IN_WORKSPACE = "workspace:"


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
    DATASET = "dataset"
    NEW = "new"


RECORDS_BY_NAME = (PlaceKind.MODEL, PlaceKind.PROJECT, PlaceKind.TARGET)
"""Kinds of records whose names hold in a workspace."""

_NAMED = frozenset({PlaceKind.FOLDER, PlaceKind.NEW, PlaceKind.DATASET, *RECORDS_BY_NAME})

_OF_FOLDERS = frozenset({PlaceKind.FOLDER, PlaceKind.NEW})


def word_for(kind: PlaceKind) -> str:
    """What people call a record of the kind."""
    return "registered model" if kind is PlaceKind.MODEL else kind.value


class Subject(msgspec.Struct, frozen=True):
    """To whom something is granted: `user:ann`, `group:vision`, or `everyone` who has signed in."""

    kind: SubjectKind
    name: str = ""

    @property
    def text(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


class Place(msgspec.Struct, frozen=True):
    """What is granted: `experiment:12`, `model:churn`, `project:train`, `target:gpu`, `dataset:wine`,
    `folder:team/vision` (of experiments), `workspace:vision`, or `everything`. Names lie in the default workspace, or
    in another: `workspace:vision/model:churn`.

    What is granted on `new` is granted on each record at the moment when it is made in the workspace; on
    `new:team/vision`, on each experiment that is made in the folder.

    Attributes:
        workspace: in which the key is a name; experiments have ids of their own.
    """

    kind: PlaceKind
    key: str = ""
    workspace: str = DEFAULT_WORKSPACE

    @property
    def text(self) -> str:
        inside = "" if self.workspace == DEFAULT_WORKSPACE else f"workspace:{self.workspace}/"
        return f"{inside}{self.kind}" + (f":{self.key}" if self.key else "")

    @property
    def is_named(self) -> bool:
        """Whether its key is a name in a workspace."""
        return self.kind in _NAMED


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    subject: Subject
    place: Place
    role: Role


class NumberedGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A grant to a group, by the number that it keeps while it lasts, whatever its role or its record's name."""

    number: int
    grant: Grant


def folders_of(name: str) -> Iterable[str]:
    """The folders that a name lies in, innermost first: `a/b` and `a` for `a/b/c`."""
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name


def places_of_new(kind: PlaceKind, name: str, workspace: str) -> tuple[Place, ...]:
    """Where it is granted what a record of this kind and name gets when it is made; the nearest first."""
    folders = folders_of(name) if kind is PlaceKind.EXPERIMENT else ()
    return tuple(Place(PlaceKind.NEW, folder, workspace) for folder in (*folders, ""))


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
    is_place = kind == PlaceKind.NEW or (kind in set(PlaceKind) and bool(key) == (kind != PlaceKind.EVERYTHING))
    if not is_place or (text != whole and (not workspace or kind not in _NAMED)):
        raise InvalidValue(
            f"Invalid place {whole[:200]!r}: write experiment:ID, model:NAME, project:NAME, target:NAME, "
            "dataset:NAME, folder:NAME, workspace:NAME, everything, new or new:FOLDER for what is made from now on, "
            "or for a name in another workspace than the default one workspace:NAME/model:NAME."
        )
    return Place(PlaceKind(kind), key.strip("/") if kind in _OF_FOLDERS else key, workspace)
