"""What passes of retention did, by experiment. Of earlier ones only the sums are known.

Revision: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0024"


def number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "retention_pass_parts",
        sa.Column("pass_id", number(), nullable=False),
        sa.Column("experiment_id", number(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
            for name in ("n_retired", "n_bytes", "n_purged")
        ),
        sa.PrimaryKeyConstraint("pass_id", "experiment_id", name=op.f("pk_retention_pass_parts")),
        sqlite_with_rowid=False,
    )
