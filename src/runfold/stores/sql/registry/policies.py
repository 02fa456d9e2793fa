"""Policies: one for the store, one for each model that has its own."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from runfold.domain.model_limits import MAX_CARD_TEXT, check_words
from runfold.domain.model_policy import REQUIRABLE, ModelPolicy
from runfold.errors import InvalidValue
from runfold.stores.sql.registry.models import is_called, number_of
from runfold.stores.sql.registry.tables import model_policies, registered_models
from runfold.stores.sql.transaction import Transaction

STORE = 0


def check_policy(policy: ModelPolicy) -> None:
    unknown = sorted(set(policy.required) - set(REQUIRABLE))
    if unknown:
        raise InvalidValue(f"A version has no {', '.join(unknown)}; what can be required is {', '.join(REQUIRABLE)}.")
    for word in (*policy.flavours, *policy.serialisations):
        check_words("word of a policy", word, MAX_CARD_TEXT)


def get_policy(connection: sa.Connection, name: str) -> ModelPolicy:
    query = sa.select(model_policies.c.policy)
    if name:
        query = query.join(registered_models, registered_models.c.id == model_policies.c.model)
        query = query.where(is_called(connection, name.replace("\x00", "")))
    else:
        query = query.where(model_policies.c.model == STORE)
    found = connection.execute(query).scalar()
    return ModelPolicy() if found is None else msgspec.json.decode(found, type=ModelPolicy)


def set_policy(transaction: Transaction, name: str, policy: ModelPolicy, *, user_id: str) -> None:
    number = number_of(transaction, name) if name else STORE
    transaction.run(
        "INSERT INTO model_policies (model, policy, last_update_time, user_id) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (model) DO UPDATE SET policy = excluded.policy, last_update_time = excluded.last_update_time, "
        "user_id = excluded.user_id",
        (number, msgspec.json.encode(policy).decode(), transaction.now_ms, user_id),
    )
