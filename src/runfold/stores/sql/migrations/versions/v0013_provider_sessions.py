"""What a provider of OpenID Connect knows a session by, and programs that wait to be let in by a browser.

Revision: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("sessions", sa.Column("issuer", words(500), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("sid", words(255), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("id_token", text(), server_default="", nullable=False))
    op.create_table(
        "waiting_programs",
        sa.Column("digest", words(64), nullable=False),
        sa.Column("code", words(8), nullable=False),
        sa.Column("program", text(), nullable=False),
        sa.Column("address", text(), nullable=False),
        sa.Column("scope", sa.SmallInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("user_id", number(), nullable=True),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_waiting_programs")),
        sa.UniqueConstraint("code", name=op.f("uq_waiting_programs_code")),
    )
