"""Inputs that are passed on to scoring servers."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire.messages import scoring as m
from runfold.wire.messages.base import Empty


def list_servers(services: Services, request: Empty) -> m.ScoringServersReply:
    known = services.scoring.known
    return m.ScoringServersReply(
        servers=tuple(m.ScoringServerMessage(name=server.name, address=server.address) for server in known)
    )


def score(services: Services, request: m.ScoreInput) -> m.ScoreReply:
    found = services.scoring.score(request.server, request.body.encode())
    return m.ScoreReply(status=found.status, text=found.text, seconds=found.seconds, model=found.model)


ANSWERS: Mapping[str, Answer] = {"scoring/servers": list_servers, "scoring/score": score}
