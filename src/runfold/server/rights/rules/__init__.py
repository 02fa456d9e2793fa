"""Which rule holds for which method of the store.

Without a rule, so for administrators: `purge`, webhooks, policies, users, members of groups as a whole, and quotas.
"""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.access import NOTHING, Ability
from runfold.server.rights.rules.accounts import ACCOUNTS
from runfold.server.rights.rules.datasets import DATASETS
from runfold.server.rights.rules.groups import GROUPS
from runfold.server.rights.rules.records import RECORDS
from runfold.server.rights.rules.registry import REGISTRY
from runfold.server.rights.rules.retention import RETENTION
from runfold.server.rights.rules.rule import Rule, everything, free, rules
from runfold.server.rights.rules.work import WORK
from runfold.server.rights.rules.workspaces import WORKSPACES

RULES: Mapping[str, Rule] = {
    **rules(NOTHING, free, "ping", "load", "finish_setup", "accept_invitation"),
    **rules(Ability.READ, everything, "measure_records"),
    **RECORDS,
    **DATASETS,
    **REGISTRY,
    **WORK,
    **ACCOUNTS,
    **GROUPS,
    **WORKSPACES,
    **RETENTION,
}
