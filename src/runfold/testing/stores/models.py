"""Registered models: names, tags, search."""

from __future__ import annotations

import pytest

from runfold.domain.model_limits import MAX_ALIAS, MAX_MODEL_NAME, MAX_MODEL_TAG_VALUE
from runfold.domain.registered_model import (
    PROMPT_TAG,
    CardChanges,
    ModelCard,
    ModelMetric,
    NewModelVersion,
    RegisteredModel,
    Stage,
)
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.stores.registry import ModelQuery
from runfold.testing.stores.records import new_model, new_version, unique


def found_models(store: TrackingStore, filter_: str, *order_by: str) -> list[RegisteredModel]:
    found: list[RegisteredModel] = []
    token = ""
    while True:
        page = store.search_registered_models(
            ModelQuery(filter=filter_, order_by=order_by, max_results=2, page_token=token)
        )
        found += page.items
        token = page.next_token
        if not token:
            return found


def test_a_new_model_reads_back_as_it_was_made(store: TrackingStore) -> None:
    name = unique("churn")
    made = store.create_registered_model(name, description="who leaves", user_id="ada", tags={"team": "ml"})
    assert made == store.get_registered_model(name)
    assert (made.name, made.description, made.user_id, made.tags) == (name, "who leaves", "ada", {"team": "ml"})
    assert made.creation_time_ms == made.last_update_time_ms > 0
    assert (made.newest, made.latest_versions, made.n_versions, made.aliases) == (None, (), 0, {})


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "a:b", ".", "..", "x" * (MAX_MODEL_NAME + 1), "a\x00b"], ids=lambda name: repr(name[:5])
)
def test_a_model_name_that_is_none_is_refused(store: TrackingStore, name: str) -> None:
    present = new_model(store)
    with pytest.raises(InvalidValue):
        store.create_registered_model(name)
    with pytest.raises(InvalidValue):
        store.rename_registered_model(present, name)


@pytest.mark.parametrize("name", ["Größe 数据 🚀", "a'b\"c;--%_", " spaces ", "a.b@c#d?e&f", "<script>"])
def test_an_odd_model_name_is_kept_to_the_letter(store: TrackingStore, name: str) -> None:
    name = unique(name)
    store.create_registered_model(name)
    version = new_version(store, name)
    store.set_model_alias(name, "champion", version)
    assert store.get_registered_model(name).name == name
    assert store.get_model_version_by_alias(name, "champion").name == name


def test_a_taken_model_name_is_refused(store: TrackingStore) -> None:
    name = new_model(store)
    with pytest.raises(AlreadyExists) as caught:
        store.create_registered_model(name)
    assert name in caught.value.message


def test_a_name_taken_by_a_prompt_says_so(store: TrackingStore) -> None:
    name = unique("prompt")
    store.create_registered_model(name, tags={PROMPT_TAG: "true"})
    with pytest.raises(AlreadyExists, match="prompt"):
        store.create_registered_model(name)


def test_an_unknown_model_is_not_found(store: TrackingStore) -> None:
    name = unique("none")
    for call in (
        store.get_registered_model,
        store.delete_registered_model,
        store.latest_model_versions,
        store.list_alias_moves,
    ):
        with pytest.raises(NotFound):
            call(name)
    for change in (
        lambda: store.update_registered_model(name, description="x"),
        lambda: store.rename_registered_model(name, unique("other")),
        lambda: store.set_registered_model_tag(name, "k", "v"),
        lambda: store.create_model_version(NewModelVersion(name=name, source="s3://bucket/m")),
        lambda: store.set_model_alias(name, "a", 1),
        lambda: store.get_model_version_by_alias(name, "a"),
    ):
        with pytest.raises(NotFound):
            change()


def test_a_rename_takes_versions_tags_and_aliases_along(store: TrackingStore) -> None:
    name, new_name = new_model(store, tags={"k": "v"}), unique("renamed")
    version = new_version(store, name)
    store.set_model_alias(name, "champion", version)

    renamed = store.rename_registered_model(name, new_name)

    assert (renamed.name, renamed.tags, renamed.aliases) == (new_name, {"k": "v"}, {"champion": version})
    assert store.get_model_version(new_name, version).name == new_name
    assert [move.alias for move in store.list_alias_moves(new_name)] == ["champion"]
    with pytest.raises(NotFound):
        store.get_registered_model(name)
    assert store.create_registered_model(name).n_versions == 0


def test_a_model_is_not_renamed_to_a_taken_name(store: TrackingStore) -> None:
    one, other = new_model(store), new_model(store)
    with pytest.raises(AlreadyExists):
        store.rename_registered_model(one, other)
    assert store.rename_registered_model(one, one).name == one


def test_a_deleted_model_leaves_nothing_to_its_successor(store: TrackingStore) -> None:
    name = new_model(store, tags={"k": "v"})
    store.set_model_alias(name, "champion", new_version(store, name))
    store.delete_registered_model(name)
    with pytest.raises(NotFound):
        store.get_model_version(name, 1)
    again = store.create_registered_model(name)
    assert (again.tags, again.aliases, store.list_alias_moves(name)) == ({}, {}, ())
    assert new_version(store, name) == 1


def test_model_tags_are_overwritten_and_removed(store: TrackingStore) -> None:
    name = new_model(store)
    store.set_registered_model_tag(name, "k", "1")
    store.set_registered_model_tag(name, "k", "2")
    store.set_registered_model_tag(name, "long", "x" * MAX_MODEL_TAG_VALUE)
    assert store.get_registered_model(name).tags["k"] == "2"
    store.delete_registered_model_tag(name, "k")
    store.delete_registered_model_tag(name, "k")
    assert set(store.get_registered_model(name).tags) == {"long"}
    with pytest.raises(InvalidValue):
        store.set_registered_model_tag(name, "k", "x" * (MAX_MODEL_TAG_VALUE + 1))
    with pytest.raises(InvalidValue):
        store.set_registered_model_tag(name, "a//b", "x")


def test_a_description_is_changed(store: TrackingStore) -> None:
    name = new_model(store)
    assert store.update_registered_model(name, description="new").description == "new"
    assert store.update_registered_model(name, description="").description == ""


def test_models_come_by_name_page_by_page(store: TrackingStore) -> None:
    prefix = unique("paged")
    for letter in "bdaec":
        store.create_registered_model(f"{prefix}-{letter}")
    like = f"name LIKE '{prefix}%'"
    assert [model.name[-1] for model in found_models(store, like)] == list("abcde")
    assert [model.name[-1] for model in found_models(store, like, "name DESC")] == list("edcba")
    assert [model.name[-1] for model in found_models(store, like, "timestamp ASC")] == list("bdaec")


def test_models_are_found_by_their_tags_and_what_is_known_of_the_newest_version(store: TrackingStore) -> None:
    name = new_model(store, tags={"team": "ml"})
    new_version(store, name, card=ModelCard(algorithm="linear"))
    card = ModelCard(algorithm="gradient boosting", framework="lightgbm", metrics=(ModelMetric(key="auc", value=0.93),))
    version = new_version(store, name, card=card)
    store.set_model_alias(name, "champion", version)
    for text, is_found in (
        ("tags.team = 'ml'", True),
        ("algorithm = 'gradient boosting' AND framework = 'lightgbm' AND metrics.auc > 0.9", True),
        ("algorithm = 'linear'", False),
        ("alias = 'champion'", True),
        ("task IS NULL AND NOT (metrics.auc < 0.9 OR owner = 'ada')", True),
    ):
        assert [model.name for model in found_models(store, f"name = '{name}' AND {text}")] == [name] * is_found, text


def test_prompts_are_found_only_when_they_are_asked_for(store: TrackingStore) -> None:
    prefix = unique("hidden")
    store.create_registered_model(f"{prefix}-prompt", tags={PROMPT_TAG: "true"})
    store.create_registered_model(f"{prefix}-model")
    like = f"name LIKE '{prefix}%'"
    assert [model.name for model in found_models(store, like)] == [f"{prefix}-model"]
    as_clients_say = f"{like} AND tags.`{PROMPT_TAG}` != 'true'"
    assert [model.name for model in found_models(store, as_clients_say)] == [f"{prefix}-model"]
    asked = f"{like} AND tags.`{PROMPT_TAG}` = 'true'"
    assert [model.name for model in found_models(store, asked)] == [f"{prefix}-prompt"]


@pytest.mark.parametrize("text", ["nonsense ='1'", "name >", "version_number = 1", "name > 'a'"])
def test_a_filter_over_models_that_does_not_parse_is_refused(store: TrackingStore, text: str) -> None:
    with pytest.raises(InvalidValue):
        store.search_registered_models(ModelQuery(filter=text))


@pytest.mark.parametrize("order", ["nonsense", "alias", "name name", "dataset.name"])
def test_an_order_of_models_that_has_no_meaning_is_refused(store: TrackingStore, order: str) -> None:
    with pytest.raises(InvalidValue):
        store.search_registered_models(ModelQuery(order_by=(order,)))


def test_latest_versions_are_one_for_each_stage(store: TrackingStore) -> None:
    name = new_model(store)
    for _ in range(4):
        new_version(store, name)
    store.transition_model_version(name, 1, Stage.PRODUCTION)
    store.transition_model_version(name, 2, Stage.STAGING)
    store.transition_model_version(name, 3, Stage.STAGING)
    latest = {version.stage: version.version for version in store.latest_model_versions(name)}
    assert latest == {Stage.PRODUCTION: 1, Stage.STAGING: 3, Stage.NONE: 4}
    assert [version.version for version in store.latest_model_versions(name, [Stage.STAGING])] == [3]
    model = store.get_registered_model(name)
    assert {version.version for version in model.latest_versions} == {1, 3, 4}
    assert model.newest is not None
    assert (model.newest.version, model.n_versions) == (4, 4)


@pytest.mark.parametrize("alias", ["", "a b", "latest", "LATEST", "v1", "V22", "a/b", "a@b", "x" * (MAX_ALIAS + 1)])
def test_an_alias_that_is_none_is_refused(store: TrackingStore, alias: str) -> None:
    name = new_model(store)
    version = new_version(store, name)
    with pytest.raises(InvalidValue):
        store.set_model_alias(name, alias, version)


def test_what_is_told_of_a_version_changes_field_by_field(store: TrackingStore) -> None:
    name = new_model(store)
    version = new_version(store, name, card=ModelCard(algorithm="linear", owner="ada", params={"a": "1"}))
    changed = store.update_model_card(name, version, CardChanges(owner="", licence="MIT", params={"b": "2"}))
    assert changed.card == ModelCard(algorithm="linear", licence="MIT", params={"b": "2"})
    assert store.get_model_version(name, version) == changed
