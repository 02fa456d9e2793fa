"""Workspaces: names hold in one. What is there already lies in the default one.

Revision: 0014
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def column() -> sa.Column[int]:
    return sa.Column("workspace", number(), server_default="1", nullable=False)


def upgrade() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", number(), autoincrement=True, nullable=False),
        sa.Column("name", words(63), nullable=False),
        sa.Column("description", text(), nullable=False),
        sa.Column("artifact_root", text(), nullable=False),
        sa.Column("creation_time", sa.BigInteger(), nullable=False),
        sa.Column("last_update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("name", name=op.f("uq_workspaces_name")),
        sqlite_autoincrement=True,
    )
    now_ms = time.time_ns() // 1_000_000
    connection = op.get_bind()
    # By hand rather than with `id`, which would leave PostgreSQL's sequence behind.
    connection.execute(
        sa.text(
            "INSERT INTO workspaces (name, description, artifact_root, creation_time, last_update_time) "
            "VALUES ('default', '', '', :now, :now)"
        ),
        {"now": now_ms},
    )
    for table in ("jobs", "saved_views"):
        op.add_column(table, column())
    op.add_column("users", sa.Column("workspace", words(63), server_default="default", nullable=False))
    op.drop_index("ix_saved_views_scope", "saved_views")
    op.create_index("ix_saved_views_scope", "saved_views", ["workspace", "scope", "name"])
    op.drop_index("ix_experiments_creation_time", "experiments")
    op.drop_index("ix_former_project_names_project", "former_project_names")
    for table in ("experiments", "registered_models"):
        unique_in_workspace(table)
    for table in ("targets", "secrets", "registered_projects", "former_project_names"):
        key(table, ["workspace", "name"])
    key("grants", ["subject_kind", "subject_id", "place_kind", "place_key", "workspace"])
    op.create_index("ix_experiments_creation_time", "experiments", ["workspace", "creation_time"])
    op.create_index("ix_former_project_names_project", "former_project_names", ["workspace", "project"])


def unique_in_workspace(table: str) -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    last = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    given = connection.execute(last, {"table": table}).scalar() if is_sqlite else None
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(column())
        batch.drop_constraint(f"uq_{table}_name", type_="unique")
        batch.create_unique_constraint(f"uq_{table}_workspace_name", ["workspace", "name"])
    if given is not None:  # numbers are never given again, also those of rows that are gone
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table"), {"table": table})
        connection.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :given)"), {"table": table, "given": given}
        )


def key(table: str, columns: Sequence[str]) -> None:
    kwargs = {"sqlite_with_rowid": False} if table == "grants" else {}
    with op.batch_alter_table(table, table_kwargs=kwargs) as batch:
        batch.add_column(column())
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.create_primary_key(f"pk_{table}", list(columns))
