"""Secrets of a server."""

from __future__ import annotations

from collections.abc import Sequence

from runfold.domain.job import JobId
from runfold.domain.secret import FoundSecret, Secret, SecretName
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import secrets
from runfold.wire.messages.base import Empty


class RestSecrets:
    """`stores.base.SecretStore`."""

    _connection: Connection

    def set_secret(self, name: SecretName, *, value: str = "", reference: str = "", description: str = "") -> Secret:
        request = secrets.SetSecret(name=name, value=value, reference=reference, description=description)
        return convert.secret_in(self._connection.call("secrets/set", request, secrets.SecretReply).secret)

    def list_secrets(self) -> tuple[Secret, ...]:
        reply = self._connection.call("secrets/list", Empty(), secrets.SecretsReply)
        return tuple(map(convert.secret_in, reply.secrets))

    def delete_secret(self, name: SecretName) -> None:
        self._connection.call("secrets/delete", secrets.SecretRef(name=name), Empty, is_repeatable=False)

    def open_secrets(
        self, agent: str, job_id: JobId, attempt: int, names: Sequence[SecretName]
    ) -> tuple[FoundSecret, ...]:
        request = secrets.OpenSecrets(agent=agent, job_id=job_id, attempt=attempt, names=tuple(names))
        reply = self._connection.call("secrets/open", request, secrets.OpenSecretsReply)
        return tuple(map(convert.found_secret_in, reply.secrets))
