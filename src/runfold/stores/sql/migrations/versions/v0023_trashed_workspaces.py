"""Workspaces go to the trash before they are purged.

Revision: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("deleted_time", sa.BigInteger(), nullable=True))
