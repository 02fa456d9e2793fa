"""Where the files of versions lie: one place, however its URI is spelled."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from runfold.stores.sql.registry.tables import model_versions

# What stands between scheme and path (`/`, `///`, `//host:port/`) says nothing: the server means its own store.
_PROXIED = re.compile(r"mlflow-artifacts:(?://[^/]*)?/*(.*)", re.DOTALL | re.IGNORECASE)
_LOCAL = re.compile(r"file:(?://(?:localhost)?(?=/))?/*(.*)", re.DOTALL | re.IGNORECASE)


def spelled_alike(location: str) -> str:
    """The same text for the same place: proxied and local ones have several spellings."""
    proxied, local = _PROXIED.fullmatch(location), _LOCAL.fullmatch(location)
    if proxied is not None:
        return f"mlflow-artifacts:/{proxied[1]}".rstrip("/")
    return (f"/{local[1]}" if local is not None else location).rstrip("/")


def mark_of(location: str) -> str:
    """Short for a place."""
    return hashlib.blake2b(spelled_alike(location).encode(), digest_size=16).hexdigest()


def with_all_above(locations: Iterable[str]) -> set[str]:
    """Each place, and every folder that it lies in."""
    return {place for location in locations for place in _upwards(spelled_alike(location))}


def _upwards(place: str) -> Iterator[str]:
    while place:
        yield place
        place = place.rpartition("/")[0]


def versions_below(connection: sa.Connection, locations: Sequence[str]) -> list[int]:
    """Numbers of versions whose files lie in one of these folders, at any depth.

    Reads the locations of all versions: it is asked when a folder is to be deleted, which is rare.
    """
    folders = {spelled_alike(location) for location in locations}
    rows = connection.execute(sa.select(model_versions.c.id, model_versions.c.storage_location))
    return [row.id for row in rows if not folders.isdisjoint(_upwards(spelled_alike(row.storage_location)))]
