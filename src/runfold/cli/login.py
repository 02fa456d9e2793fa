"""`runfold login`, `logout` and `whoami`."""

from __future__ import annotations

import os
import platform
import sys
import time
import webbrowser
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

import click

if TYPE_CHECKING:
    from runfold.domain.access import NewToken
    from runfold.stores.base import TrackingStore
    from runfold.stores.rest.kept_tokens import KeptToken

DAY_MS = 86_400_000
DEFAULT_DAYS = 90
# A scope is a role that caps every other one; people know what a token is for rather than who it would be.
SCOPES = {"read": "reader", "log": "contributor", "manage": "manager"}

SERVER = click.argument("server", metavar="URL")
DAYS = click.option(
    "--days", type=click.IntRange(1), default=DEFAULT_DAYS, show_default=True, help="Days until the token ends."
)


@click.command()
@SERVER
@click.option("--user", help="Sign in by password as this user, without a browser.")
@click.option("--token", "by_token", is_flag=True, help="Keep a token that was made on a page of the server.")
@click.option(
    "--scope",
    type=click.Choice(tuple(SCOPES)),
    default="manage",
    show_default=True,
    help="What the token may do at most; without --token.",
)
@DAYS
@click.option("--browser/--no-browser", default=True, help="Open the page here, or only print its address.")
@click.option("--mlflow", is_flag=True, help="Also write ~/.mlflow/credentials, for MLflow's own clients.")
def login(server: str, user: str | None, by_token: bool, scope: str, days: int, *, browser: bool, mlflow: bool) -> None:
    """Sign in to a server with users, and keep a token for it in your configuration.

    A page of the server opens, on which you sign in as you always do, and let this program in. On a machine without
    a browser, open the address that is printed on another one. The password of --user, or the token of --token, is
    asked for on a terminal, or read from standard input.
    """
    if by_token:
        kept = _keep_token(server, read_password("Token").strip())
    elif user:
        kept = keep_new_token(server, user, read_password(f"Password of {user}"), scope=scope, days=days)
    else:
        kept = _let_in(server, scope=scope, days=days, opens_page=browser)
    if mlflow:
        from runfold.stores.rest import mlflow_credentials

        path = mlflow_credentials.file_of_user()
        mlflow_credentials.write(path, kept.user, kept.secret)
        click.echo(f"MLflow's clients find it in {path}, and send it to whatever server they are told to use.")


@click.command()
@SERVER
def logout(server: str) -> None:
    """End the token that `runfold login` keeps for a server, and forget it."""
    from runfold.errors import NotFound, Unauthenticated
    from runfold.stores.rest import kept_tokens, mlflow_credentials
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
    mlflow_credentials.forget(mlflow_credentials.file_of_user(), kept.secret)
    click.echo(f"Signed out of {base_url}.")


@click.command()
@SERVER
def whoami(server: str) -> None:
    """Say as whom a server knows you, and what the token that is sent may do."""
    from runfold.stores.rest.account import account_at

    account = account_at(server)
    standing = ", an administrator" if account.user.is_admin else ""
    scope = next((word for word, role in SCOPES.items() if role == account.scope), account.scope)
    click.echo(f"{account.user.name}{standing}, with the scope {scope}.")


def _let_in(server: str, *, scope: str = "manage", days: int, opens_page: bool) -> KeptToken:
    from runfold.domain.access import parse_role
    from runfold.stores.rest.letting_in import LettingIn

    with closing(LettingIn(server)) as letting_in:
        asked = letting_in.ask(f"runfold login on {platform.node()}", scope=parse_role(SCOPES[scope]), days=days)
        code = f"{asked.code[:4]}-{asked.code[4:]}"
        click.echo(f"Open {letting_in.page(asked)}\nand let in the program with the code {code}.", err=True)
        if opens_page:
            webbrowser.open(letting_in.page(asked))
        made = letting_in.collect(asked)
        return _keep(letting_in.base_url, made, days=days)


def _keep(base_url: str, made: NewToken, *, days: int) -> KeptToken:
    from runfold.stores.rest import kept_tokens

    kept = kept_tokens.KeptToken(user=made.token.user, token_id=made.token.token_id, secret=made.secret)
    path = kept_tokens.keep(base_url, kept, os.environ)
    click.echo(f"Signed in to {base_url} as {kept.user}, for {days} days; the token is kept in {path}.")
    return kept


def _keep_token(server: str, secret: str) -> KeptToken:
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
    return kept


def keep_new_token(server: str, name: str, password: str, *, scope: str = "manage", days: int) -> KeptToken:
    from runfold.domain.access import parse_role

    expires_ms = time.time_ns() // 1_000_000 + days * DAY_MS
    with closing(_open(server, name, password)) as store:
        made = store.create_token(
            name, name=f"runfold login on {platform.node()}", scope=parse_role(SCOPES[scope]), expires_ms=expires_ms
        )
        return _keep(store.uri, made, days=days)


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
