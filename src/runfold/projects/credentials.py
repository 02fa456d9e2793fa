"""What lets a command record to the server from a machine that does not know us."""

from __future__ import annotations

import base64

from runfold.stores.rest.access import access_to
from runfold.tracking.session import Session


def credentials_of(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """Variables for the clients over there, and those among them that are secret. None where nobody asks who we are.

    The command may then do what the agent may, as it may on the agent's own machine.
    """
    if not session.is_remote:
        return {}, {}
    kind, _, value = access_to(session.full_uri).headers.get("Authorization", "").partition(" ")
    if kind == "Bearer":
        return {}, _named("TOKEN", value)
    if kind == "Basic":
        user, _, password = base64.b64decode(value).decode().partition(":")
        return _named("USERNAME", user), _named("PASSWORD", password)
    return {}, {}


def _named(name: str, value: str) -> dict[str, str]:
    return {f"{family}_TRACKING_{name}": value for family in ("RUNFOLD", "MLFLOW")}
