"""The rows of the table that are about targets of jobs, and about secrets."""

from __future__ import annotations

from functools import partial

from runfold.wire.endpoint import Endpoint, Family, Permission, call
from runfold.wire.messages import jobs, secrets, targets
from runfold.wire.messages.base import Empty

_runfold = partial(call, Family.RUNFOLD)
_, _READ, _EDIT, _MANAGE, _ = Permission

# fmt: off
_TARGETS = (
    _runfold("POST", "targets/create", targets.PutTarget, targets.TargetReply,
             _MANAGE, "create_target", "Add a place where jobs are executed."),
    _runfold("POST", "targets/update", targets.PutTarget, targets.TargetReply,
             _MANAGE, "update_target", "Replace the target of this name as a whole."),
    _runfold("POST", "targets/get", targets.TargetRef, targets.TargetReply,
             _READ, "get_target", "Get a target."),
    _runfold("POST", "targets/list", Empty, targets.TargetsReply,
             _READ, "list_targets", "List the targets, by name."),
    _runfold("POST", "targets/delete", targets.TargetRef, Empty,
             _MANAGE, "delete_target", "Forget a target."),
    _runfold("POST", "targets/test", targets.TestTarget, jobs.JobReply,
             _EDIT, "submit_job", "Queue a job in which an agent tries whether a target can be used; its log tells."),
)

_SECRETS = (
    _runfold("POST", "secrets/set", secrets.SetSecret, secrets.SecretReply,
             _MANAGE, "set_secret", "Keep a secret, sealed, or where agents find it; one of this name is replaced."),
    _runfold("POST", "secrets/list", Empty, secrets.SecretsReply,
             _READ, "list_secrets", "List the secrets by name, without what they are."),
    _runfold("POST", "secrets/delete", secrets.SecretRef, Empty,
             _MANAGE, "delete_secret", "Forget a secret."),
    _runfold("POST", "secrets/open", secrets.OpenSecrets, secrets.OpenSecretsReply,
             _EDIT, "open_secrets", "Give an agent the secrets that a job which it holds names."),
)
# fmt: on

TARGET_ENDPOINTS: tuple[Endpoint, ...] = _TARGETS + _SECRETS
