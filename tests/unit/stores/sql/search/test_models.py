"""Searches over models answer what the filter and the order mean in memory, whatever they ask."""

from __future__ import annotations

import math
import random

import pytest

from runfold.domain.logged_model import LoggedModelStatus, NewLoggedModel
from runfold.domain.metric import Metric
from runfold.domain.model_files import ModelFiles
from runfold.domain.registered_model import ModelCard, ModelDataset, ModelMetric, NewModelVersion, Stage
from runfold.domain.run import NewRun, RunBatch
from runfold.search import evaluate
from runfold.search.fields import LOGGED_MODELS, MODEL_VERSIONS, REGISTERED_MODELS
from runfold.search.models import without_prompts
from runfold.search.parser import parse_filter, parse_order
from runfold.stores.registry import LoggedModelQuery, ModelQuery
from runfold.stores.sql.store import SqlStore
from tests.unit.stores.sql.search import records

WORDS = ("", "a", "A", "b", "ä", "a%", "1", "1.0")
NUMBERS = (0.0, 1.0, 2.5, math.nan, math.inf)
N_FILTERS = 150


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = SqlStore(f"sqlite:///{tmp_path_factory.mktemp('models')}/records.db", records.SETTINGS)
    chance = random.Random(7)
    for name in ("churn", "Churn", "a%", "größe"):
        store.create_registered_model(name, description=chance.choice(WORDS), tags=some(chance))
        for _ in range(chance.randrange(5)):
            register(store, chance, name)
        for alias in ("a", "b"):
            model = store.get_registered_model(name)
            if model.newest is not None and chance.random() < 0.7:
                store.set_model_alias(name, alias, chance.randrange(model.newest.version) + 1)
    run_id = store.create_run(NewRun(experiment_id="0")).info.run_id
    for number in range(8):
        log(store, chance, run_id, number)
    yield store
    store.close()


def some(chance):
    return {key: chance.choice(WORDS) for key in ("a", "b") if chance.random() < 0.6}


def register(store, chance, name):
    card = ModelCard(
        algorithm=chance.choice(WORDS),
        owner=chance.choice(WORDS),
        flavours=tuple(flavour for flavour in ("a", "b") if chance.random() < 0.5),
        metrics=tuple(
            ModelMetric(key=key, value=chance.choice(NUMBERS)) for key in ("m", "n") if chance.random() < 0.6
        ),
        params=some(chance),
        datasets=tuple(
            ModelDataset(name=word, digest="d", context=chance.choice(("", "a")))
            for word in "ab"[: chance.randrange(3)]
        ),
    )
    files = chance.choice((None, ModelFiles(size_bytes=chance.randrange(3), n_files=1, digest="a")))
    new = NewModelVersion(name=name, source=chance.choice(("s3://a", "b")), tags=some(chance), card=card, files=files)
    version = store.create_model_version(new).version
    store.transition_model_version(name, version, chance.choice(list(Stage)))


def log(store, chance, run_id, number):
    new = NewLoggedModel(
        experiment_id="0",
        name="ab"[number % 2],
        model_type=chance.choice(WORDS),
        params=some(chance),
        tags=some(chance),
    )
    model_id = store.create_logged_model(new).model_id
    if chance.random() < 0.5:
        store.finalize_logged_model(model_id, LoggedModelStatus.READY)
    points = [
        Metric(key, chance.choice(NUMBERS), chance.randrange(3), 0, model_id, chance.choice(("", "d")), "")
        for key in ("m", "n")
        if chance.random() < 0.7
    ]
    store.log_batch(run_id, RunBatch(metrics=tuple(points)))


def leaf(chance, texts, wholes):
    word = chance.choice(WORDS).replace("'", "''")
    kind = chance.randrange(6)
    if kind == 0:
        field = chance.choice(wholes)
        return f"{field} {chance.choice(('=', '!=', '<', '>='))} {chance.choice((0, 1, 1.5, 2))}"
    if kind == 1:
        return (
            f"metrics.{chance.choice('mn')} {chance.choice(('=', '!=', '<', '>='))} {chance.choice(('0', '1', '2.5'))}"
        )
    if kind == 2:
        return f"params.{chance.choice('ab')} = {chance.choice(('1', repr(word)))}"
    field = chance.choice((*texts, "tags.a", "tags.b", "params.a", "metrics.m"))
    if kind == 3:
        return f"{field} IS {chance.choice(('', 'NOT '))}NULL"
    field = chance.choice((*texts, "tags.a", "tags.b"))
    return chance.choice(
        (
            f"{field} = '{word}'",
            f"{field} != '{word}'",
            f"{field} ILIKE '%{word}'",
            f"{field} NOT LIKE 'a%'",
            f"{field} IN ('a', '{word}')",
            f"{field} NOT IN ('b')",
        )
    )


def filters(seed, texts, wholes):
    chance = random.Random(seed)
    for _ in range(N_FILTERS):
        parts = [leaf(chance, texts, wholes) for _ in range(chance.randrange(1, 4))]
        parts = [f"NOT ({part})" if chance.random() < 0.2 else part for part in parts]
        yield chance.choice((" AND ", " OR ")).join(parts)


def pages(search, **query):
    found, token = [], ""
    while True:
        page = search(page_token=token, max_results=3, **query)
        found += page.items
        token = page.next_token
        if not token:
            return found


def test_versions(store):
    everything = pages(lambda **q: store.search_model_versions(ModelQuery(**q)))
    texts = (
        "name",
        "algorithm",
        "owner",
        "description",
        "current_stage",
        "flavour",
        "alias",
        "dataset.context",
        "digest",
    )
    for number, text in enumerate(filters(1, texts, ("version_number", "size"))):
        order_by = ORDERS[number % len(ORDERS)]
        node, order = without_prompts(parse_filter(text, MODEL_VERSIONS)), parse_order(order_by, MODEL_VERSIONS)
        expected = [version for version in everything if evaluate.matches(node, version)]
        found = pages(lambda **q: store.search_model_versions(ModelQuery(**q)), filter=text, order_by=order_by)
        assert names(found) == names(evaluate.sort_model_versions(expected, order)), (text, order_by)


ORDERS = ((), ("metrics.m DESC",), ("params.a", "metrics.n"), ("tags.a DESC",), ("owner", "size DESC"), ("name DESC",))


def names(found):
    return [(version.name, version.version) for version in found]


def test_registered_models(store):
    everything = pages(lambda **q: store.search_registered_models(ModelQuery(**q)))
    assert len(everything) == 4
    texts = ("name", "algorithm", "owner", "description", "flavour", "alias", "dataset.name", "digest")
    for number, text in enumerate(filters(2, texts, ("size",))):
        order_by = ORDERS[number % len(ORDERS)]
        node, order = without_prompts(parse_filter(text, REGISTERED_MODELS)), parse_order(order_by, REGISTERED_MODELS)
        expected = [model for model in everything if evaluate.matches(node, model)]
        found = pages(lambda **q: store.search_registered_models(ModelQuery(**q)), filter=text, order_by=order_by)
        wanted = evaluate.sort_registered_models(expected, order)
        assert [model.name for model in found] == [model.name for model in wanted], (text, order_by)


def test_logged_models(store):
    def search(**query):
        return pages(lambda **q: store.search_logged_models(LoggedModelQuery(experiment_ids=("0",), **q)), **query)

    everything = search()
    assert len(everything) == 8
    orders = ((), ("metrics.m DESC",), ("params.a", "metrics.n"), ("tags.a DESC",), ("model_type", "name DESC"))
    for number, text in enumerate(
        filters(3, ("name", "model_type", "status", "source_run_id"), ("creation_timestamp",))
    ):
        order_by = orders[number % len(orders)]
        node, order = parse_filter(text, LOGGED_MODELS), parse_order(order_by, LOGGED_MODELS)
        expected = [model for model in everything if evaluate.matches(node, model)]
        wanted = evaluate.sort_logged_models(expected, order)
        found = search(filter=text, order_by=order_by)
        assert [model.model_id for model in found] == [model.model_id for model in wanted], (text, order_by)
