"""The store's searches against their meaning in memory, over runs full of edge cases."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfold.domain.states import LifecycleStage, ViewType
from runfold.errors import InvalidValue
from runfold.search import evaluate
from runfold.search.fields import RUNS
from runfold.search.parser import parse_filter, parse_order
from runfold.stores.base import RunQuery
from runfold.stores.sql.engine import Engines
from runfold.stores.sql.search.runs import search_runs
from runfold.stores.sql.search.walk import DEFAULT_TACTICS, Tactics
from runfold.stores.sql.store import SqlStore
from tests.unit.stores.sql.search import records


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def uri(request, tmp_path_factory):
    """The address of a store full of edge cases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('search')}/records.db"
    return request.getfixturevalue("new_postgres_database")()


@pytest.fixture(scope="module")
def store(uri):
    store = SqlStore(uri, records.SETTINGS)
    yield store
    store.close()


class Expectation:
    """What queries over some runs answer, by the evaluator."""

    def __init__(self, runs):
        self.runs = runs

    def answer(self, query):
        visible = [
            run
            for run in self.runs
            if run.info.experiment_id in query.experiment_ids and run.info.lifecycle_stage in query.view_type.stages
        ]
        family = evaluate.Runs(visible)
        node, order = parse_filter(query.filter, RUNS), parse_order(query.order_by, RUNS)
        return evaluate.sort_runs([run for run in visible if evaluate.matches(node, run, family)], order)


@pytest.fixture(scope="module")
def expectation(store):
    return Expectation(records.fill(store, seed=1))


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def key(group, name):
    return f"{group}.`{name.replace('`', '``')}`"


METRICS = st.builds(
    lambda name, suffix: key("metrics", name) + suffix,
    st.sampled_from(records.METRIC_KEYS),
    st.sampled_from(["", "", ".min", ".max", ".last"]),
)
COUNTS = st.sampled_from([key("metrics", name) + ".count" for name in records.METRIC_KEYS])
PARAMS = st.sampled_from([key("params", name) for name in (*records.PARAM_KEYS, "unknown")])
TAGS = st.sampled_from([key("tags", name) for name in (*records.TAG_KEYS, "mlflow.runName")])
TEXT_NAMES = ["run_id", "run_name", "user_id", "status", "state", "artifact_uri", "experiment_id"]
TEXT_ATTRIBUTES = st.sampled_from([*TEXT_NAMES, "lifecycle_stage", "parent_run_id", "description"])
WHOLE_ATTRIBUTES = st.sampled_from(["start_time", "end_time", "duration"])
DATASETS = st.sampled_from(["dataset.name", "dataset.digest", "dataset.context"])

WORDS = ["RUNNING", "FINISHED", "FAILED", "ada", "run-1-003", "0", "active", "training", "eval", "data", "b"]
VALUES = st.sampled_from([*records.TEXTS, *WORDS])
PATTERN_PIECES = ["%", "_", "a", "A", "b", "ä", "ß", "N", "z" * 100, "[", "*", "?", "\\", "1", "run", "%", ".", "İ"]
PATTERNS = st.lists(st.sampled_from(PATTERN_PIECES), max_size=5).map("".join)
NUMBERS = st.sampled_from(
    [
        "0",
        "1",
        "-1",
        "0.5",
        "1.5",
        "1000",
        "1e300",
        "inf",
        "-inf",
        "-3",
        "9",
        "10",
        "-1e30",
        "0.25",
        str(2**53 + 1),
        "99999999999999999999",
    ]
)
COMPARISONS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
RELATIONS = st.sampled_from(["", "", "", "", "parent.", "children."])


def text_tests(fields):
    return st.one_of(
        st.builds("{} {} {}".format, fields, st.sampled_from(["=", "!="]), VALUES.map(quote)),
        st.builds(
            "{} {} {}".format, fields, st.sampled_from(["LIKE", "ILIKE", "NOT LIKE", "NOT ILIKE"]), PATTERNS.map(quote)
        ),
        st.builds(
            lambda field, negation, values: f"{field} {negation} ({', '.join(values)})",
            fields,
            st.sampled_from(["IN", "NOT IN"]),
            st.lists(VALUES.map(quote), min_size=1, max_size=4),
        ),
    )


def number_tests(fields, *, nan=False):
    single = st.builds("{} {} {}".format, fields, COMPARISONS, NUMBERS)
    several = st.builds(
        lambda field, negation, values: f"{field} {negation} ({', '.join(values)})",
        fields,
        st.sampled_from(["IN", "NOT IN"]),
        st.lists(NUMBERS | st.just("nan") if nan else NUMBERS, min_size=1, max_size=4),
    )
    between = st.builds("{} {} {} AND {}".format, fields, st.sampled_from(["BETWEEN", "NOT BETWEEN"]), NUMBERS, NUMBERS)
    same = st.builds("{} {} nan".format, fields, st.sampled_from(["=", "!="]))
    return st.one_of(single, several, between, same) if nan else st.one_of(single, several, between)


CLAUSES = st.builds(
    str.__add__,
    RELATIONS,
    st.one_of(
        number_tests(METRICS, nan=True),
        number_tests(COUNTS),
        number_tests(PARAMS, nan=True),
        text_tests(PARAMS),
        text_tests(TAGS),
        text_tests(TEXT_ATTRIBUTES),
        text_tests(DATASETS),
        number_tests(WHOLE_ATTRIBUTES),
        st.builds("lost {} {}".format, st.sampled_from(["=", "!="]), st.sampled_from(["true", "false"])),
        st.builds(
            "{} {}".format,
            st.one_of(METRICS, COUNTS, PARAMS, TAGS, TEXT_ATTRIBUTES, WHOLE_ATTRIBUTES, DATASETS),
            st.sampled_from(["IS NULL", "IS NOT NULL"]),
        ),
    ),
)
FILTERS = st.recursive(
    CLAUSES,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("(NOT {})".format, inner),
    ),
    max_leaves=6,
)
ORDERS = st.lists(
    st.builds(
        "{} {}".format,
        st.one_of(METRICS, COUNTS, PARAMS, TAGS, TEXT_ATTRIBUTES, WHOLE_ATTRIBUTES, st.just("lost")),
        st.sampled_from(["ASC", "DESC"]),
    ),
    max_size=3,
    unique_by=lambda item: item.split(" ASC")[0].split(" DESC")[0].removesuffix(".last"),
)


def ids(runs):
    return [run.info.run_id for run in runs]


QUERIES = st.builds(
    RunQuery,
    experiment_ids=st.sampled_from([("0",), ("1",), ("0", "1")]),
    filter=FILTERS | st.just(""),
    order_by=ORDERS.map(tuple),
    view_type=st.sampled_from(list(ViewType)),
    max_results=st.just(1000),
)


# Windows and limits so small that sixty runs go every way that a million would.
TACTICS = {
    "walk": Tactics(few=0, first_window=2, growth=2, max_steps=10_000),
    "give up": Tactics(few=0, first_window=2, growth=1, max_steps=6),
    "one set": Tactics(few=0, first_window=1, growth=2, max_steps=0),
    "all sets": Tactics(few=0, some=0, first_window=1, growth=2, max_steps=0),
    "few": Tactics(few=10, first_window=3, max_steps=0),
    "default": DEFAULT_TACTICS,
}


@pytest.fixture(scope="module")
def search(uri, expectation):
    """Searches with tactics of the test's choice."""
    engines = Engines(uri, records.SETTINGS)

    def search(query, tactics):
        with engines.connect_to_read() as connection:
            return search_runs(connection, query, lost_before_ms=0, tactics=tactics)

    yield search
    engines.dispose()


@pytest.mark.parametrize("tactics", TACTICS.values(), ids=TACTICS)
@settings(max_examples=50, deadline=None)
@given(query=QUERIES)
def test_the_store_answers_what_the_filter_and_the_order_mean(expectation, search, tactics, query):
    found = search(query, tactics).items

    assert ids(found) == ids(expectation.answer(query))


@pytest.mark.parametrize("tactics", TACTICS.values(), ids=TACTICS)
@settings(max_examples=20, deadline=None)
@given(query=QUERIES, size=st.integers(1, 20))
def test_pages_put_together_are_the_whole(expectation, search, tactics, query, size):
    whole = ids(expectation.answer(query))

    found, tokens = [], [""]
    while tokens[-1] or len(tokens) == 1:
        query = msgspec.structs.replace(query, max_results=size, page_token=tokens[-1])
        page = search(query, tactics)
        found += ids(page.items)
        tokens.append(page.next_token)

    assert found == whole
    assert len(tokens) - 1 == max(1, -(-len(whole) // size))


@pytest.mark.parametrize("tactics", TACTICS.values(), ids=TACTICS)
@pytest.mark.parametrize("size", [1, 2, 7])
def test_pages_smaller_than_the_number_of_strands_lose_no_run(expectation, search, tactics, size):
    query = RunQuery(experiment_ids=records.EXPERIMENTS, view_type=ViewType.ALL, max_results=size)
    whole = ids(expectation.answer(query))

    found, token = [], None
    while token != "":
        page = search(msgspec.structs.replace(query, page_token=token or ""), tactics)
        found += ids(page.items)
        token = page.next_token

    assert found == whole


@pytest.mark.parametrize("tactics", TACTICS.values(), ids=TACTICS)
@pytest.mark.parametrize("place", ["dataset.context", "dataset.name", "dataset.digest"])
@pytest.mark.parametrize("what", ["IS NULL", "IS NOT NULL"])
@pytest.mark.parametrize("view", list(ViewType))
def test_runs_with_and_without_data_are_told_apart(expectation, search, tactics, place, what, view):
    for chosen in (("0",), ("1",), ("0", "1")):
        query = RunQuery(experiment_ids=chosen, filter=f"{place} {what}", view_type=view, max_results=1000)
        assert ids(search(query, tactics).items) == ids(expectation.answer(query))


@pytest.mark.parametrize("tactics", TACTICS.values(), ids=TACTICS)
@pytest.mark.parametrize("joint", [" OR ", " AND "])
def test_the_longest_filters_are_answered(expectation, search, tactics, joint):
    leaves = [f"params.opt = '{text}'" for text in "ab1"] + ["NOT metrics.loss > 7", "children.run_name != 'x'"]
    text = joint.join(f"({leaf} OR tags.team = '{number}')" for number in range(20) for leaf in leaves)
    query = RunQuery(experiment_ids=records.EXPERIMENTS, filter=text)

    assert ids(search(query, tactics).items) == ids(expectation.answer(query))


@pytest.mark.parametrize("tactics", TACTICS.values(), ids=TACTICS)
def test_thousands_of_experiments_are_searched_together(expectation, search, tactics):
    few = RunQuery(
        experiment_ids=records.EXPERIMENTS,
        filter="metrics.loss > 0 OR dataset.name = 'data' OR children.params.opt != 'x' OR tags.team LIKE '%a%'",
        order_by=("params.opt DESC",),
    )
    many = msgspec.structs.replace(few, experiment_ids=(*few.experiment_ids, *map(str, range(10, 20_000))))

    assert ids(search(many, tactics).items) == ids(expectation.answer(few))


@pytest.mark.parametrize("tactics", TACTICS.values(), ids=TACTICS)
def test_ten_keys_are_ordered_by(expectation, search, tactics):
    order_by = [f"metrics.loss.{statistic} DESC" for statistic in ("min", "max", "last", "count")]
    order_by += ["params.opt", "params.lr DESC", "tags.team", "status", "duration", "start_time"]
    query = RunQuery(experiment_ids=records.EXPERIMENTS, order_by=tuple(order_by))

    assert ids(search(query, tactics).items) == ids(expectation.answer(query))


def test_runs_come_whole_or_with_the_columns_asked_for(store, expectation):
    active = [run for run in expectation.runs if run.info.lifecycle_stage is LifecycleStage.ACTIVE]
    found = store.search_runs(RunQuery(experiment_ids=records.EXPERIMENTS)).items

    assert {run.info.run_id: repr(run) for run in found} == {run.info.run_id: repr(run) for run in active}


@pytest.mark.parametrize("token", ["x", "e30=", "WyJhIixbXV0=", "not base64!", "é"])
def test_a_token_that_is_none_is_refused(store, token):
    with pytest.raises(InvalidValue):
        store.search_runs(RunQuery(experiment_ids=("0",), page_token=token))


def test_a_token_of_another_search_is_refused(store, expectation):
    token = store.search_runs(RunQuery(experiment_ids=("0",), max_results=1)).next_token

    with pytest.raises(InvalidValue):
        store.search_runs(RunQuery(experiment_ids=("0",), filter="lost = false", page_token=token))
