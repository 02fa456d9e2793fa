"""Where jobs are asked for in a database itself."""

from __future__ import annotations

from runfold.domain.access import User
from runfold.domain.job import Job, NewJob
from runfold.domain.job_access import Asker
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.stores.sql.store import SqlStore


class SqlDesk:
    """`runfold.testing.job_tokens.Desk`."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store

    def submit(self, user: User, work: NewJob, workspace: str = DEFAULT_WORKSPACE) -> Job:
        return self.store.in_workspace(workspace).submit_job(work, asker=Asker(user=user.number))

    def known_as(self, token: str) -> str:
        found = self.store.find_job_token(token)
        return "" if found is None else found.user.name
