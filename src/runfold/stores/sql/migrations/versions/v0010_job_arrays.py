"""Which jobs go to a cluster together.

Revision: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("array", words(32), server_default="", nullable=False))
    op.create_index("ix_jobs_array", "jobs", ["array", "id"], unique=False)
