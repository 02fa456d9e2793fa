"""Groups have descriptions and may belong to workspaces, and what is granted to them has numbers.

Revision: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0027"


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("user_groups", sa.Column("description", text(), server_default="", nullable=False))
    op.add_column("user_groups", sa.Column("workspace", number(), server_default="0", nullable=False))
    op.add_column("grants", sa.Column("number", number(), nullable=True))
    op.add_column("access_state", sa.Column("last_grant", sa.BigInteger(), server_default="0", nullable=False))
    _number_grants()
    op.create_index("ix_grants_number", "grants", ["number"], unique=True)


def _number_grants() -> None:
    """In the order of their keys: when they were granted is not known."""
    key = ("subject_id", "place_kind", "place_key", "workspace")
    grants = sa.table("grants", *map(sa.column, ("subject_kind", "number", *key)))
    connection = op.get_bind()
    is_to_group = grants.c.subject_kind == "group"
    rows = connection.execute(
        sa.select(*(grants.c[name] for name in key)).where(is_to_group).order_by(*(grants.c[name] for name in key))
    ).all()
    for given, row in enumerate(rows, start=1):
        is_it = sa.and_(*(grants.c[name] == value for name, value in zip(key, row, strict=True)))
        connection.execute(sa.update(grants).where(is_to_group, is_it).values(number=given))
    connection.execute(sa.text("UPDATE access_state SET last_grant = :given WHERE id = 0"), {"given": len(rows)})
