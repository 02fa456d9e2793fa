"""Rules of retention may belong to a workspace. Those that are there stay the server's.

Revision: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def column() -> sa.Column[int]:
    """Of the workspace; 0: the server."""
    return sa.Column("workspace", number(), server_default="0", nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("retention_rules") as batch:
        batch.add_column(column())
        batch.add_column(sa.Column("keeper", number(), nullable=True))
        batch.drop_constraint("pk_retention_rules", type_="primary")
        batch.create_primary_key("pk_retention_rules", ["workspace", "name"])
    for table, last in (("retention_passes", "id"), ("retention_items", "time")):
        op.add_column(table, column())
        op.drop_index(f"ix_{table}_rule", table)
        op.create_index(f"ix_{table}_rule", table, ["workspace", "rule", last], unique=False)
