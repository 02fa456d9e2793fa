"""Saved views."""

from __future__ import annotations

import pytest

from runfold.errors import InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import unique


def test_a_view_reads_back_as_it_was_saved(store: TrackingStore) -> None:
    scope = unique("experiment")
    saved = store.save_view(scope=scope, name="Best runs", state='{"columns": ["é"]}')
    assert (saved.scope, saved.name, saved.state) == (scope, "Best runs", '{"columns": ["é"]}')
    assert saved.creation_time_ms == saved.last_update_time_ms > 0
    assert store.get_view(saved.view_id) == saved


def test_views_of_a_scope_come_by_name(store: TrackingStore) -> None:
    scope = unique("experiment")
    names = ["b", "a", "c", "a"]
    saved = [store.save_view(scope=scope, name=name, state="{}") for name in names]
    store.save_view(scope=unique("other"), name="a", state="{}")
    found = store.list_views(scope)
    assert [view.name for view in found] == ["a", "a", "b", "c"]
    assert sorted(view.view_id for view in found) == sorted(view.view_id for view in saved)


def test_saving_under_an_id_replaces_the_view(store: TrackingStore) -> None:
    scope = unique("experiment")
    first = store.save_view(scope=scope, name="before", state="1")
    again = store.save_view(scope=scope, name="after", state="2", view_id=first.view_id)
    assert (again.view_id, again.name, again.state) == (first.view_id, "after", "2")
    assert again.creation_time_ms == first.creation_time_ms
    assert store.list_views(scope) == (again,)


def test_a_deleted_view_is_gone(store: TrackingStore) -> None:
    view = store.save_view(scope=unique("experiment"), name="v", state="{}")
    store.delete_view(view.view_id)
    assert store.list_views(view.scope) == ()
    with pytest.raises(NotFound):
        store.delete_view(view.view_id)


@pytest.mark.parametrize("view_id", ["absent", "a\x00b", "a\ud800b"])
def test_an_unknown_view_is_not_found(store: TrackingStore, view_id: str) -> None:
    # What is no text may be refused as such.
    error = NotFound if view_id.isalnum() else (NotFound, InvalidValue)
    for call in (
        lambda: store.get_view(view_id),
        lambda: store.delete_view(view_id),
        lambda: store.save_view(scope="s", name="n", state="{}", view_id=view_id),
    ):
        with pytest.raises(error):
            call()


@pytest.mark.parametrize("value", ["", "  ", "a\x00b", "a\ud800b"])
@pytest.mark.parametrize("field", ["scope", "name", "state"])
def test_a_field_that_is_no_text_is_refused(store: TrackingStore, field: str, value: str) -> None:
    fields = {"scope": "s", "name": "n", "state": "{}", field: value}
    with pytest.raises(InvalidValue):
        store.save_view(**fields)


@pytest.mark.parametrize(("field", "length"), [("scope", 251), ("name", 251), ("state", 1_000_001)])
def test_a_field_that_is_too_long_is_refused(store: TrackingStore, field: str, length: int) -> None:
    fields = {"scope": "s", "name": "n", "state": "{}", field: "x" * length}
    with pytest.raises(InvalidValue):
        store.save_view(**fields)
