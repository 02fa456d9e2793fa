"""What renamed projects were called before.

Revision: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "former_project_names",
        sa.Column("name", words(250), nullable=False),
        sa.Column("project", words(250), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_former_project_names")),
    )
    op.create_index("ix_former_project_names_project", "former_project_names", ["project"], unique=False)
