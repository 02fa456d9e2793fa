"""Who takes jobs, and whether they are there."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from runfold.domain import limits
from runfold.domain.job import Agent
from runfold.errors import InvalidValue
from runfold.stores.sql.jobs.tables import HELD, agents, jobs
from runfold.stores.sql.transaction import Transaction

SILENT_MS = 30_000
"""Agents give a sign of life every five seconds or so; after this long without one, they are thought gone."""


def note_agent(transaction: Transaction, agent: Agent) -> None:
    if not agent.name.strip() or len(agent.name) > 250:
        raise InvalidValue("An agent needs a name of at most 250 characters.")
    limits.check_text("name of an agent", agent.name)
    described = {"description": msgspec.json.encode(agent).decode(), "seen": transaction.now_ms}
    known = transaction.connection.execute(sa.update(agents).where(agents.c.name == agent.name).values(**described))
    if known.rowcount == 0:
        transaction.run(
            "INSERT INTO agents (name, description, seen) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (agent.name, described["description"], transaction.now_ms),
        )


def note_life(transaction: Transaction, name: str) -> None:
    transaction.connection.execute(sa.update(agents).where(agents.c.name == name).values(seen=transaction.now_ms))


def list_agents(connection: sa.Connection, now_ms: int) -> tuple[Agent, ...]:
    """By name."""
    held = sa.select(jobs.c.agent, sa.func.count()).where(jobs.c.state.in_(HELD)).group_by(jobs.c.agent)
    n_held = {row[0]: row[1] for row in connection.execute(held)}
    return tuple(
        _seen(msgspec.json.decode(row.description, type=Agent), row.seen, n_held.get(row.name, 0), now_ms)
        for row in connection.execute(sa.select(agents).order_by(agents.c.name))
    )


def _seen(agent: Agent, seen_ms: int, n_held: int, now_ms: int) -> Agent:
    is_there = agent.n_slots > 0 and now_ms - seen_ms < SILENT_MS
    return msgspec.structs.replace(agent, seen_ms=seen_ms, n_held=n_held, is_there=is_there)
