"""The files of versions, one by one."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from runfold.domain.model_files import ModelFile
from runfold.stores.sql.registry.models import find_number
from runfold.stores.sql.registry.tables import model_version_files, model_versions
from runfold.stores.sql.transaction import Transaction

_Rows = list[tuple[str, int, str]]


def write_listing(transaction: Transaction, row: int, listing: Sequence[ModelFile]) -> None:
    if not listing:
        return
    rows = [(file.path, file.size_bytes, file.sha256) for file in listing]
    transaction.run(
        "INSERT INTO model_version_files (version_id, listing) VALUES (?, ?)",
        (row, zlib.compress(msgspec.json.encode(rows))),
    )


def copy_listing(transaction: Transaction, row: int, name: str, version: int) -> None:
    """Give a version the list of another one, whose files it shares."""
    transaction.run(
        "INSERT INTO model_version_files (version_id, listing) SELECT CAST(? AS BIGINT), f.listing "
        "FROM model_version_files f JOIN model_versions v ON v.id = f.version_id WHERE v.model = ? AND v.version = ?",
        (row, find_number(transaction.connection, name), version),
    )


def read_listing(connection: sa.Connection, name: str, version: int) -> tuple[ModelFile, ...]:
    """Empty when nobody listed them."""
    query = (
        sa.select(model_version_files.c.listing)
        .join(model_versions, model_versions.c.id == model_version_files.c.version_id)
        .where(model_versions.c.model == find_number(connection, name), model_versions.c.version == version)
    )
    found = connection.execute(query).scalar()
    rows = [] if found is None else msgspec.json.decode(zlib.decompress(found), type=_Rows)
    return tuple(ModelFile(path=path, size_bytes=size, sha256=sha256) for path, size, sha256 in rows)
