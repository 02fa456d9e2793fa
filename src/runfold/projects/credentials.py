"""Who a job's command is to the server: who asked for the job, not the agent that has it run."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from urllib.parse import quote, urlsplit, urlunsplit

from runfold.config import ClientSettings
from runfold.stores.rest.access import access_to
from runfold.tracking.address import without_secrets
from runfold.tracking.session import Session

_BY_TOKEN = "token"  # noqa: S105 - what the server takes for a name where the password is a token
_KINDS = ("USERNAME", "PASSWORD", "TOKEN")


def credentials_of(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """Variables by which a command's clients say that they are who the session is, and those of them that are secret.

    None where nobody asks who we are.
    """
    if not session.is_remote:
        return {}, {}
    user, secret = _credentials(session)
    if user == _BY_TOKEN:
        return {}, _named("TOKEN", secret)
    return (_named("USERNAME", user), _named("PASSWORD", secret)) if user else ({}, {})


def token_variables() -> tuple[str, ...]:
    """Where clients of both kinds look for a token."""
    return tuple(_named("TOKEN", ""))


def taken_out_of_environment(session: Session) -> Session:
    """The same session, which alone knows who we are from now on: no program that is started here finds it out."""
    if not session.is_remote:
        return session
    user, secret = _credentials(session)
    for kind in _KINDS:
        for name in _named(kind, ""):
            os.environ.pop(name, None)
    for name in _named("URI", ""):
        if name in os.environ:
            os.environ[name] = without_secrets(os.environ[name])
    return Session(_address(session.uri, user, secret), session.settings) if user else session


def by_token(uri: str, token: str, settings: ClientSettings) -> Session:
    """Of whoever has the token, whatever the environment says."""
    return Session(_address(without_secrets(uri), _BY_TOKEN, token), settings)


@contextmanager
def acting(session: Session, token: str, workspace: str) -> Iterator[Session]:
    """A session of who asked for a job, by the job's token; the given one where nobody knows who that is."""
    if not token or not session.is_remote:
        yield session
        return
    settings = replace(session.settings, workspace=workspace)
    with closing(by_token(session.uri, token, settings)) as theirs:
        yield theirs


def _credentials(session: Session) -> tuple[str, str]:
    """Name and password; both empty: none are known."""
    kind, _, value = access_to(session.full_uri).headers.get("Authorization", "").partition(" ")
    if kind == "Bearer":
        return _BY_TOKEN, value
    if kind == "Basic":
        user, _, password = base64.b64decode(value).decode().partition(":")
        return user, password
    return "", ""


def _address(uri: str, user: str, secret: str) -> str:
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(secret, safe='')}@{parts.netloc}"))


def _named(name: str, value: str) -> dict[str, str]:
    return {f"{family}_TRACKING_{name}": value for family in ("RUNFOLD", "MLFLOW")}
