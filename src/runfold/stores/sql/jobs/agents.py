"""Who takes jobs, and whether they are there."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from runfold.domain import limits
from runfold.domain.job import Agent
from runfold.errors import InvalidValue
from runfold.stores.sql.access.tables import users
from runfold.stores.sql.jobs.tables import HELD, agents, jobs
from runfold.stores.sql.transaction import Transaction

SILENT_MS = 30_000
"""Agents give a sign of life every five seconds or so; after this long without one, they are thought gone."""


def note_agent(transaction: Transaction, agent: Agent, account: int) -> None:
    if not agent.name.strip() or len(agent.name) > 250:
        raise InvalidValue("An agent needs a name of at most 250 characters.")
    limits.check_text("name of an agent", agent.name)
    described = {"description": msgspec.json.encode(agent).decode(), "seen": transaction.now_ms}
    known = transaction.connection.execute(sa.update(agents).where(_is(agent.name, account)).values(**described))
    if known.rowcount == 0:
        transaction.run(
            "INSERT INTO agents (name, description, seen, account) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (agent.name, described["description"], transaction.now_ms, account),
        )


def note_life(transaction: Transaction, name: str, account: int) -> None:
    transaction.connection.execute(sa.update(agents).where(_is(name, account)).values(seen=transaction.now_ms))


def _is(name: str, account: int) -> sa.ColumnElement[bool]:
    return (agents.c.account == account) & (agents.c.name == name)


def list_agents(connection: sa.Connection, now_ms: int, account: int | None) -> tuple[Agent, ...]:
    """By name.

    Args:
        account: number of the user whose agents are wanted; None: all of them.
    """
    wanted = sa.true() if account is None else agents.c.account == account
    held = (
        sa.select(jobs.c.holder, jobs.c.agent, sa.func.count())
        .where(jobs.c.state.in_(HELD))
        .group_by(jobs.c.holder, jobs.c.agent)
    )
    n_held = {(holder, name): n for holder, name, n in connection.execute(held)}
    found = (
        sa.select(agents, users.c.name.label("user"))
        .outerjoin(users, users.c.id == agents.c.account)
        .where(wanted)
        .order_by(agents.c.name, agents.c.account)
    )
    return tuple(
        msgspec.structs.replace(
            (agent := msgspec.json.decode(row.description, type=Agent)),
            account=row.user or "",
            seen_ms=row.seen,
            n_held=n_held.get((row.account, row.name), 0),
            is_there=agent.n_slots > 0 and now_ms - row.seen < SILENT_MS,
        )
        for row in connection.execute(found)
    )
