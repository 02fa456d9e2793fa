"""Promotion requests."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message


class GateKindWord(enum.StrEnum):
    """`domain.promotion.GateKind`."""

    FILTER = "filter"
    METRIC = "metric"
    SIGNATURE = "signature"
    REQUIRED = "required"


class GateMessage(Message, frozen=True, kw_only=True):
    """One condition that a version has to fulfil.

    Attributes:
        filter: of kind `filter`: what the version must be found by, such as `metrics.auc > 0.9`.
        metric: of kind `metric`: must not be worse than that of the version which the alias points to now.
        higher_is_better, min_gain: of kind `metric`: by how much it must be better.
        fields: of kind `required`: what must be told of the version, such as `owner`.
    """

    kind: GateKindWord
    filter: str = ""
    metric: str = ""
    higher_is_better: bool = True
    min_gain: float = 0.0
    fields: tuple[str, ...] = ()


class GateResultMessage(Message, frozen=True, kw_only=True):
    passed: bool
    explanation: str


class VerdictWord(enum.StrEnum):
    """`domain.promotion.Verdict`."""

    APPROVE = "approve"
    REJECT = "reject"
    COMMENT = "comment"


class ReviewMessage(Message, frozen=True, kw_only=True):
    user_id: str
    verdict: VerdictWord
    time_ms: int
    comment: str = ""


class PromotionStateWord(enum.StrEnum):
    """`domain.promotion.PromotionState`."""

    OPEN = "open"
    MERGED = "merged"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PromotionMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        results: of the gates in their order; as they stand now while it is open.
        is_mergeable: the gates pass and enough people approve.
    """

    request_id: str
    name: str
    version: int
    alias: str
    state: PromotionStateWord
    creation_time_ms: int
    last_update_time_ms: int
    is_mergeable: bool
    description: str = ""
    user_id: str = ""
    reviewers: tuple[str, ...] = ()
    n_approvals: int = 0
    gates: tuple[GateMessage, ...] = ()
    results: tuple[GateResultMessage, ...] = ()
    reviews: tuple[ReviewMessage, ...] = ()


class CreatePromotion(Message, frozen=True, kw_only=True):
    """
    Attributes:
        reviewers: whose approvals count; none: everybody's but the author's.
        n_approvals: so many different people must approve.
    """

    name: str
    version: int
    alias: str
    description: str = ""
    user_id: str = ""
    reviewers: tuple[str, ...] = ()
    n_approvals: int = 0
    gates: tuple[GateMessage, ...] = ()


class PromotionRef(Message, frozen=True, kw_only=True):
    request_id: str


class PromotionReply(Message, frozen=True, kw_only=True):
    promotion: PromotionMessage


class ListPromotions(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: of a registered model; empty: all of them.
        states: none: in any state.
    """

    name: str = ""
    states: tuple[PromotionStateWord, ...] = ()


class PromotionsReply(Message, frozen=True, kw_only=True):
    """Newest first, at most 1,000."""

    promotions: tuple[PromotionMessage, ...]


class ReviewPromotion(PromotionRef, frozen=True, kw_only=True):
    verdict: VerdictWord
    user_id: str = ""
    comment: str = ""


class MergePromotion(PromotionRef, frozen=True, kw_only=True):
    user_id: str = ""
