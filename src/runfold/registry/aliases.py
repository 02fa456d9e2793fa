"""Aliases of the current store."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

from runfold.domain.registered_model import ModelVersion
from runfold.tracking import active


def set_alias(name: str, alias: str, version: int | str, *, reason: str = "") -> None:
    """Point an alias to a version; the move and its reason stay in the history."""
    active.session().store.set_model_alias(name, alias, int(version), user_id=user_name(), reason=reason)


def delete_alias(name: str, alias: str, *, reason: str = "") -> None:
    """Remove an alias; an unknown one is fine."""
    active.session().store.delete_model_alias(name, alias, user_id=user_name(), reason=reason)


def get_alias(name: str, alias: str, *, at: datetime | None = None) -> ModelVersion:
    """The version that an alias points to, or pointed to at a moment.

    Args:
        at: a time without a zone is one of UTC.

    Raises:
        InvalidValue: it points (or pointed) to none.
    """
    at_ms = None
    if at is not None:
        at_ms = int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    return active.session().store.get_model_version_by_alias(name, alias, at_ms=at_ms)


def return_alias(name: str, alias: str, *, reason: str = "") -> ModelVersion:
    """Point an alias back to the version it pointed to before, and return that."""
    return active.session().store.return_model_alias(name, alias, user_id=user_name(), reason=reason)


def user_name() -> str:
    """Who is at work here, as far as the system tells."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in a container
        return ""
