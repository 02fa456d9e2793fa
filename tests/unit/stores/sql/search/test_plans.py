"""How the searches that matter read the database: one bad plan is worth a factor of a hundred.

The plans must hold with statistics, without them, and with those of a store that was small when they were
taken.
"""

import pytest
import sqlalchemy as sa

from runfold.domain.keys import KeyKind
from runfold.stores.base import RunColumns, RunQuery
from runfold.stores.sql.search import search_keys, search_runs
from runfold.stores.sql.search.walk import DEFAULT_TACTICS, Tactics
from runfold.stores.sql.store import SqlStore
from tests.unit.stores.sql.search import records

# One index for each: to walk the order, to begin from a condition, to read sets.
WALK, FEW, SETS = Tactics(few=0, max_steps=10_000), DEFAULT_TACTICS, Tactics(few=0, some=0, max_steps=0)
LARGE = ("runs", "params", "tags", "latest_metrics", "dataset_uses")


@pytest.fixture(scope="module", params=["no statistics", "analyzed"])
def engine(request, tmp_path_factory):
    uri = f"sqlite:///{tmp_path_factory.mktemp('plans')}/records.db"
    store = SqlStore(uri, records.SETTINGS)
    records.fill(store, seed=2, n_runs=40)
    store.close()
    engine = sa.create_engine(uri)
    with engine.begin() as connection:
        # The store looks after its statistics by itself.
        for table in sa.inspect(connection).get_table_names():
            if table.startswith("sqlite_stat"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        if request.param == "analyzed":
            connection.exec_driver_sql("ANALYZE")
    yield engine
    engine.dispose()


def plans(engine, question):
    """The plans of all statements that a question needs, without those of listings of few rows."""
    found = []
    with engine.connect() as connection:
        driver = connection.connection.driver_connection

        def note(conn, cursor, statement, parameters, context, executemany):
            steps = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            found.append("\n".join([statement, *(f"    {step}" for step in steps)]))

        sa.event.listen(connection, "before_cursor_execute", note)
        question(connection)
    return found


def scans(plan):
    """Steps that read a whole table: `SCAN runs_1`, but not `SCAN given` or a scan of a query's own result."""
    names = [word for line in plan.splitlines() if line.strip().startswith("SCAN ") for word in [line.split()[1]]]
    return [name for name in names if name.rstrip("_0123456789") in (*LARGE, "r")]


def search(**query):
    def question(connection, tactics):
        search_runs(
            connection,
            RunQuery(experiment_ids=("0",), max_results=5, columns=RunColumns(datasets=False), **query),
            lost_before_ms=0,
            tactics=tactics,
        )

    return question


QUESTIONS = {
    "first page": search(),
    "by metric": search(order_by=("metrics.loss DESC",)),
    "metric and param by metric": search(
        filter="metrics.loss > 0 AND params.opt = 'a'", order_by=("metrics.loss DESC",)
    ),
    "two metrics by a third": search(
        filter="metrics.loss < 1 AND metrics.`val/acc` > 0", order_by=("metrics.`a.max` DESC",)
    ),
    "tag LIKE": search(filter="tags.team LIKE '%nowhere%'"),
    "param LIKE": search(filter="params.opt LIKE 'a%'"),
    "param by number": search(filter="params.lr < 5", order_by=("params.lr",)),
    "by param": search(order_by=("params.opt DESC", "metrics.loss")),
    "by tag": search(order_by=("tags.team",)),
    "one run": search(filter="run_id = 'run-2-003'"),
    "children": search(filter="children.metrics.loss.max > 0"),
    "parent": search(filter="parent.params.opt = 'a'"),
    "dataset": search(filter="dataset.name = 'data'"),
    "alternatives": search(filter="params.opt = 'a' OR tags.team = 'b' OR metrics.loss > 3"),
    "missing": search(filter="metrics.loss IS NULL"),
}


@pytest.mark.parametrize("tactics", [WALK, FEW, SETS], ids=["walk", "few", "sets"])
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_no_search_reads_a_whole_table(engine, question, tactics):
    for plan in plans(engine, lambda connection: question(connection, tactics)):
        assert scans(plan) == [], plan


@pytest.mark.parametrize(
    "group", ["metrics.loss < 1", "params.opt IN ('a', 'A', 'b', 'ab')", "params.lr > 1", "tags.team LIKE '%x%'"]
)
def test_sets_are_read_from_an_index_alone(engine, group):
    reads = [
        plan
        for plan in plans(engine, lambda connection: search(filter=group)(connection, SETS))
        if "group_concat" in plan and "> 300" not in plan
    ]

    assert reads
    for plan in reads:
        assert "COVERING INDEX" in plan, plan


def test_keys_are_described_by_seeks(engine):
    for plan in plans(
        engine,
        lambda connection: search_keys(connection, ["0"], kinds=tuple(KeyKind), text="", max_results=10),
    ):
        assert scans(plan) == [], plan


def test_an_order_by_a_metric_is_a_walk_along_its_index(engine):
    found = plans(engine, lambda connection: search(order_by=("metrics.loss DESC",))(connection, WALK))

    walks = [plan for plan in found if plan.startswith("SELECT r.id")]
    assert walks
    assert "SEARCH latest_metrics_2 USING COVERING INDEX ix_latest_metrics_value (key_id=?" in walks[0], walks[0]


def test_columns_of_a_page_are_read_run_by_run(engine):
    columns = RunColumns(metrics=("loss",), params=("lr",), tags=("team",), datasets=False)
    query = RunQuery(experiment_ids=("0",), max_results=5, columns=columns)
    for table in ("latest_metrics", "params", "tags"):
        read = [
            plan
            for plan in plans(engine, lambda connection: search_runs(connection, query, lost_before_ms=0))
            if f"FROM {table} \n" in plan
        ]
        assert read
        assert all("PRIMARY KEY (run=?" in plan for plan in read), read
