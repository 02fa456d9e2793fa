"""Jobs: with whose rights they work, and whose agents have them; agents of two accounts may have one name.

Revision: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    op.add_column("jobs", number("acting"))
    op.add_column("jobs", sa.Column("places", text(), server_default="[]", nullable=False))
    for name in ("parent", "holder"):
        op.add_column("jobs", number(name))
    op.add_column("jobs", sa.Column("token_digest", words(64), nullable=True))
    op.execute("UPDATE jobs SET acting = owner")
    op.create_index("ix_jobs_parent", "jobs", ["parent", "id"], unique=False)
    op.create_index("ix_jobs_token_digest", "jobs", ["token_digest"], unique=True)
    with op.batch_alter_table("agents") as batch:
        batch.add_column(number("account"))
        batch.drop_constraint("pk_agents", type_="primary")
        batch.create_primary_key("pk_agents", ["account", "name"])
