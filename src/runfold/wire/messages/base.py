"""The base of all messages, and how floats and states look on the wire."""

from __future__ import annotations

import enum
from typing import Literal

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One body. Unknown fields of a request are ignored, so that newer clients can talk to older servers."""


class Empty(Message, frozen=True, kw_only=True):
    """`{}`: a request without fields, or the answer of a call that has nothing to tell."""


Number = float | Literal["NaN", "Infinity", "-Infinity"]
"""A float64; JSON has no word for three of them, so they are text (protobuf's JSON mapping)."""


class RunStatusName(enum.StrEnum):
    """`domain.states.RunStatus` by name; the order is that of its numbers, from 1."""

    RUNNING = "RUNNING"
    SCHEDULED = "SCHEDULED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"


class ViewTypeName(enum.StrEnum):
    """`domain.states.ViewType` by name; the order is that of its numbers, from 1."""

    ACTIVE_ONLY = "ACTIVE_ONLY"
    DELETED_ONLY = "DELETED_ONLY"
    ALL = "ALL"


class Tag(Message, frozen=True, kw_only=True, gc=False):
    key: str
    value: str


class RunRef(Message, frozen=True, kw_only=True):
    """Names a run; `run_uuid` is what MLflow called it before 1.0 and some clients still do."""

    run_id: str = ""
    run_uuid: str = ""
