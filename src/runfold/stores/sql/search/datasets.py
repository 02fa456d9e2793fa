"""Which datasets the runs of some experiments used."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from runfold.domain.dataset import DatasetSummary
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.hidden import unseen_in
from runfold.stores.sql.search.telling import is_told
from runfold.stores.sql.tables import dataset_uses, datasets

MAX_DATASETS = 1000


def search_datasets(connection: sa.Connection, experiment_ids: Sequence[str]) -> tuple[DatasetSummary, ...]:
    """Datasets with the contexts they were used in, last used first."""
    experiments = sorted({parse_id(experiment_id) for experiment_id in experiment_ids})
    unseen = unseen_in(connection, experiments)
    is_sqlite = connection.dialect.name == "sqlite"
    context = sa.func.coalesce(dataset_uses.c.context, "")
    statement = (
        sa.select(datasets.c.experiment_id, datasets.c.name, datasets.c.digest, context.label("context"))
        .join(dataset_uses, dataset_uses.c.dataset_id == datasets.c.id)
        .where(datasets.c.experiment_id.in_(experiments))
        .where(is_told(unseen, datasets.c.name, datasets.c.experiment_id, is_sqlite=is_sqlite))
        .group_by(datasets.c.experiment_id, datasets.c.name, datasets.c.digest, context)
        .order_by(sa.func.max(dataset_uses.c.id).desc())
        .limit(MAX_DATASETS)
    )
    return tuple(
        DatasetSummary(experiment_id=str(row.experiment_id), name=row.name, digest=row.digest, context=row.context)
        for row in connection.execute(statement)
    )
