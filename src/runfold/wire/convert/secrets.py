"""Secrets for jobs and targets."""

from __future__ import annotations

import msgspec

from runfold.domain.secret import FoundSecret, Secret
from runfold.wire.messages.secrets import OpenedSecret, SecretMessage


def secret_out(secret: Secret) -> SecretMessage:
    return msgspec.convert(secret, SecretMessage, from_attributes=True)


def secret_in(message: SecretMessage) -> Secret:
    return msgspec.convert(message, Secret, from_attributes=True)


def found_secret_out(secret: FoundSecret) -> OpenedSecret:
    return OpenedSecret(name=secret.name, value=secret.value, reference=secret.reference)


def found_secret_in(message: OpenedSecret) -> FoundSecret:
    return FoundSecret(name=message.name, value=message.value, reference=message.reference)
