"""Promotion requests."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.promotion import Promotion, PromotionState, Review, Verdict
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import promotions as m


def create(services: Services, request: m.CreatePromotion) -> m.PromotionReply:
    return _reply(services.store.create_promotion(convert.new_promotion_in(request)))


def get(services: Services, request: m.PromotionRef) -> m.PromotionReply:
    return _reply(services.store.get_promotion(request.request_id))


def list_(services: Services, request: m.ListPromotions) -> m.PromotionsReply:
    states = [PromotionState(state.value) for state in request.states]
    found = services.store.list_promotions(request.name, states)
    return m.PromotionsReply(promotions=tuple(map(convert.promotion_out, found)))


def review(services: Services, request: m.ReviewPromotion) -> m.PromotionReply:
    given = Review(user_id=request.user_id, verdict=Verdict(request.verdict.value), comment=request.comment)
    return _reply(services.store.review_promotion(request.request_id, given))


def merge(services: Services, request: m.MergePromotion) -> m.PromotionReply:
    return _reply(services.store.merge_promotion(request.request_id, user_id=request.user_id))


def withdraw(services: Services, request: m.PromotionRef) -> m.PromotionReply:
    return _reply(services.store.withdraw_promotion(request.request_id))


def _reply(promotion: Promotion) -> m.PromotionReply:
    return m.PromotionReply(promotion=convert.promotion_out(promotion))


ANSWERS: Mapping[str, Answer] = {
    "promotions/create": create,
    "promotions/get": get,
    "promotions/list": list_,
    "promotions/review": review,
    "promotions/merge": merge,
    "promotions/withdraw": withdraw,
}
