import pytest

from runfold.domain.states import ViewType
from runfold.errors import InvalidFilter
from runfold.search import evaluate
from runfold.search.fields import EXPERIMENTS
from runfold.search.parser import parse_filter, parse_order
from runfold.stores.base import ExperimentQuery
from runfold.stores.sql.store import SqlStore
from tests.unit.stores.sql.search import records


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = SqlStore(f"sqlite:///{tmp_path_factory.mktemp('experiments')}/records.db", records.SETTINGS)
    for number, name in enumerate(("vision/cats", "vision/dogs", "Speech", "100%", "größe", "b", "B")):
        tags = {"team": "ml"} if number % 2 else {"mlflow.note.content": f"note {number}"}
        store.create_experiment(name, tags=tags)
    store.delete_experiment("3")
    yield store
    store.close()


@pytest.fixture(scope="module")
def experiments(store):
    return [store.get_experiment(str(number)) for number in range(8)]


def names(found):
    return [experiment.name for experiment in found]


@pytest.mark.parametrize("view_type", list(ViewType))
@pytest.mark.parametrize("order_by", [(), ("name",), ("name DESC",), ("tags.team DESC", "experiment_id")])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "name = 'b'",
        "name ILIKE 'B'",
        "name LIKE 'vision/%' OR name LIKE '%0\\%'",
        "NOT name ILIKE '%GRÖSSE%' AND name ILIKE '%GRÖ%'",
        "tags.team = 'ml' AND creation_time > 0",
        "tags.team != 'x'",
        "tags.team IS NULL",
        "description ILIKE 'NOTE%'",
        "experiment_id IN ('1', '2', 'x')",
        "last_update_time < 5 OR lifecycle_stage = 'deleted'",
        "name NOT IN ('b', 'B') AND artifact_location LIKE 'mlflow-artifacts:%'",
    ],
)
def test_the_store_answers_what_the_filter_and_the_order_mean(store, experiments, text, order_by, view_type):
    node, order = parse_filter(text, EXPERIMENTS), parse_order(order_by, EXPERIMENTS)
    visible = [experiment for experiment in experiments if experiment.lifecycle_stage in view_type.stages]
    expected = evaluate.sort_experiments([some for some in visible if evaluate.matches(node, some)], order)

    found, token = [], None
    while token != "":
        query = ExperimentQuery(
            filter=text, order_by=order_by, view_type=view_type, max_results=2, page_token=token or ""
        )
        page = store.search_experiments(query)
        found += page.items
        token = page.next_token

    assert found == expected


def test_a_mistake_in_a_filter_is_an_invalid_filter(store):
    with pytest.raises(InvalidFilter):
        store.search_experiments(ExperimentQuery(filter="colour = 'red'"))
