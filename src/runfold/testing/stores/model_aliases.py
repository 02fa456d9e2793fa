"""Aliases: where they point, where they pointed, and back."""

from __future__ import annotations

import time

import pytest

from runfold.errors import InvalidState, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import new_model, new_version


def test_an_alias_moves_and_remembers(store: TrackingStore) -> None:
    name = new_model(store)
    first, second = new_version(store, name), new_version(store, name)
    store.set_model_alias(name, "champion", first, user_id="ada", reason="the first")
    between = next_ms()
    store.set_model_alias(name, "champion", second)
    store.set_model_alias(name, "champion", second)

    assert store.get_model_version_by_alias(name, "champion").version == second
    assert store.get_model_version_by_alias(name, "champion", at_ms=between).version == first
    moves = store.list_alias_moves(name, "champion")
    assert [(move.version, move.user_id, move.reason) for move in moves] == [
        (second, "", ""),
        (first, "ada", "the first"),
    ]
    with pytest.raises(InvalidValue, match="at that time"):
        store.get_model_version_by_alias(name, "champion", at_ms=moves[-1].time_ms - 1)


def next_ms() -> int:
    """A moment between what was written and what will be, by the clock that both stores and tests read."""
    time.sleep(0.005)
    now = time.time_ns() // 1_000_000
    time.sleep(0.005)
    return now


def test_several_aliases_point_to_one_version(store: TrackingStore) -> None:
    name = new_model(store)
    version = new_version(store, name)
    for alias in ("b", "a", "Größe"):
        store.set_model_alias(name, alias, version)
    assert store.get_model_version(name, version).aliases == ("Größe", "a", "b")
    assert store.get_registered_model(name).aliases == {"a": version, "b": version, "Größe": version}


def test_an_unknown_alias_is_an_invalid_value(store: TrackingStore) -> None:
    name = new_model(store)
    with pytest.raises(InvalidValue):
        store.get_model_version_by_alias(name, "none")
    store.delete_model_alias(name, "none")
    assert store.list_alias_moves(name) == ()


def test_an_alias_is_not_set_on_a_version_that_is_not_there(store: TrackingStore) -> None:
    name = new_model(store)
    with pytest.raises(NotFound):
        store.set_model_alias(name, "champion", 1)


def test_a_deleted_version_takes_its_aliases_along_and_the_history_says_so(store: TrackingStore) -> None:
    name = new_model(store)
    version = new_version(store, name)
    store.set_model_alias(name, "champion", version)
    before = next_ms()
    store.delete_model_version(name, version)
    with pytest.raises(InvalidValue):
        store.get_model_version_by_alias(name, "champion")
    with pytest.raises(NotFound):
        store.get_model_version_by_alias(name, "champion", at_ms=before)
    assert [move.version for move in store.list_alias_moves(name, "champion")] == [None, version]


def test_a_removed_alias_leaves_its_history(store: TrackingStore) -> None:
    name = new_model(store)
    version = new_version(store, name)
    store.set_model_alias(name, "champion", version)
    store.delete_model_alias(name, "champion", user_id="ada", reason="bad")
    assert store.get_registered_model(name).aliases == {}
    newest, _ = store.list_alias_moves(name, "champion")
    assert (newest.version, newest.user_id, newest.reason) == (None, "ada", "bad")


def test_an_alias_goes_back_to_where_it_was(store: TrackingStore) -> None:
    name = new_model(store)
    for _ in range(3):
        new_version(store, name)
    for version in (1, 2, 3):
        store.set_model_alias(name, "champion", version)
    store.delete_model_version(name, 2)
    assert store.return_model_alias(name, "champion").version == 1
    assert store.return_model_alias(name, "champion", reason="no, it was better").version == 3
    store.delete_model_alias(name, "champion")
    assert store.return_model_alias(name, "champion").version == 3


def test_an_alias_that_was_nowhere_else_cannot_go_back(store: TrackingStore) -> None:
    name = new_model(store)
    store.set_model_alias(name, "champion", new_version(store, name))
    for alias in ("champion", "none"):
        with pytest.raises(InvalidState):
            store.return_model_alias(name, alias)
