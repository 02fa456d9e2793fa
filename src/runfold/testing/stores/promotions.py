"""Promotion requests: gates, reviews, and the alias that moves."""

from __future__ import annotations

import json

import pytest

from runfold.domain.promotion import Gate, GateKind, NewPromotion, Promotion, PromotionState, Review, Verdict
from runfold.domain.registered_model import ModelCard, ModelMetric
from runfold.errors import InvalidState, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import new_model, new_version

GATES = (
    Gate(kind=GateKind.FILTER, filter="metrics.auc > 0.9 AND owner IS NOT NULL"),
    Gate(kind=GateKind.METRIC, metric="auc", min_gain=0.01),
    Gate(kind=GateKind.SIGNATURE),
    Gate(kind=GateKind.REQUIRED, fields=("owner", "licence")),
)


def signature(**columns: str) -> str:
    inputs = [{"name": name, "type": kind, "required": True} for name, kind in columns.items()]
    return json.dumps({"inputs": json.dumps(inputs), "outputs": None})


def card(auc: float, **columns: str) -> ModelCard:
    return ModelCard(
        owner="ada",
        licence="MIT",
        metrics=(ModelMetric(key="auc", value=auc),),
        signature=signature(**(columns or {"x": "double"})),
    )


def ask(store: TrackingStore, name: str, version: int, **fields: object) -> Promotion:
    return store.create_promotion(
        NewPromotion(name=name, version=version, alias="champion", user_id="ada", **fields)  # type: ignore[arg-type]
    )


def approve(user_id: str) -> Review:
    return Review(user_id=user_id, verdict=Verdict.APPROVE)


def test_a_promotion_moves_the_alias_when_gates_pass_and_people_approve(store: TrackingStore) -> None:
    name = new_model(store)
    first, second = new_version(store, name, card=card(0.92)), new_version(store, name, card=card(0.95))
    store.set_model_alias(name, "champion", first)
    asked = ask(store, name, second, gates=GATES, n_approvals=1, description="better")
    assert [result.passed for result in asked.results] == [True] * 4
    assert not asked.is_mergeable
    with pytest.raises(InvalidState, match="0 of 1 approvals"):
        store.merge_promotion(asked.request_id)
    assert store.review_promotion(asked.request_id, approve("eve")).is_mergeable
    merged = store.merge_promotion(asked.request_id, user_id="ada")
    assert merged.state is PromotionState.MERGED
    assert [result.passed for result in merged.results] == [True] * 4
    assert store.get_model_version_by_alias(name, "champion").version == second
    move = store.list_alias_moves(name, "champion")[0]
    assert (move.user_id, move.reason) == ("ada", f"Promotion request {asked.request_id}. better")
    with pytest.raises(InvalidState):
        store.merge_promotion(asked.request_id)


def test_gates_say_what_keeps_a_version_back(store: TrackingStore) -> None:
    name = new_model(store)
    present = new_version(store, name, card=card(0.92))
    store.set_model_alias(name, "champion", present)
    bare = ModelCard(metrics=(ModelMetric(key="auc", value=0.925),), signature=signature(y="double"))
    worse = new_version(store, name, card=bare)
    asked = ask(store, name, worse, gates=GATES)
    assert [result.passed for result in asked.results] == [False] * 4
    assert "0.925" in asked.results[1].explanation
    assert "y is new" in asked.results[2].explanation
    assert "owner, licence" in asked.results[3].explanation
    with pytest.raises(InvalidState, match="does not pass"):
        store.merge_promotion(asked.request_id)
    assert store.get_model_version_by_alias(name, "champion").version == present


def test_the_first_version_passes_what_compares(store: TrackingStore) -> None:
    name = new_model(store)
    asked = ask(store, name, new_version(store, name, card=card(0.5)), gates=GATES[1:3])
    assert asked.is_mergeable


def test_only_reviewers_count_and_authors_do_not_approve_their_own(store: TrackingStore) -> None:
    name = new_model(store)
    asked = ask(store, name, new_version(store, name), reviewers=("eve", "bob"), n_approvals=2)
    for user in ("mallory", "ada", ""):
        with pytest.raises(InvalidValue):
            store.review_promotion(asked.request_id, approve(user))
    store.review_promotion(asked.request_id, approve("eve"))
    again = store.review_promotion(asked.request_id, approve("eve"))
    assert (again.approvals, again.is_mergeable) == (frozenset({"eve"}), False)
    assert store.review_promotion(asked.request_id, approve("bob")).is_mergeable
    rejected = store.review_promotion(asked.request_id, Review(user_id="eve", verdict=Verdict.REJECT, comment="no"))
    assert rejected.state is PromotionState.REJECTED
    with pytest.raises(InvalidState):
        store.merge_promotion(asked.request_id)


def test_promotions_are_listed_newest_first_and_withdrawn(store: TrackingStore) -> None:
    name = new_model(store)
    version = new_version(store, name)
    one, other = ask(store, name, version), ask(store, name, version)
    assert store.withdraw_promotion(one.request_id).state is PromotionState.WITHDRAWN
    assert [found.request_id for found in store.list_promotions(name)] == [other.request_id, one.request_id]
    assert [found.request_id for found in store.list_promotions(name, [PromotionState.OPEN])] == [other.request_id]
    assert store.get_promotion(other.request_id) == store.list_promotions(name)[0]
    store.delete_model_version(name, version)
    assert not store.get_promotion(other.request_id).is_mergeable or other.gates == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"alias": "v1"},
        {"n_approvals": -1},
        {"n_approvals": 2, "reviewers": ("eve",)},
        {"gates": (Gate(kind=GateKind.FILTER, filter="x ="),)},
        {"gates": (Gate(kind=GateKind.METRIC),)},
        {"gates": (Gate(kind=GateKind.REQUIRED, fields=("colour",)),)},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_promotion_that_makes_no_sense_is_refused(store: TrackingStore, fields: dict[str, object]) -> None:
    name = new_model(store)
    wanted = {"name": name, "version": new_version(store, name), "alias": "champion", **fields}
    with pytest.raises(InvalidValue):
        store.create_promotion(NewPromotion(**wanted))  # type: ignore[arg-type]


def test_a_promotion_of_nothing_is_not_found(store: TrackingStore) -> None:
    with pytest.raises(NotFound):
        ask(store, new_model(store), 1)
    for call in (store.get_promotion, store.merge_promotion, store.withdraw_promotion):
        with pytest.raises(NotFound):
            call("none")
