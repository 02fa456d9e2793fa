"""Rules of retention of a server."""

from __future__ import annotations

from runfold.domain.retention import RetentionPass, RetentionPlan, RetentionRule
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import retention as m
from runfold.wire.messages.base import Empty


class RestRetention:
    """`stores.retention.RetentionStore`."""

    _connection: Connection

    def save_retention_rule(self, rule: RetentionRule) -> RetentionRule:
        return convert.rule_in(self._connection.call("retention/save", convert.rule_out(rule), m.RuleReply).rule)

    def list_retention_rules(self, workspace: str | None = None) -> tuple[RetentionRule, ...]:
        reply = self._connection.call("retention/list", m.ListRules(workspace=workspace), m.RulesReply)
        return tuple(map(convert.rule_in, reply.rules))

    def delete_retention_rule(self, name: str, *, workspace: str = "") -> None:
        request = m.RuleRef(name=name, workspace=workspace)
        self._connection.call("retention/delete", request, Empty, is_repeatable=False)

    def list_retention_passes(
        self, rule: str = "", *, workspace: str | None = None, max_results: int = 100
    ) -> tuple[RetentionPass, ...]:
        request = m.ListPasses(name=rule, workspace=workspace, max_results=max_results)
        return tuple(map(convert.pass_in, self._connection.call("retention/passes", request, m.PassesReply).passes))

    def plan_retention(self, rule: RetentionRule) -> RetentionPlan:
        return convert.plan_in(self._connection.call("retention/plan", convert.rule_out(rule), m.PlanReply))

    def apply_retention(self, name: str, *, workspace: str = "") -> RetentionPass:
        request = m.RuleRef(name=name, workspace=workspace)
        reply = self._connection.call("retention/apply", request, m.PassReply, is_repeatable=False)
        return convert.pass_in(reply.retention_pass)
