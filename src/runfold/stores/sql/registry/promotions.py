"""Promotion requests: units and queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from runfold.domain.model_limits import MAX_CARD_TEXT, MAX_DESCRIPTION, check_alias, check_words
from runfold.domain.model_policy import REQUIRABLE
from runfold.domain.promotion import (
    Gate,
    GateKind,
    GateResult,
    NewPromotion,
    Promotion,
    PromotionState,
    Review,
    Verdict,
    compare_metric,
    compare_signatures,
)
from runfold.domain.registered_model import ModelVersion
from runfold.domain.webhook import Event
from runfold.errors import InvalidState, InvalidValue, LimitExceeded, NotFound
from runfold.search import evaluate
from runfold.search.fields import MODEL_VERSIONS
from runfold.search.parser import parse_filter
from runfold.stores.sql.registry.aliases import check_ready, get_by_alias, set_alias
from runfold.stores.sql.registry.models import find_number, number_of
from runfold.stores.sql.registry.outbox import tell
from runfold.stores.sql.registry.tables import promotion_requests, promotion_reviews, registered_models
from runfold.stores.sql.registry.versions import get_version
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import workspace_of

KIND = "promotion request"
MAX_GATES = 50
MAX_LISTED = 1000


def check_new(new: NewPromotion) -> None:
    """Raises InvalidValue, LimitExceeded or InvalidFilter for what cannot be kept."""
    check_alias(new.alias)
    check_words("description", new.description, MAX_DESCRIPTION)
    if len(new.gates) > MAX_GATES or len(new.reviewers) > MAX_GATES:
        raise LimitExceeded(f"A promotion request has at most {MAX_GATES} gates and as many reviewers.")
    if not 0 <= new.n_approvals <= MAX_GATES:
        raise InvalidValue(f"n_approvals is {new.n_approvals}; it is between 0 and {MAX_GATES}.")
    if new.reviewers and new.n_approvals > len(set(new.reviewers)):
        raise InvalidValue(f"{new.n_approvals} approvals are asked for, of {len(set(new.reviewers))} reviewers.")
    for gate in new.gates:
        _check_gate(gate)


def _check_gate(gate: Gate) -> None:
    match gate.kind:
        case GateKind.FILTER:
            parse_filter(gate.filter, MODEL_VERSIONS)
        case GateKind.METRIC if not gate.metric:
            raise InvalidValue("A gate of kind 'metric' names the metric that it compares.")
        case GateKind.REQUIRED if not set(gate.fields) <= set(REQUIRABLE):
            raise InvalidValue(f"A gate of kind 'required' names fields of {', '.join(REQUIRABLE)}.")


def create(transaction: Transaction, new: NewPromotion) -> Promotion:
    number = number_of(transaction, new.name)
    check_ready(transaction, number, new.name, new.version)
    request_id = uuid.uuid4().hex
    transaction.run(
        "INSERT INTO promotion_requests (request_id, model, version, alias, state, description, user_id, reviewers, "
        "n_approvals, gates, results, creation_time, last_update_time) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', ?, ?)",
        (
            request_id,
            number,
            new.version,
            new.alias,
            PromotionState.OPEN.value,
            new.description,
            new.user_id,
            msgspec.json.encode(new.reviewers).decode(),
            new.n_approvals,
            msgspec.json.encode(new.gates).decode(),
            transaction.now_ms,
            transaction.now_ms,
        ),
    )
    return _changed(transaction, number, request_id, Event.PROMOTION_CREATED, new.user_id)


def _changed(transaction: Transaction, model: int, request_id: str, event: Event, user_id: str) -> Promotion:
    """Tell of a change, and return what has become of the request."""
    request = get(transaction.connection, request_id)
    told = {"request_id": request_id, "name": request.name, "version": str(request.version), "alias": request.alias}
    tell(transaction, model, event, {**told, "state": request.state.value, "user_id": user_id})
    return request


def get(connection: sa.Connection, request_id: str) -> Promotion:
    table = promotion_requests
    for found in _load(connection, table.c.request_id == request_id.replace("\x00", "")):
        return found
    raise NotFound(KIND, request_id)


def list_requests(connection: sa.Connection, name: str, states: Sequence[PromotionState]) -> tuple[Promotion, ...]:
    where = sa.true() if not name else promotion_requests.c.model == find_number(connection, name)
    if states:
        where = sa.and_(where, promotion_requests.c.state.in_([state.value for state in states]))
    return _load(connection, where)


def review(transaction: Transaction, request_id: str, given: Review) -> Promotion:
    check_words("comment", given.comment, MAX_DESCRIPTION)
    check_words("user", given.user_id, MAX_CARD_TEXT)
    request, row, model = _open(transaction, request_id)
    if given.verdict is not Verdict.COMMENT:
        if not given.user_id:
            raise InvalidValue("A verdict needs the user who gives it.")
        if request.reviewers and given.user_id not in request.reviewers:
            raise InvalidValue(f"{given.user_id!r} is none of the reviewers: {', '.join(request.reviewers)}.")
        if given.user_id == request.user_id and given.verdict is Verdict.APPROVE:
            raise InvalidValue("Who asks for a promotion does not approve it; somebody else has to.")
    transaction.run(
        "INSERT INTO promotion_reviews (request, user_id, verdict, comment, time) VALUES (?, ?, ?, ?, ?)",
        (row, given.user_id, given.verdict.value, given.comment, transaction.now_ms),
    )
    if given.verdict is Verdict.REJECT:
        _close(transaction, row, PromotionState.REJECTED)
        return _changed(transaction, model, request_id, Event.PROMOTION_REJECTED, given.user_id)
    return _changed(transaction, model, request_id, Event.PROMOTION_REVIEWED, given.user_id)


def withdraw(transaction: Transaction, request_id: str) -> Promotion:
    request, row, model = _open(transaction, request_id)
    _close(transaction, row, PromotionState.WITHDRAWN)
    return _changed(transaction, model, request_id, Event.PROMOTION_WITHDRAWN, request.user_id)


def merge(transaction: Transaction, request_id: str, *, user_id: str) -> Promotion:
    """Move the alias, if all gates pass and enough people approve."""
    request, row, model = _open(transaction, request_id)
    failed = [result.explanation for result in request.results if not result.passed]
    if failed:
        raise InvalidState(f"The version does not pass: {' '.join(failed)}")
    if len(request.approvals) < request.n_approvals:
        raise InvalidState(f"{len(request.approvals)} of {request.n_approvals} approvals are there.")
    results = msgspec.json.encode(request.results).decode()
    transaction.run("UPDATE promotion_requests SET results = ? WHERE id = ?", (results, row))
    _close(transaction, row, PromotionState.MERGED)
    reason = f"Promotion request {request_id}. {request.description}".strip()
    set_alias(transaction, request.name, request.alias, request.version, user_id=user_id, reason=reason)
    return _changed(transaction, model, request_id, Event.PROMOTION_MERGED, user_id)


def _open(transaction: Transaction, request_id: str) -> tuple[Promotion, int, int]:
    """An open request, its row and the number of its model, held until the commit."""
    model = number_of(transaction, get(transaction.connection, request_id).name)
    request = get(transaction.connection, request_id)
    if request.state is not PromotionState.OPEN:
        raise InvalidState(f"The promotion request {request_id} is {request.state.value} already.")
    found = transaction.row("SELECT id FROM promotion_requests WHERE request_id = ?", (request_id,))
    assert found is not None, "it was read just now"
    transaction.run("UPDATE promotion_requests SET last_update_time = ? WHERE id = ?", (transaction.now_ms, found[0]))
    return request, int(found[0]), model


def _close(transaction: Transaction, row: int, state: PromotionState) -> None:
    transaction.run("UPDATE promotion_requests SET state = ? WHERE id = ?", (state.value, row))


def _load(connection: sa.Connection, where: sa.ColumnElement[bool]) -> tuple[Promotion, ...]:
    table = promotion_requests
    query = (
        sa.select(table, registered_models.c.name)
        .join(registered_models, registered_models.c.id == table.c.model)
        .where(registered_models.c.workspace == workspace_of(connection), where)
        .order_by(table.c.id.desc())
        .limit(MAX_LISTED)
    )
    return tuple(_from_row(connection, row) for row in connection.execute(query).all())


def _from_row(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> Promotion:
    gates = msgspec.json.decode(row.gates, type=tuple[Gate, ...])
    state = PromotionState(row.state)
    if state is PromotionState.OPEN:
        results = _results(connection, row.name, row.version, row.alias, gates)
    else:
        results = msgspec.json.decode(row.results, type=tuple[GateResult, ...])
    reviews = connection.execute(
        sa.select(promotion_reviews).where(promotion_reviews.c.request == row.id).order_by(promotion_reviews.c.id)
    )
    return Promotion(
        request_id=row.request_id,
        name=row.name,
        version=row.version,
        alias=row.alias,
        state=state,
        creation_time_ms=row.creation_time,
        last_update_time_ms=row.last_update_time,
        description=row.description,
        user_id=row.user_id,
        reviewers=msgspec.json.decode(row.reviewers, type=tuple[str, ...]),
        n_approvals=row.n_approvals,
        gates=gates,
        results=results,
        reviews=tuple(
            Review(user_id=one.user_id, verdict=Verdict(one.verdict), comment=one.comment, time_ms=one.time)
            for one in reviews
        ),
    )


def _results(
    connection: sa.Connection, name: str, version: int, alias: str, gates: Sequence[Gate]
) -> tuple[GateResult, ...]:
    try:
        wanted = get_version(connection, name, version)
    except NotFound:
        gone = f"The version {version} was deleted."
        return tuple(GateResult(passed=False, explanation=gone) for _ in gates)
    try:
        present: ModelVersion | None = get_by_alias(connection, name, alias, at_ms=None)
    except InvalidValue:
        present = None
    return tuple(_result(gate, wanted, present) for gate in gates)


def _result(gate: Gate, version: ModelVersion, present: ModelVersion | None) -> GateResult:
    match gate.kind:
        case GateKind.FILTER:
            passed = evaluate.matches(parse_filter(gate.filter, MODEL_VERSIONS), version)
            verb = "fulfils" if passed else "does not fulfil"
            return GateResult(passed=passed, explanation=f"The version {verb} {gate.filter}.")
        case GateKind.METRIC:
            return compare_metric(gate, version, present)
        case GateKind.SIGNATURE:
            return compare_signatures(version, present)
    missing = [name for name in gate.fields if not getattr(version.card, name, version.description)]
    told = f"Nothing says its {', '.join(missing)}." if missing else "All that is required is told."
    return GateResult(passed=not missing, explanation=told)
