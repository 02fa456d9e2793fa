"""The queue in the order in which agents walk it, and lists of jobs of a state or a queue without a sort.

Revision: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.drop_index("ix_jobs_queue", "jobs")
    op.create_index("ix_jobs_queue", "jobs", ["state", "queue", sa.text("priority DESC"), "id"], unique=False)
    op.create_index("ix_jobs_state", "jobs", ["state", "id"], unique=False)
    op.create_index("ix_jobs_queue_state", "jobs", ["queue", "state", "id"], unique=False)
