"""How much a workspace holds."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.access import PlaceKind, SubjectKind
from runfold.domain.workspace import WorkspaceContents
from runfold.stores.sql.access.tables import grants
from runfold.stores.sql.jobs.tables import HELD, jobs, registered_projects, secrets, targets
from runfold.stores.sql.registry.tables import logged_models, model_versions, registered_models
from runfold.stores.sql.retention.tables import retention_rules
from runfold.stores.sql.tables import experiments, runs, saved_views


def contents_of(connection: sa.Connection, number: int, name: str) -> WorkspaceContents:
    """Of what is in the trash, too."""

    def count(table: sa.Table, *which: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(table.c.workspace == number, *which)
        return int(connection.execute(query).scalar_one())

    n_runs, of_runs = _in_experiments(connection, runs, number)
    _, of_logged = _in_experiments(connection, logged_models, number)
    versions = sa.select(sa.func.count()).select_from(
        model_versions.join(registered_models, registered_models.c.id == model_versions.c.model)
    )
    return WorkspaceContents(
        n_experiments=count(experiments),
        n_runs=n_runs,
        n_models=count(registered_models),
        n_versions=connection.execute(versions.where(registered_models.c.workspace == number)).scalar_one(),
        n_projects=count(registered_projects),
        n_targets=count(targets),
        n_secrets=count(secrets),
        n_views=count(saved_views),
        n_jobs=count(jobs),
        n_running=count(jobs, jobs.c.state.in_(HELD)),
        n_rules=count(retention_rules),
        n_grants=count(grants) + _grants_on(connection, name),
        n_bytes=of_runs + of_logged,
    )


def _in_experiments(connection: sa.Connection, table: sa.Table, number: int) -> tuple[int, int]:
    """How many there are, and the bytes of their files."""
    n_bytes = sa.func.coalesce(sa.func.sum(table.c.n_bytes), 0)
    joined = table.join(experiments, experiments.c.id == table.c.experiment_id)
    query = sa.select(sa.func.count(), n_bytes).select_from(joined).where(experiments.c.workspace == number)
    n, total = connection.execute(query).one()
    return int(n), int(total)


def _grants_on(connection: sa.Connection, name: str) -> int:
    closing = (grants.c.subject_kind == SubjectKind.EVERYONE.value) & (grants.c.role == 0)
    query = sa.select(sa.func.count()).where(
        grants.c.place_kind == PlaceKind.WORKSPACE.value, grants.c.place_key == name, ~closing
    )
    return int(connection.execute(query).scalar_one())
