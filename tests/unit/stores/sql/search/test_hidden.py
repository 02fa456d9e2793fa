"""Searches for somebody who is denied datasets: as if these had never been recorded."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfold.domain.dataset_access import HiddenDatasets
from runfold.domain.states import ViewType
from runfold.stores.base import GroupQuery, RunQuery, TableQuery
from runfold.stores.sql.engine import Engines
from runfold.stores.sql.hidden import hiding
from runfold.stores.sql.search.runs import search_runs
from runfold.stores.sql.store import SqlStore
from tests.unit.stores.sql.search import records
from tests.unit.stores.sql.search.test_runs import DATASETS, RELATIONS, TACTICS, Expectation, ids, text_tests

MANY = frozenset(f"not recorded {n}" for n in range(600))
HIDDEN = {
    "a name in one workspace": HiddenDatasets({"default": frozenset({"data"})}),
    "another in each": HiddenDatasets({"default": frozenset({"data"}), "tenant": frozenset({"d%", "Data"})}),
    "the same in both": HiddenDatasets({"default": frozenset({"d%"}), "tenant": frozenset({"d%"})}),
    "very many names": HiddenDatasets({"default": frozenset({"data"}) | MANY, "tenant": MANY}),
    "all there are": HiddenDatasets({"default": frozenset(records.NAMES), "tenant": frozenset(records.NAMES)}),
}
WORKSPACES = {"0": "default", "1": "tenant"}
NAMES = st.sampled_from([*(f"'{name}'" for name in records.NAMES), "'nobody gave it'"])
CLAUSES = st.builds(
    str.__add__,
    RELATIONS,
    st.one_of(
        text_tests(DATASETS),
        st.builds("dataset.name {} {}".format, st.sampled_from(["=", "!="]), NAMES),
        st.builds("dataset.name {} ({}, {})".format, st.sampled_from(["IN", "NOT IN"]), NAMES, NAMES),
        st.builds("{} {}".format, DATASETS, st.sampled_from(["IS NULL", "IS NOT NULL"])),
        st.just("params.lr IS NOT NULL"),
    ),
)
FILTERS = st.recursive(
    CLAUSES,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("(NOT {})".format, inner),
    ),
    max_leaves=4,
)
SCOPES = st.sampled_from([("0",), ("1",), ("0", "1")])
QUERIES = st.builds(
    RunQuery, experiment_ids=SCOPES, filter=FILTERS, view_type=st.sampled_from(list(ViewType)), max_results=st.just(99)
)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def uri(request, tmp_path_factory):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('hidden')}/records.db"
    return request.getfixturevalue("new_postgres_database")()


@pytest.fixture(scope="module")
def store(uri):
    store = SqlStore(uri, records.SETTINGS)
    store.create_workspace("tenant")
    assert store.in_workspace("tenant").create_experiment("theirs") == "1"
    yield store
    store.close()


@pytest.fixture(scope="module")
def runs(store):
    return records.fill(store, seed=5)


@pytest.fixture(scope="module")
def search(uri, runs):
    engines = Engines(uri, records.SETTINGS)

    def search(query, tactics, hidden):
        with engines.connect_to_read() as connection, hiding(connection, hidden):
            return search_runs(connection, query, lost_before_ms=0, tactics=tactics)

    yield search
    engines.dispose()


def as_told(runs, hidden):
    """The runs as if what is hidden had not been recorded."""
    return [
        msgspec.structs.replace(
            run, datasets=tuple(use for use in run.datasets if not is_hidden(hidden, run, use.dataset.name))
        )
        for run in runs
    ]


def is_hidden(hidden, run, name):
    return name in hidden.in_workspace(WORKSPACES[run.info.experiment_id])


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
@settings(max_examples=30, deadline=None)
@given(query=QUERIES, tactics=st.sampled_from(sorted(TACTICS)))
def test_a_filter_finds_what_it_would_find_without_them(runs, search, hidden, query, tactics):
    found = search(query, TACTICS[tactics], hidden).items

    expected = Expectation(as_told(runs, hidden)).answer(query)
    assert ids(found) == ids(expected)
    assert [run.datasets for run in found] == [run.datasets for run in expected]


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("scope", [("0",), ("1",), ("0", "1")])
def test_groups_tables_and_listings_are_those_without_them(store, runs, hidden, scope):
    seen, told = store.hiding(hidden), [run for run in as_told(runs, hidden) if run.info.experiment_id in scope]
    for field in ("name", "digest", "context"):
        column = f"dataset.{field}"
        active = [run for run in told if run.info.lifecycle_stage.value == "active"]
        values = {run.info.run_id: joined(run, field) for run in active}

        groups = seen.group_runs(GroupQuery(experiment_ids=scope, by=(column,))).groups
        table = seen.read_table(TableQuery(experiment_ids=scope, fields=(column,)))

        assert {group.values[0]: group.n_runs for group in groups} == Counter(values.values())
        assert dict(zip(table.run_ids, table.columns[0].values, strict=True)) == values
    listed = {(one.experiment_id, one.name, one.digest, one.context) for one in seen.search_datasets(scope)}
    assert listed == {
        (run.info.experiment_id, use.dataset.name, use.dataset.digest, use.context)
        for run in told
        for use in run.datasets
    }


def joined(run, field):
    values = {use.context if field == "context" else getattr(use.dataset, field) for use in run.datasets}
    return ", ".join(sorted(values - {""})) or None


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_runs_that_are_read_and_changes_of_runs_do_not_name_them(store, runs, hidden):
    seen, told = store.hiding(hidden), {run.info.run_id: run.datasets for run in as_told(runs, hidden)}

    assert {run_id: seen.get_run(run_id).datasets for run_id in told} == told
    changed = seen.changed_runs(("0", "1"), after=0).runs
    assert {run.info.run_id: run.datasets for run in changed} == told


def test_nothing_is_hidden_from_the_store_itself(store, runs):
    store.hiding(HIDDEN["all there are"]).get_run(runs[0].info.run_id)

    assert {run.info.run_id: store.get_run(run.info.run_id).datasets for run in runs} == {
        run.info.run_id: run.datasets for run in runs
    }
