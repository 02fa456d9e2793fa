"""Rules of retention."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from runfold.domain.retention import RetentionRule, RuleKey
from runfold.server.bind import Answer
from runfold.server.calls.experiments import check_max_results
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import retention as m
from runfold.wire.messages.base import Empty

MAX_PASSES = 1000


def list_rules(services: Services, request: m.ListRules) -> m.RulesReply:
    found = services.store.list_retention_rules(request.workspace)
    return m.RulesReply(rules=tuple(_rule_out(services, rule) for rule in found))


def _rule_out(services: Services, rule: RetentionRule) -> m.RuleMessage:
    return convert.rule_out(msgspec.structs.replace(rule, rests=services.retention.rests(rule)))


def save(services: Services, request: m.RuleMessage) -> m.RuleReply:
    return m.RuleReply(rule=_rule_out(services, services.store.save_retention_rule(convert.rule_in(request))))


def delete(services: Services, request: m.RuleRef) -> Empty:
    services.store.delete_retention_rule(request.name, workspace=request.workspace)
    return Empty()


def plan(services: Services, request: m.RuleMessage) -> m.PlanReply:
    authority = services.keeping(request.workspace)
    return convert.plan_out(services.retention.plan(convert.rule_in(request), authority))


def apply(services: Services, request: m.RuleRef) -> m.PassReply:
    authority = services.keeping(request.workspace)
    by = "" if services.caller is None else services.caller.user.name
    key = RuleKey(request.workspace, request.name)
    return m.PassReply(retention_pass=convert.pass_out(services.retention.apply(key, by=by, authority=authority)))


def list_passes(services: Services, request: m.ListPasses) -> m.PassesReply:
    check_max_results(request.max_results, MAX_PASSES)
    found = services.store.list_retention_passes(
        request.name, workspace=request.workspace, max_results=request.max_results
    )
    return m.PassesReply(passes=tuple(map(convert.pass_out, found)))


ANSWERS: Mapping[str, Answer] = {
    "retention/list": list_rules,
    "retention/save": save,
    "retention/delete": delete,
    "retention/plan": plan,
    "retention/apply": apply,
    "retention/passes": list_passes,
}
