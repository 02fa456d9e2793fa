"""The suite of rules of retention, for a fixture `store` of an administrator; `testing.stores` goes without it."""

from __future__ import annotations

from typing import Any

import pytest

from runfold.domain.access import Place, PlaceKind
from runfold.domain.retention import RetentionRule, Retires
from runfold.errors import InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import unique


def test_rules_read_back_are_replaced_and_removed(store: TrackingStore) -> None:
    rule = RetentionRule(
        name=unique("rule"),
        place=Place(PlaceKind.FOLDER, "team/vision"),
        filter="tags.kind = 'checkpoint'",
        best_by="metrics.acc DESC",
        keep_best=3,
        keep_last=1,
        per="parent",
        after_days=30,
        retires=Retires.FILES,
        path="checkpoints",
        trash_days=None,
        every_hours=6,
        is_active=False,
        next_time_ms=5,
    )
    assert store.save_retention_rule(rule) == rule
    assert rule in store.list_retention_rules("")
    assert rule in store.list_retention_rules()
    other = RetentionRule(name=rule.name, next_time_ms=5)
    assert store.save_retention_rule(other) == other
    assert [one for one in store.list_retention_rules() if one.name == rule.name] == [other]
    assert store.list_retention_passes(rule.name) == ()
    store.delete_retention_rule(rule.name)
    with pytest.raises(NotFound):
        store.delete_retention_rule(rule.name)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": ""}, InvalidValue),
        ({"name": "n" * 101}, InvalidValue),
        ({"place": Place(PlaceKind.MODEL, "m")}, InvalidValue),
        ({"filter": "metrics.loss <"}, InvalidValue),
        ({"best_by": "metrics.loss", "keep_best": 0}, InvalidValue),
        ({"keep_best": 3}, InvalidValue),
        ({"best_by": "metrics. ASC", "keep_best": 1}, InvalidValue),
        ({"after_days": -1}, InvalidValue),
        ({"retires": Retires.FILES}, InvalidValue),
        ({"retires": Retires.FILES, "path": "../x"}, InvalidValue),
        ({"path": "x"}, InvalidValue),
        ({"every_hours": 0}, InvalidValue),
    ],
)
def test_what_makes_no_rule_is_refused(store: TrackingStore, fields: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        store.save_retention_rule(RetentionRule(**{"name": unique("rule"), **fields}))


def test_names_of_rules_hold_in_their_workspace(store: TrackingStore) -> None:
    name, vision = unique("rule"), unique("tenant")
    store.create_workspace(vision)
    ours = store.save_retention_rule(RetentionRule(name=name, next_time_ms=5))
    theirs = store.save_retention_rule(RetentionRule(name=name, workspace=vision, keep_last=2, next_time_ms=5))
    assert (ours.place.text, theirs.place.text) == ("everything", f"workspace:{vision}")
    assert [one.keep_last for one in store.list_retention_rules(vision)] == [2]
    assert [one.workspace for one in store.list_retention_rules() if one.name == name] == ["", vision]
    assert store.list_retention_passes(name, workspace=vision) == ()
    store.delete_retention_rule(name)
    assert [one.workspace for one in store.list_retention_rules() if one.name == name] == [vision]
    with pytest.raises(NotFound):
        store.delete_retention_rule(name)
    store.delete_retention_rule(name, workspace=vision)
    assert store.list_retention_rules(vision) == ()


def test_a_rule_of_a_workspace_is_about_what_lies_in_it(store: TrackingStore) -> None:
    vision = store.create_workspace(unique("tenant")).name
    inside = store.in_workspace(vision).create_experiment(unique("experiment"))
    outside = store.create_experiment(unique("experiment"))
    for place, text in (
        (Place(PlaceKind.EVERYTHING), f"workspace:{vision}"),
        (Place(PlaceKind.FOLDER, "team"), f"workspace:{vision}/folder:team"),
        (Place(PlaceKind.EXPERIMENT, inside), f"experiment:{inside}"),
    ):
        assert store.save_retention_rule(RetentionRule(name="r", workspace=vision, place=place)).place.text == text
    for place in (
        Place(PlaceKind.WORKSPACE, "default"),
        Place(PlaceKind.FOLDER, "team", "elsewhere"),
        Place(PlaceKind.EXPERIMENT, outside),
    ):
        with pytest.raises(InvalidValue):
            store.save_retention_rule(RetentionRule(name="r", workspace=vision, place=place))
    with pytest.raises(NotFound):
        store.save_retention_rule(RetentionRule(name="r", workspace=unique("absent")))
    with pytest.raises(NotFound):
        store.list_retention_rules(unique("absent"))
