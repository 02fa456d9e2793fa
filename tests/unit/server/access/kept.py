"""What a store keeps, row by row, to see that calls changed nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

Rows = dict[str, list[tuple[object, ...]]]

_OF_CALLERS = {
    *("audit_records", "audit_head"),  # says who was refused
    *("sessions", "access_tokens"),  # when they were last used
    *("request_counts", "workspace_request_counts"),
    *("failed_sign_ins", "access_state"),  # wrong passwords for one's own account; how often rights changed
}
"""Tables that a call may write to, though it is refused."""
_OF_ALL_WORKSPACES = {"agents"}
"""Tables that tell of every workspace: whose agents look for jobs."""
_IN_BACKGROUND = {"runs": {"last_write", "change"}}


class Kept:
    """Reads the file of the store beside it."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, check_same_thread=False)
        tables = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = sorted(name for (name,) in tables if not name.startswith("sqlite_") and name not in _OF_CALLERS)
        self._queries = {name: f"SELECT {', '.join(self._columns(name))} FROM {name}" for name in names}
        self._seen: tuple[int, Rows] | None = None

    def rows(self) -> Rows:
        """Of every table; read again only when something was written since."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if self._seen is None or self._seen[0] != version:
            self._seen = (
                version,
                {name: self._connection.execute(sql).fetchall() for name, sql in self._queries.items()},
            )
        return self._seen[1]

    def rows_outside(self, workspace: str) -> Rows:
        """Those of what lies in another workspace, or in none."""
        (number,) = self._connection.execute("SELECT id FROM workspaces WHERE name = ?", (workspace,)).fetchone()
        inside = {name: sql for name, sql in self._queries.items() if '"workspace"' in sql}
        return {
            **{name: rows for name, rows in self.rows().items() if name not in _OF_ALL_WORKSPACES},
            **{
                name: self._connection.execute(f"{sql} WHERE workspace <> ?", (number,)).fetchall()
                for name, sql in inside.items()
            },
        }

    def close(self) -> None:
        self._connection.close()

    def _columns(self, table: str) -> list[str]:
        columns = [row[1] for row in self._connection.execute(f"PRAGMA table_info({table})")]
        return [f'"{column}"' for column in columns if column not in _IN_BACKGROUND.get(table, ())]
