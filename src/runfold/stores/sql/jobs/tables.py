"""The tables of jobs: part of the one schema that `stores.sql.tables` begins."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, text

from runfold.domain.job import JobState
from runfold.stores.sql.tables import Number, Words, metadata, words, workspace_column

HELD = tuple(state.value for state in JobState if state.is_held)
"""States in which an agent has the job."""

jobs = Table(
    "jobs",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("job_id", words(32), nullable=False, unique=True),
    # JSON of `domain.job.NewJob`. What the queue looks at stands in columns of its own beside it.
    Column("work", Words, nullable=False),
    Column("queue", words(100), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("labels", Words, nullable=False),
    Column("idempotency_key", words(250), unique=True),
    Column("state", words(12), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("agent", words(250), nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("claim_time", BigInteger),
    Column("start_time", BigInteger),
    Column("end_time", BigInteger),
    Column("lease_until", BigInteger),
    Column("is_cancel_requested", Boolean, nullable=False),
    Column("exit_code", BigInteger),
    Column("reason", Words, nullable=False),
    Column("run_id", words(256)),
    # The registered project that asked for it; empty: none.
    Column("project", words(250), nullable=False, server_default=""),
    # The same for jobs that go to a cluster as one array; empty: it goes alone.
    Column("array", words(32), nullable=False, server_default=""),
    workspace_column(),
    # What people look for, beside project, queue and state: see `jobs.listing`.
    Column("target", words(100), nullable=False, server_default=""),
    Column("user_id", words(250), nullable=False, server_default=""),
    Column("grid", words(100), nullable=False, server_default=""),
    Column("search_text", Words, nullable=False, server_default=""),
    # Number of the user who asked for it, on a server with users; 0: nobody knows. Names may be given again.
    Column("owner", BigInteger, nullable=False, server_default="0"),
    # Number of the user with whose rights it works: who asked for it, or for another try; and, as a JSON list, the
    # places that these rights are limited to.
    Column("acting", BigInteger, nullable=False, server_default="0"),
    Column("places", Words, nullable=False, server_default="[]"),
    # The job by whose token it was asked for; 0: none.
    Column("parent", BigInteger, nullable=False, server_default="0"),
    # Number of the user whose agent took it last; 0: an agent without an account.
    Column("holder", BigInteger, nullable=False, server_default="0"),
    # SHA-256 of the token of the attempt that is under way; half of it, and half of its command's: see `tokens`.
    Column("token_digest", words(64)),
    # Agents walk the queue in this order; leases are looked for by state, and people look in their workspace.
    Index("ix_jobs_queue", "state", "queue", text("priority DESC"), "id"),
    Index("ix_jobs_workspace", "workspace", "id"),
    Index("ix_jobs_state", "workspace", "state", "id"),
    Index("ix_jobs_queue_state", "workspace", "queue", "state", "id"),
    Index("ix_jobs_project", "workspace", "project", "id"),
    Index("ix_jobs_grid", "workspace", "grid", "id"),
    Index("ix_jobs_lease", "state", "lease_until"),
    Index("ix_jobs_array", "array", "id"),
    Index("ix_jobs_parent", "parent", "id"),
    Index("ix_jobs_token_digest", "token_digest", unique=True),
    sqlite_autoincrement=True,
)

job_steps = Table(
    "job_steps",
    metadata,
    # Taken from the counter that numbers changes of runs: in the order of commits, so that readers miss none.
    Column("change", BigInteger, primary_key=True, autoincrement=False),
    Column("job", Number, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", words(12), nullable=False),
    Column("agent", words(250), nullable=False),
    Column("exit_code", BigInteger),
    Column("reason", Words, nullable=False),
    Index("ix_job_steps_job", "job", "change"),
)

job_logs = Table(
    "job_logs",
    metadata,
    Column("job", Number, nullable=False),
    Column("attempt", Integer, nullable=False),
    # The first byte of the piece within the attempt's output.
    Column("start", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("job", "attempt", "start"),
    sqlite_with_rowid=False,
)

targets = Table(
    "targets",
    metadata,
    Column("name", words(100), nullable=False),
    # JSON of `domain.target.Target`; the times stand beside it.
    Column("description", Words, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    workspace_column(),
    PrimaryKeyConstraint("workspace", "name"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", words(100), nullable=False),
    Column("description", Words, nullable=False),
    # Where agents find it, or the secret itself, sealed with a key that no database holds.
    Column("reference", Words, nullable=False),
    Column("sealed", Words),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    workspace_column(),
    PrimaryKeyConstraint("workspace", "name"),
)

agents = Table(
    "agents",
    metadata,
    Column("name", words(250), nullable=False),
    # JSON of `domain.job.Agent`.
    Column("description", Words, nullable=False),
    Column("seen", BigInteger, nullable=False),
    # Number of the user whose agent it is, 0 for none: agents of two accounts may be called the same.
    Column("account", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("account", "name"),
)

registered_projects = Table(
    "registered_projects",
    metadata,
    Column("name", words(250), nullable=False),
    # JSON of `domain.registered_project.ProjectSettings`, and of its `ProjectReading`.
    Column("settings", Words, nullable=False),
    Column("reading", Words, nullable=False),
    Column("read_time", BigInteger),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    Column("user_id", words(250), nullable=False),
    workspace_column(),
    PrimaryKeyConstraint("workspace", "name"),
)

former_project_names = Table(
    "former_project_names",
    metadata,
    # Runs and old links name projects by what they were called then.
    Column("name", words(250), nullable=False),
    Column("project", words(250), nullable=False),
    workspace_column(),
    PrimaryKeyConstraint("workspace", "name"),
    Index("ix_former_project_names_project", "workspace", "project"),
)
