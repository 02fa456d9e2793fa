"""Credentials of users, and what they are limited to."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from runfold.domain.access.grants import Place, PlaceKind
from runfold.domain.access.roles import Role
from runfold.errors import InvalidValue

MAX_TOKEN_PLACES = 50


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A credential of a user; the secret itself is not kept.

    Attributes:
        scope: at most what this role can do, wherever it is used; an administrator's token administers if that is all.
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


def check_limits(places: Sequence[Place]) -> None:
    """Raises InvalidValue for what a token cannot be limited to."""
    if len(places) > MAX_TOKEN_PLACES:
        raise InvalidValue(f"A token is limited to at most {MAX_TOKEN_PLACES} places; name a folder or workspace.")
    if any(place.kind is PlaceKind.EVERYTHING for place in places):
        raise InvalidValue("A token that is limited to everything is not limited; name no place.")
    if any(place.kind is PlaceKind.NEW for place in places):
        raise InvalidValue("A token is limited to records that there are; name a folder or workspace.")
