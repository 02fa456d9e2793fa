"""Accounts that their owners link to a provider: what is under way, and what is told of each link.

Revision: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("sessions", sa.Column("link_digest", words(64), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("link_expires", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("identities", sa.Column("shown", words(255), server_default="", nullable=False))
    op.add_column("identities", sa.Column("creation_time", sa.BigInteger(), nullable=True))
    op.add_column("identities", sa.Column("last_sign_in", sa.BigInteger(), nullable=True))
