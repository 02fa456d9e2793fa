"""Secrets for jobs and targets."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.errors import InvalidValue
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import secrets
from runfold.wire.messages.base import Empty

MAX_OPENED = 100


def set_secret(services: Services, request: secrets.SetSecret) -> secrets.SecretReply:
    secret = services.store.set_secret(
        request.name, value=request.value, reference=request.reference, description=request.description
    )
    return secrets.SecretReply(secret=convert.secret_out(secret))


def list_secrets(services: Services, request: Empty) -> secrets.SecretsReply:
    return secrets.SecretsReply(secrets=tuple(map(convert.secret_out, services.store.list_secrets())))


def delete(services: Services, request: secrets.SecretRef) -> Empty:
    services.store.delete_secret(request.name)
    return Empty()


def open_secrets(services: Services, request: secrets.OpenSecrets) -> secrets.OpenSecretsReply:
    if len(request.names) > MAX_OPENED:
        raise InvalidValue(f"A job needs at most {MAX_OPENED} secrets; {len(request.names)} were named.")
    found = services.store.open_secrets(request.agent, request.job_id, request.attempt, request.names)
    return secrets.OpenSecretsReply(secrets=tuple(map(convert.found_secret_out, found)))


ANSWERS: Mapping[str, Answer] = {
    "secrets/set": set_secret,
    "secrets/list": list_secrets,
    "secrets/delete": delete,
    "secrets/open": open_secrets,
}
