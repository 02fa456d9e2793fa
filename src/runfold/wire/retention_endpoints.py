"""The rows of the table that are about rules of retention."""

from __future__ import annotations

from functools import partial

from runfold.wire.endpoint import Endpoint, Family, Permission, call
from runfold.wire.messages import retention
from runfold.wire.messages.base import Empty

_runfold = partial(call, Family.RUNFOLD)
_READ, _MANAGE = Permission.READ, Permission.MANAGE

# fmt: off
RETENTION_ENDPOINTS: tuple[Endpoint, ...] = (
    _runfold("POST", "retention/list", retention.ListRules, retention.RulesReply,
             _READ, "list_retention_rules", "List the rules of what is kept that are the caller's to keep, by name."),
    _runfold("POST", "retention/save", retention.RuleMessage, retention.RuleReply,
             _MANAGE, "save_retention_rule", "Make a rule of retention, or replace the one of its name."),
    _runfold("POST", "retention/delete", retention.RuleRef, Empty,
             _MANAGE, "delete_retention_rule", "Remove a rule; what it has sent to the trash stays there."),
    _runfold("POST", "retention/plan", retention.RuleMessage, retention.PlanReply,
             _READ, "plan_retention", "Say what a rule, saved or not, would remove now, and why the rest stays."),
    _runfold("POST", "retention/apply", retention.RuleRef, retention.PassReply,
             _MANAGE, "apply_retention", "Carry out a pass of a rule now."),
    _runfold("POST", "retention/passes", retention.ListPasses, retention.PassesReply,
             _READ, "list_retention_passes", "Say what passes of rules did, newest first."),
)
# fmt: on
