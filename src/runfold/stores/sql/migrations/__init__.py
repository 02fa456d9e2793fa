"""Alembic's migrations of the SQL store.

To change the schema: change `tables.py`; add `versions/vNNNN_<what>.py`, whose `upgrade()` uses `op` alone and
never imports `tables.py` (a migration must do tomorrow what it does today); add its name to
`schema.REVISIONS`; keep a database written by the last release under `tests/migrations/`. A test holds the
schema that all migrations make equal to the one that `schema.create` makes.

There is no `downgrade()`: before a SQLite store is upgraded a backup is made, which is the way back.
"""
