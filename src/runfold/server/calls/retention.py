"""Rules of retention."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.server.bind import Answer
from runfold.server.calls.experiments import check_max_results
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import retention as m
from runfold.wire.messages.base import Empty

MAX_PASSES = 1000


def list_rules(services: Services, request: Empty) -> m.RulesReply:
    return m.RulesReply(rules=tuple(map(convert.rule_out, services.store.list_retention_rules())))


def save(services: Services, request: m.RuleMessage) -> m.RuleReply:
    return m.RuleReply(rule=convert.rule_out(services.store.save_retention_rule(convert.rule_in(request))))


def delete(services: Services, request: m.RuleRef) -> Empty:
    services.store.delete_retention_rule(request.name)
    return Empty()


def plan(services: Services, request: m.RuleMessage) -> m.PlanReply:
    return convert.plan_out(services.retention.plan(convert.rule_in(request)))


def apply(services: Services, request: m.RuleRef) -> m.PassReply:
    by = "" if services.caller is None else services.caller.user.name
    return m.PassReply(retention_pass=convert.pass_out(services.retention.apply(request.name, by=by)))


def list_passes(services: Services, request: m.ListPasses) -> m.PassesReply:
    check_max_results(request.max_results, MAX_PASSES)
    found = services.store.list_retention_passes(request.name, max_results=request.max_results)
    return m.PassesReply(passes=tuple(map(convert.pass_out, found)))


ANSWERS: Mapping[str, Answer] = {
    "retention/list": list_rules,
    "retention/save": save,
    "retention/delete": delete,
    "retention/plan": plan,
    "retention/apply": apply,
    "retention/passes": list_passes,
}
