"""Adds to the chain, once per transaction: all that its units have done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from runfold.domain.audit import MAX_DETAIL, MAX_NAME, MAX_OBJECT, Act, clean, digest_of

if TYPE_CHECKING:
    from runfold.stores.sql.transaction import Transaction

_INSERT = (
    "INSERT INTO audit_records (number, time, user_name, token, address, action, object, detail, result, status, "
    "n_times, request_id, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
# An update rather than a look: it takes the row's lock on both engines, and sees what the last holder left.
_TAKE = "UPDATE audit_head SET number = number + ? WHERE id = 0 RETURNING number, digest"


def append(transaction: Transaction, acts: Sequence[Act]) -> None:
    """The last thing that a transaction does: until its commit, others that add to the chain wait."""
    found = transaction.row(_TAKE, (len(acts),))
    assert found is not None, "the head's row is made with the schema"
    number, digest = int(found[0]) - len(acts), str(found[1])
    rows = []
    for act in map(_storable, acts):
        number += 1
        digest = digest_of(digest, number, transaction.now_ms, act)
        rows.append((number, transaction.now_ms, *_columns(act), digest))
    transaction.run_many(_INSERT, rows)
    transaction.run("UPDATE audit_head SET digest = ? WHERE id = 0", (digest,))


def _storable(act: Act) -> Act:
    """As it will be read again: the digest is over that."""
    return msgspec.structs.replace(
        act,
        user=clean(act.user, MAX_NAME),
        token=clean(act.token, MAX_NAME),
        address=clean(act.address, MAX_NAME),
        action=clean(act.action, MAX_NAME),
        object=clean(act.object, MAX_OBJECT),
        detail=clean(act.detail, MAX_DETAIL),
        request_id=clean(act.request_id, MAX_NAME),
    )


def _columns(act: Act) -> tuple[object, ...]:
    return (
        *(act.user, act.token, act.address, act.action, act.object, act.detail),
        *(act.result.value, act.status, act.n_times, act.request_id),
    )
