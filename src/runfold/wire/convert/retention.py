"""Rules of retention."""

from __future__ import annotations

import msgspec

from runfold.domain.access import parse_place
from runfold.domain.retention import Going, RetentionPass, RetentionPlan, RetentionRule, Retires, Staying, Why
from runfold.wire.messages import retention as m


def rule_out(rule: RetentionRule) -> m.RuleMessage:
    same = {**msgspec.structs.asdict(rule), "place": rule.place.text, "retires": m.RetiresName(rule.retires.value)}
    return m.RuleMessage(**same)


def rule_in(message: m.RuleMessage) -> RetentionRule:
    same = {
        **msgspec.structs.asdict(message),
        "place": parse_place(message.place),
        "retires": Retires(message.retires.value),
    }
    return RetentionRule(**same)


def plan_out(plan: RetentionPlan) -> m.PlanReply:
    return m.PlanReply(
        going=tuple(m.GoingMessage(**msgspec.structs.asdict(one)) for one in plan.going),
        staying=tuple(
            m.StayingMessage(run_id=one.run_id, name=one.name, experiment_id=one.experiment_id, why=one.why.value)
            for one in plan.staying
        ),
        n_going=plan.n_going,
        n_staying=plan.n_staying,
        n_bytes=plan.n_bytes,
        whys=plan.whys,
    )


def plan_in(message: m.PlanReply) -> RetentionPlan:
    return RetentionPlan(
        going=tuple(Going(**msgspec.structs.asdict(one)) for one in message.going),
        staying=tuple(
            Staying(run_id=one.run_id, name=one.name, experiment_id=one.experiment_id, why=Why(one.why))
            for one in message.staying
        ),
        n_going=message.n_going,
        n_staying=message.n_staying,
        n_bytes=message.n_bytes,
        whys=message.whys,
    )


def pass_out(done: RetentionPass) -> m.PassMessage:
    return m.PassMessage(**{name: getattr(done, name) for name in m.PassMessage.__struct_fields__})


def pass_in(message: m.PassMessage) -> RetentionPass:
    return RetentionPass(**msgspec.structs.asdict(message))
