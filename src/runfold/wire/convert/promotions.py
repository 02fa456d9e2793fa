"""Promotion requests."""

from __future__ import annotations

from runfold.domain.promotion import (
    Gate,
    GateKind,
    GateResult,
    NewPromotion,
    Promotion,
    PromotionState,
    Review,
    Verdict,
)
from runfold.wire.messages.promotions import (
    CreatePromotion,
    GateKindWord,
    GateMessage,
    GateResultMessage,
    PromotionMessage,
    PromotionStateWord,
    ReviewMessage,
    VerdictWord,
)

_SHARED = (
    "request_id",
    "name",
    "version",
    "alias",
    "creation_time_ms",
    "last_update_time_ms",
    "description",
    "user_id",
    "reviewers",
    "n_approvals",
)
_NEW = ("name", "version", "alias", "description", "user_id", "reviewers", "n_approvals")
_GATE = ("filter", "metric", "higher_is_better", "min_gain", "fields")


def promotion_out(promotion: Promotion) -> PromotionMessage:
    return PromotionMessage(
        state=PromotionStateWord(promotion.state.value),
        is_mergeable=promotion.is_mergeable,
        gates=tuple(map(_gate_out, promotion.gates)),
        results=tuple(
            GateResultMessage(passed=result.passed, explanation=result.explanation) for result in promotion.results
        ),
        reviews=tuple(
            ReviewMessage(
                user_id=review.user_id,
                verdict=VerdictWord(review.verdict.value),
                time_ms=review.time_ms,
                comment=review.comment,
            )
            for review in promotion.reviews
        ),
        **{name: getattr(promotion, name) for name in _SHARED},
    )


def promotion_in(message: PromotionMessage) -> Promotion:
    return Promotion(
        state=PromotionState(message.state.value),
        gates=tuple(map(_gate_in, message.gates)),
        results=tuple(GateResult(passed=result.passed, explanation=result.explanation) for result in message.results),
        reviews=tuple(
            Review(
                user_id=review.user_id,
                verdict=Verdict(review.verdict.value),
                comment=review.comment,
                time_ms=review.time_ms,
            )
            for review in message.reviews
        ),
        **{name: getattr(message, name) for name in _SHARED},
    )


def new_promotion_in(message: CreatePromotion) -> NewPromotion:
    return NewPromotion(gates=tuple(map(_gate_in, message.gates)), **{name: getattr(message, name) for name in _NEW})


def new_promotion_out(new: NewPromotion) -> CreatePromotion:
    return CreatePromotion(gates=tuple(map(_gate_out, new.gates)), **{name: getattr(new, name) for name in _NEW})


def _gate_out(gate: Gate) -> GateMessage:
    return GateMessage(kind=GateKindWord(gate.kind.value), **{name: getattr(gate, name) for name in _GATE})


def _gate_in(message: GateMessage) -> Gate:
    return Gate(kind=GateKind(message.kind.value), **{name: getattr(message, name) for name in _GATE})
