"""One call of the table: what it takes, answers and needs, and how code names it."""

from __future__ import annotations

import enum
import re

import msgspec


class Family(enum.Enum):
    """Whose style a call follows, and below which prefixes it is found."""

    MLFLOW = ("/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/")
    MLFLOW_3 = ("/api/3.0/mlflow/", "/ajax-api/3.0/mlflow/")
    MLFLOW_ARTIFACTS = ("/api/2.0/mlflow-artifacts/", "/ajax-api/2.0/mlflow-artifacts/")
    RUNFOLD = ("/api/runfold/v1/",)
    ROOT = ("/",)


class Permission(enum.StrEnum):
    """What a caller must be allowed to do with the record that a call is about."""

    PUBLIC = "public"
    READ = "read"
    EDIT = "edit"
    MANAGE = "manage"
    ADMIN = "admin"


class Body(enum.Enum):
    """What a body holds, by its media type."""

    JSON = "application/json"
    FORM = "application/x-www-form-urlencoded"
    TEXT = "text/plain"
    FILE = "application/octet-stream"
    LINES = "application/x-ndjson"
    EVENTS = "text/event-stream"


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One call.

    Attributes:
        methods: of HTTP; HEAD goes with GET by itself.
        path: below the prefixes of the family; a final `{path}` stands for all the rest, `{model_id}` and the like for
            the field of the request that has this name.
        request: fields of the JSON body; of the query string for GET, and for calls that send something else.
        reply: fields of the answer.
        permission: what the caller must be allowed to do.
        store: the method of the records store that does the work; empty: files, or the server itself.
        summary: one sentence for people.
        sends, answers: what the bodies are.
        waits: the caller says how long the answer may take; it is not slow.
        shares_path: other rows have the same path and other methods, so the name says the method.
        status: of success; some of MLflow's clients take no other.
    """

    methods: tuple[str, ...]
    path: str
    family: Family
    request: type[msgspec.Struct]
    reply: type[msgspec.Struct]
    permission: Permission
    store: str
    summary: str
    sends: Body = Body.JSON
    answers: Body = Body.JSON
    waits: bool = False
    shares_path: bool = False
    status: int = 200

    @property
    def name(self) -> str:
        """How code names the call, such as `mlflow:runs/create` or `runs/search`."""
        match self.family:
            case Family.MLFLOW | Family.MLFLOW_3:
                return f"mlflow:{self.methods[0]} {self.path}" if self.shares_path else f"mlflow:{self.path}"
            case Family.MLFLOW_ARTIFACTS:
                return f"mlflow-artifacts:{self.methods[0]} {self.path}"
        return self.path

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that leads to the call."""
        return tuple(prefix + self.path for prefix in self.family.value)

    @property
    def is_write(self) -> bool:
        return self.permission in (Permission.EDIT, Permission.MANAGE, Permission.ADMIN)


def call(
    family: Family,
    methods: str,
    path: str,
    request: type[msgspec.Struct],
    reply: type[msgspec.Struct],
    permission: Permission,
    store: str,
    summary: str,
    sends: Body = Body.JSON,
    answers: Body = Body.JSON,
    *,
    waits: bool = False,
    shares_path: bool = False,
    status: int = 200,
) -> Endpoint:
    return Endpoint(
        methods=tuple(methods.split()),
        path=path,
        family=family,
        request=request,
        reply=reply,
        permission=permission,
        store=store,
        summary=summary,
        sends=sends,
        answers=answers,
        waits=waits,
        shares_path=shares_path,
        status=status,
    )


_FIELD = re.compile(r"\{(\w+)\}")


def path_fields(path: str) -> tuple[str, ...]:
    """The fields of the request that stand in a path; `{path}` is none, it stands for what comes last."""
    return tuple(name for name in _FIELD.findall(path) if name != "path")


def path_pattern(path: str) -> re.Pattern[str]:
    """Matches the addresses that a path with fields stands for. The key of a tag may hold slashes, an id may not."""
    parts = _FIELD.split(path)
    texts = [re.escape(text) for text in parts[::2]]
    groups = [f"(?P<{name}>{'.+' if name == 'tag_key' else '[^/]+'})" for name in parts[1::2]]
    return re.compile("".join(text + group for text, group in zip(texts, [*groups, ""], strict=True)))
