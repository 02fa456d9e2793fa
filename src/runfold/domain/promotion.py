"""Promotion requests: asking that an alias move to a version, with gates that check it and people who review it."""

from __future__ import annotations

import enum
import json
from typing import Any

import msgspec

from runfold.domain.registered_model import ModelVersion


class GateKind(enum.StrEnum):
    FILTER = "filter"
    METRIC = "metric"
    SIGNATURE = "signature"
    REQUIRED = "required"


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """One condition that a version has to fulfil.

    Attributes:
        filter: FILTER: what the version must be found by, such as `metrics.auc > 0.9`.
        metric: METRIC: must not be worse than that of the version which the alias points to now.
        higher_is_better, min_gain: METRIC: by how much it must be better, in units of the metric.
        fields: REQUIRED: what must be told of the version, such as `owner`.
    """

    kind: GateKind
    filter: str = ""
    metric: str = ""
    higher_is_better: bool = True
    min_gain: float = 0.0
    fields: tuple[str, ...] = ()


class GateResult(msgspec.Struct, frozen=True, kw_only=True):
    """Attributes: explanation: a sentence with the values that were compared."""

    passed: bool
    explanation: str


class Verdict(enum.StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    COMMENT = "comment"


class Review(msgspec.Struct, frozen=True, kw_only=True):
    user_id: str
    verdict: Verdict
    comment: str = ""
    time_ms: int = 0


class PromotionState(enum.StrEnum):
    OPEN = "open"
    MERGED = "merged"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class NewPromotion(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        reviewers: whose approvals count; none: everybody's.
        n_approvals: so many different people must approve.
    """

    name: str
    version: int
    alias: str
    description: str = ""
    user_id: str = ""
    reviewers: tuple[str, ...] = ()
    n_approvals: int = 0
    gates: tuple[Gate, ...] = ()


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        results: of the gates in their order; as they stand now while it is open, as they stood when it was merged.
    """

    request_id: str
    name: str
    version: int
    alias: str
    state: PromotionState
    creation_time_ms: int
    last_update_time_ms: int
    description: str = ""
    user_id: str = ""
    reviewers: tuple[str, ...] = ()
    n_approvals: int = 0
    gates: tuple[Gate, ...] = ()
    results: tuple[GateResult, ...] = ()
    reviews: tuple[Review, ...] = ()

    @property
    def approvals(self) -> frozenset[str]:
        """Who approves, by the last word of each reviewer that counts."""
        last = {review.user_id: review.verdict for review in self.reviews if review.verdict is not Verdict.COMMENT}
        counting = {user for user in last if not self.reviewers or user in self.reviewers}
        return frozenset(user for user in counting if last[user] is Verdict.APPROVE)

    @property
    def is_mergeable(self) -> bool:
        gates_pass = all(result.passed for result in self.results)
        return self.state is PromotionState.OPEN and gates_pass and len(self.approvals) >= self.n_approvals


def compare_metric(gate: Gate, version: ModelVersion, present: ModelVersion | None) -> GateResult:
    """METRIC: against the version that the alias points to now; where there is none, having the metric is enough."""
    value = _metric(version, gate.metric)
    if value is None:
        return GateResult(passed=False, explanation=f"The version has no metric {gate.metric!r}.")
    before = None if present is None else _metric(present, gate.metric)
    if present is None or before is None:
        return GateResult(passed=True, explanation=f"{gate.metric} is {value:g}; there is nothing to compare it with.")
    gain = value - before if gate.higher_is_better else before - value
    return GateResult(
        passed=gain >= gate.min_gain,
        explanation=f"{gate.metric} is {value:g}, and {before:g} in version {present.version}; wanted is a gain of "
        f"{gate.min_gain:g} or more.",
    )


def _metric(version: ModelVersion, key: str) -> float | None:
    return next((metric.value for metric in version.card.metrics if metric.key == key), None)


def compare_signatures(version: ModelVersion, present: ModelVersion | None) -> GateResult:
    """SIGNATURE: what callers send to the present version must do for the new one: no further or other inputs."""
    if present is None or not present.card.signature:
        return GateResult(passed=True, explanation="No present version has a signature to keep to.")
    if not version.card.signature:
        return GateResult(passed=False, explanation="The version has no signature.")
    old, new = _inputs(present), _inputs(version)
    wrong = [
        f"{name} is {kind}, not {old[name][0]}" if name in old else f"{name} is new"
        for name, (kind, is_required) in new.items()
        if (name in old and old[name][0] != kind) or (name not in old and is_required)
    ]
    if wrong:
        return GateResult(passed=False, explanation=f"Callers of version {present.version} break: {'; '.join(wrong)}.")
    return GateResult(passed=True, explanation=f"It takes what version {present.version} takes.")


def _inputs(version: ModelVersion) -> dict[str, tuple[str, bool]]:
    """Name to type and whether it is required."""
    try:
        columns: Any = json.loads(json.loads(version.card.signature).get("inputs") or "[]")
        return {
            str(column.get("name", place)): (
                json.dumps(column.get("tensor-spec") or column.get("type"), sort_keys=True),
                bool(column.get("required", True)),
            )
            for place, column in enumerate(columns)
        }
    except (ValueError, AttributeError, TypeError):
        return {}
