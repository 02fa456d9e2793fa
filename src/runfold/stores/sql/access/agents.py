"""The account of agents that servers start beside themselves, and the token of each."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.access import Grant, NewToken, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.errors import InvalidState, NotFound
from runfold.stores.sql.access.credentials import create_token
from runfold.stores.sql.access.grants import set_grant
from runfold.stores.sql.access.tables import access_tokens
from runfold.stores.sql.access.users import get_user
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.transaction import Transaction


def admit_agent(transaction: Transaction, account: str, *, name: str, lifetime_ms: int) -> NewToken:
    made = transaction.row(
        "INSERT INTO users (name, password, is_admin, is_service, is_active, creation_time) "
        "VALUES (?, '', ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING RETURNING id",
        (account, False, True, True, transaction.now_ms),
    )
    if made is not None:
        everything = Place(PlaceKind.EVERYTHING)
        set_grant(
            transaction,
            Grant(subject=Subject(SubjectKind.USER, account), place=everything, role=Role.CONTRIBUTOR),
        )
    user = get_user(transaction.connection, account)
    if not user.is_service:
        raise InvalidState(
            f"The agent beside the server would be the user {account!r}, who is a person. Rename the person's account, "
            "or set RUNFOLD_TRACKING_TOKEN to a token that the agent is to use."
        )
    if not user.is_active:
        raise InvalidState(f"The account {account!r} of the agent beside the server is switched off.")
    # Those of starts before, should the server have been killed.
    transaction.run("DELETE FROM access_tokens WHERE user_id = ?", (user.number,))
    note_change(transaction)
    return create_token(
        transaction, account, name=name, scope=Role.CONTRIBUTOR, expires_ms=transaction.now_ms + lifetime_ms
    )


def prolong_token(transaction: Transaction, token_id: str, *, lifetime_ms: int) -> None:
    prolonged = (
        sa.update(access_tokens)
        .where(access_tokens.c.token_id == token_id)
        .values(expires=transaction.now_ms + lifetime_ms)
    )
    if transaction.connection.execute(prolonged).rowcount == 0:
        raise NotFound("token", token_id)
