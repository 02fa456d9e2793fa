"""What people look for jobs by: target, user, the grid they were asked for in, and words.

Revision: 0018
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

BATCH = 1000


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("target", words(100), server_default="", nullable=False))
    op.add_column("jobs", sa.Column("user_id", words(250), server_default="", nullable=False))
    op.add_column("jobs", sa.Column("grid", words(100), server_default="", nullable=False))
    op.add_column("jobs", sa.Column("search_text", text(), server_default="", nullable=False))
    op.create_index("ix_jobs_grid", "jobs", ["grid", "id"], unique=False)
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """The rows that are there already, as the store fills new ones."""
    some = sa.text("SELECT id, job_id, work FROM jobs WHERE id > :last ORDER BY id LIMIT :n")
    change = sa.text(
        "UPDATE jobs SET target = :target, user_id = :user_id, grid = :grid, search_text = :search_text WHERE id = :id"
    )
    last = 0
    while rows := connection.execute(some, {"last": last, "n": BATCH}).all():
        connection.execute(change, [{"id": row.id, **wanted_by(row.job_id, json.loads(row.work))} for row in rows])
        last = rows[-1].id


def wanted_by(job_id: str, work: dict[str, object]) -> dict[str, str]:
    said = [job_id, *(work.get(name) for name in ("uri", "version", "entry_point", "run_name", "kind", "origin"))]
    given, labels, tags = work.get("parameters"), work.get("labels"), work.get("tags")
    parameters = [f"{name}={value}" for name, value in given.items()] if isinstance(given, dict) else []
    places = [work.get("queue"), work.get("target"), work.get("user_id"), *(labels if isinstance(labels, list) else [])]
    whole = "\n".join(str(part) for part in [*said, *parameters, *places] if part)
    return {
        "target": str(work.get("target") or "")[:100],
        "user_id": str(work.get("user_id") or "")[:250],
        "grid": str(tags.get("runfold.grid", ""))[:100] if isinstance(tags, dict) else "",
        "search_text": whole.replace("\0", "").casefold()[:20_000],
    }
