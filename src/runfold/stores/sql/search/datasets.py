"""Which datasets the runs of some experiments used, and those of a workspace."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from runfold.domain.dataset import Dataset, DatasetSummary, DatasetVersion
from runfold.domain.dataset_access import VisibleDatasets
from runfold.domain.limits import MAX_DATASET_NAME
from runfold.domain.page import Page
from runfold.domain.states import LifecycleStage
from runfold.errors import InvalidValue, NotFound
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.hidden import hidden_of, unseen_in
from runfold.stores.sql.search.ordering import check_max_results
from runfold.stores.sql.search.telling import is_named, is_told
from runfold.stores.sql.search.values import Condition, is_one_of
from runfold.stores.sql.search.visible import is_visible
from runfold.stores.sql.tables import dataset_uses, datasets, experiments, runs
from runfold.stores.sql.workspaces import name_of, workspace_of

MAX_DATASETS = 1000
MAX_EXPERIMENTS = 100


def search_datasets(connection: sa.Connection, experiment_ids: Sequence[str]) -> tuple[DatasetSummary, ...]:
    """Datasets with the contexts they were used in, last used first."""
    numbers = sorted({parse_id(experiment_id) for experiment_id in experiment_ids})
    unseen = unseen_in(connection, numbers)
    is_sqlite = connection.dialect.name == "sqlite"
    context = sa.func.coalesce(dataset_uses.c.context, "")
    statement = (
        sa.select(datasets.c.experiment_id, datasets.c.name, datasets.c.digest, context.label("context"))
        .join(dataset_uses, dataset_uses.c.dataset_id == datasets.c.id)
        .where(datasets.c.experiment_id.in_(numbers))
        .where(is_told(unseen, datasets.c.name, datasets.c.experiment_id, is_sqlite=is_sqlite))
        .group_by(datasets.c.experiment_id, datasets.c.name, datasets.c.digest, context)
        .order_by(sa.func.max(dataset_uses.c.id).desc())
        .limit(MAX_DATASETS)
    )
    return tuple(
        DatasetSummary(experiment_id=str(row.experiment_id), name=row.name, digest=row.digest, context=row.context)
        for row in connection.execute(statement)
    )


def list_datasets(
    connection: sa.Connection, *, name: str, text: str, max_results: int, page_token: str, visible: VisibleDatasets
) -> Page[DatasetVersion]:
    """Those of the connection's workspace, by what was recorded last."""
    check_max_results(max_results)
    if "\0" in name + text or len(text) > MAX_DATASET_NAME:
        return Page()
    newest = sa.func.max(datasets.c.id)
    query = (
        sa.select(datasets.c.name, datasets.c.digest, newest.label("newest"))
        .join(experiments, experiments.c.id == datasets.c.experiment_id)
        .where(_may_be_read(connection, visible))
        .group_by(datasets.c.name, datasets.c.digest)
        .order_by(newest.desc())
        .limit(max_results + 1)
    )
    if name:
        query = query.where(datasets.c.name == name)
    if text:
        query = query.where(sa.func.lower(datasets.c.name).contains(_lower(text), autoescape=True))
    if page_token:
        query = query.having(newest < _place(page_token))
    found = connection.execute(query).all()
    page = found[:max_results]
    token = str(page[-1].newest) if len(found) > len(page) else ""
    return Page(tuple(_versions(connection, [row.newest for row in page], visible)), token)


def get_dataset(connection: sa.Connection, name: str, digest: str, *, visible: VisibleDatasets) -> Dataset:
    """Raises NotFound, also for what may not be read."""
    query = (
        sa.select(datasets)
        .join(experiments, experiments.c.id == datasets.c.experiment_id)
        .where(datasets.c.name == name.replace("\0", ""), datasets.c.digest == digest.replace("\0", ""))
        .where(_may_be_read(connection, visible))
        .order_by(datasets.c.id.desc())
    )
    row = connection.execute(query.limit(1)).first()
    if row is None:
        raise NotFound("dataset", name)
    return Dataset(
        name=row.name,
        digest=row.digest,
        source_type=row.source_type,
        source=row.source,
        schema=row.schema,
        profile=row.profile,
    )


def _may_be_read(connection: sa.Connection, visible: VisibleDatasets) -> Condition:
    """That a row of `datasets` beside its experiment lies here, and may be told of."""
    experiment, is_sqlite = experiments.c, _is_sqlite(connection)
    ways = [is_visible(connection, visible.experiments, experiment.id, experiment.name)]
    if visible.opened:
        ways.append(is_one_of(datasets.c.name, sorted(visible.opened), is_sqlite=is_sqlite))
    if visible.named:
        is_it = is_one_of(datasets.c.name, sorted(visible.named), is_sqlite=is_sqlite)
        ways.append(sa.and_(is_it, is_visible(connection, visible.around, experiment.id, experiment.name)))
    hidden = hidden_of(connection).in_workspace(name_of(connection))
    is_hidden = is_named(datasets.c.name, hidden, is_sqlite=is_sqlite) if hidden else sa.false()
    return sa.and_(experiment.workspace == workspace_of(connection), sa.not_(is_hidden), sa.or_(*ways))


def _versions(connection: sa.Connection, numbers: Sequence[int], visible: VisibleDatasets) -> list[DatasetVersion]:
    """What is known of datasets, from the experiments that may be read."""
    newest = datasets.alias()
    experiment = experiments.c
    is_seen = is_visible(connection, visible.experiments, experiment.id, experiment.name)
    here = sa.and_(experiment.workspace == workspace_of(connection), is_seen)
    uses = (
        sa.select(newest.c.id, experiment.id.label("experiment"), sa.func.count(runs.c.id.distinct()).label("n_runs"))
        .select_from(newest)
        .join(datasets, sa.and_(datasets.c.name == newest.c.name, datasets.c.digest == newest.c.digest))
        .join(experiments, sa.and_(experiment.id == datasets.c.experiment_id, here))
        .join(dataset_uses, dataset_uses.c.dataset_id == datasets.c.id)
        .join(runs, sa.and_(runs.c.id == dataset_uses.c.run, runs.c.lifecycle_stage == LifecycleStage.ACTIVE.value))
        .where(newest.c.id.in_(numbers))
        .group_by(newest.c.id, experiment.id)
        .order_by(experiment.id)
    )
    counted: dict[int, dict[str, int]] = {}
    for row in connection.execute(uses):
        counted.setdefault(row.id, {})[str(row.experiment)] = row.n_runs
    columns = (datasets.c.id, datasets.c.name, datasets.c.digest, datasets.c.source_type)
    found = {}
    for row in connection.execute(sa.select(*columns).where(datasets.c.id.in_(numbers))):
        n_runs = counted.get(row.id, {})
        found[row.id] = DatasetVersion(
            name=row.name,
            digest=row.digest,
            source_type=row.source_type,
            experiment_ids=tuple(n_runs)[:MAX_EXPERIMENTS],
            n_runs=sum(n_runs.values()),
        )
    return [found[number] for number in numbers]


def _is_sqlite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _lower(text: str) -> str:
    """As both databases do, whose `lower` knows the letters of ASCII."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _place(page_token: str) -> int:
    if not (page_token.isascii() and page_token.isdigit() and len(page_token) < 19):
        raise InvalidValue("The page token belongs to another list.")
    return int(page_token)
