"""Whom a server takes us for."""

from __future__ import annotations

from contextlib import closing

from runfold.config import ClientSettings
from runfold.stores.rest.access import access_to
from runfold.stores.rest.connection import Connection
from runfold.wire.messages.accounts import AccountReply
from runfold.wire.messages.base import Empty


def account_at(server: str) -> AccountReply:
    """By the credentials that every other call to this server would use.

    Raises:
        Unauthenticated: the server does not know us.
        NotSupported: it has no users.
    """
    with closing(Connection(access_to(server), timeout_s=ClientSettings().request_timeout_s)) as connection:
        return connection.call("account", Empty(), AccountReply)
