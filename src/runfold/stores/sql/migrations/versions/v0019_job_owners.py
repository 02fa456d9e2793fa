"""Jobs: who asked for them, by number; and lists of the jobs of one workspace without a sort.

Revision: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

LISTS = {
    "ix_jobs_state": ["state", "id"],
    "ix_jobs_queue_state": ["queue", "state", "id"],
    "ix_jobs_project": ["project", "id"],
    "ix_jobs_grid": ["grid", "id"],
}


def upgrade() -> None:
    op.add_column("jobs", sa.Column("owner", sa.BigInteger(), server_default="0", nullable=False))
    for name, columns in LISTS.items():
        op.drop_index(name, "jobs")
        op.create_index(name, "jobs", ["workspace", *columns], unique=False)
    op.create_index("ix_jobs_workspace", "jobs", ["workspace", "id"], unique=False)
