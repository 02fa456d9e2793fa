"""What workspaces keep, points of series, and quotas of both.

Revision: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table in ("runs", "usage"):
        op.add_column(table, sa.Column("n_points", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("usage", sa.Column("max_points", sa.BigInteger(), nullable=True))
    op.create_table(
        "workspace_request_counts",
        sa.Column("workspace", number(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("n_requests", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "day", name=op.f("pk_workspace_request_counts")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "UPDATE runs SET n_points = counted.n FROM "
        "(SELECT run, CAST(sum(count) AS BIGINT) AS n FROM latest_metrics GROUP BY run) AS counted "
        "WHERE counted.run = runs.id"
    )
    op.execute(
        "INSERT INTO usage (owner_kind, owner_id, n_runs, n_bytes, n_points) "
        "SELECT CASE WHEN owner_id IS NULL THEN 'nobody' ELSE 'user' END, COALESCE(owner_id, 0), 0, 0, "
        "CAST(sum(n_points) AS BIGINT) FROM runs GROUP BY owner_id HAVING sum(n_points) > 0 "
        "ON CONFLICT (owner_kind, owner_id) DO UPDATE SET n_points = excluded.n_points"
    )
    op.execute(
        "INSERT INTO usage (owner_kind, owner_id, n_runs, n_bytes, n_points) "
        "SELECT 'workspace', e.workspace, CAST(sum(kept.n_runs) AS BIGINT), CAST(sum(kept.n_bytes) AS BIGINT), "
        "CAST(sum(kept.n_points) AS BIGINT) FROM ("
        "SELECT experiment_id, 1 AS n_runs, n_bytes, n_points FROM runs "
        "UNION ALL SELECT experiment_id, 0, n_bytes, 0 FROM logged_models"
        ") AS kept JOIN experiments AS e ON e.id = kept.experiment_id GROUP BY e.workspace"
    )
