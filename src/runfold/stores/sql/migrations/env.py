"""What Alembic runs to reach the database: the caller's open connection, and a version table of our own."""

from __future__ import annotations

from alembic import context

from runfold.stores.sql.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    # One transaction for all steps: an interrupted upgrade leaves the store as it was.
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
