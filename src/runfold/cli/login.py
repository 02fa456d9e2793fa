"""`runfold login` and `runfold logout`."""

from __future__ import annotations

import os
import platform
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

import click

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore

DAY_MS = 86_400_000
DEFAULT_DAYS = 90

SERVER = click.argument("server", metavar="URL")
DAYS = click.option(
    "--days", type=click.IntRange(1), default=DEFAULT_DAYS, show_default=True, help="Days until the token ends."
)


@click.command()
@SERVER
@click.option("--user", help="Name to sign in with; asked for otherwise.")
@DAYS
@click.option("--token", "by_token", is_flag=True, help="Keep a token that was made on a page of the server.")
def login(server: str, user: str | None, days: int, by_token: bool) -> None:
    """Sign in to a server with users, and keep a token for it in your configuration.

    The password, or with --token the token, is asked for on a terminal, or read from standard input.
    """
    if by_token:
        _keep_token(server, read_password("Token").strip())
        return
    name = user or str(click.prompt("Name"))
    keep_new_token(server, name, read_password(f"Password of {name}"), days=days)


@click.command()
@SERVER
def logout(server: str) -> None:
    """End the token that `runfold login` keeps for a server, and forget it."""
    from runfold.errors import NotFound, Unauthenticated
    from runfold.stores.rest import kept_tokens
    from runfold.stores.rest.access import access_to

    base_url = access_to(server, environ={}).base_url
    kept = kept_tokens.find(base_url, os.environ)
    if kept is None:
        raise NotFound("token", base_url)
    try:
        with closing(_open(server, kept.user, kept.secret)) as store:
            store.revoke_token(kept.token_id, user=kept.user)
    except (NotFound, Unauthenticated):
        pass  # it had ended by itself
    kept_tokens.keep(base_url, None, os.environ)
    click.echo(f"Signed out of {base_url}.")


def _keep_token(server: str, secret: str) -> None:
    from runfold.errors import Unauthenticated
    from runfold.stores.rest import kept_tokens

    with closing(_open(server, "token", secret)) as store:
        # The one who asks; that it answers says that the token is valid.
        token = next((one for one in store.list_tokens("") if secret.startswith(one.beginning)), None)
        base_url = store.uri
    if token is None:
        raise Unauthenticated("That is no token of this server: one begins with rft_.")
    kept = kept_tokens.KeptToken(user=token.user, token_id=token.token_id, secret=secret)
    path = kept_tokens.keep(base_url, kept, os.environ)
    click.echo(f"Signed in to {base_url} as {token.user}; the token is kept in {path}.")


def keep_new_token(server: str, name: str, password: str, *, days: int) -> None:
    from runfold.domain.access import Role
    from runfold.stores.rest import kept_tokens

    expires_ms = time.time_ns() // 1_000_000 + days * DAY_MS
    with closing(_open(server, name, password)) as store:
        made = store.create_token(
            name, name=f"runfold login on {platform.node()}", scope=Role.MANAGER, expires_ms=expires_ms
        )
        base_url = store.uri
    kept = kept_tokens.KeptToken(user=name, token_id=made.token.token_id, secret=made.secret)
    path = kept_tokens.keep(base_url, kept, os.environ)
    click.echo(f"Signed in to {base_url} as {name}, for {days} days; the token is kept in {path}.")


def read_password(prompt: str, *, is_new: bool = False) -> str:
    """From a terminal, or from standard input, so that it stands in no list of processes and no history."""
    if sys.stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=is_new))
    return sys.stdin.readline().rstrip("\r\n")


def _open(server: str, name: str, password: str) -> TrackingStore:
    from runfold.stores.open import open_store

    parts = urlsplit(server)
    authority = f"{quote(name, safe='')}:{quote(password, safe='')}@{parts.netloc.rpartition('@')[2]}"
    return open_store(urlunsplit((parts.scheme, authority, parts.path, "", "")))
