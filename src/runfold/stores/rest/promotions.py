"""Promotion requests of a server."""

from __future__ import annotations

from collections.abc import Sequence

from runfold.domain.promotion import NewPromotion, Promotion, PromotionState, Review
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import promotions as m
from runfold.wire.messages.base import Message


class RestPromotions:
    _connection: Connection

    def create_promotion(self, new: NewPromotion) -> Promotion:
        return self._promotion("promotions/create", convert.new_promotion_out(new))

    def get_promotion(self, request_id: str) -> Promotion:
        return self._promotion("promotions/get", m.PromotionRef(request_id=request_id))

    def list_promotions(self, name: str = "", states: Sequence[PromotionState] = ()) -> tuple[Promotion, ...]:
        request = m.ListPromotions(name=name, states=tuple(m.PromotionStateWord(state.value) for state in states))
        reply = self._connection.call("promotions/list", request, m.PromotionsReply)
        return tuple(map(convert.promotion_in, reply.promotions))

    def review_promotion(self, request_id: str, review: Review) -> Promotion:
        request = m.ReviewPromotion(
            request_id=request_id,
            verdict=m.VerdictWord(review.verdict.value),
            user_id=review.user_id,
            comment=review.comment,
        )
        return self._promotion("promotions/review", request)

    def merge_promotion(self, request_id: str, *, user_id: str = "") -> Promotion:
        return self._promotion("promotions/merge", m.MergePromotion(request_id=request_id, user_id=user_id))

    def withdraw_promotion(self, request_id: str) -> Promotion:
        return self._promotion("promotions/withdraw", m.PromotionRef(request_id=request_id))

    def _promotion(self, call: str, request: Message) -> Promotion:
        reply = self._connection.call(call, request, m.PromotionReply, is_repeatable=call == "promotions/get")
        return convert.promotion_in(reply.promotion)
