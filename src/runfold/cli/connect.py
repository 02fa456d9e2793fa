"""Options that many commands share, and the store that they name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runfold.errors import StoreError

if TYPE_CHECKING:
    from runfold.tracking.session import Session

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")

tracking_uri_option = click.option(
    "-u",
    "--tracking-uri",
    metavar="URI",
    help="Server or store to work on. Default: RUNFOLD_TRACKING_URI, or the folder ./.runfold.",
)


def with_session(command: Callable[..., object]) -> Callable[..., object]:
    """Give a command the option --tracking-uri, and the session that reaches it as its first argument.

    A SQLite store that is not there is an error: looking at nothing must not make a database.
    """

    @functools.wraps(command)
    def run(session: Session, *args: object, **kwargs: object) -> object:
        missing = missing_store(session)
        if missing is not None:
            raise StoreError(
                f"There is no store at {missing}. Log a run or start `runfold server` to make one, or name another "
                "with --tracking-uri."
            )
        return command(session, *args, **kwargs)

    return with_new_session(run)


def with_new_session(command: Callable[..., object]) -> Callable[..., object]:
    """Like `with_session`, for commands that may be the first on a store."""

    @functools.wraps(command)
    def run(*args: object, tracking_uri: str | None, **kwargs: object) -> object:
        session = open_session(tracking_uri)
        try:
            return command(session, *args, **kwargs)
        finally:
            session.close()

    return tracking_uri_option(run)


def with_store(command: Callable[..., object]) -> Callable[..., object]:
    """Like `with_session`, for commands that need the records alone."""

    @functools.wraps(command)
    def run(session: Session, *args: object, **kwargs: object) -> object:
        return command(session.store, *args, **kwargs)

    return with_session(run)


def open_session(tracking_uri: str | None) -> Session:
    """The store that a command works on: by the option, the environment, the file, or `./.runfold`.

    Nothing is opened or contacted before it is needed.
    """
    from runfold.tracking import address, settings
    from runfold.tracking.session import Session

    chosen = settings.load()
    return Session(address.resolve(tracking_uri or chosen.tracking_uri), chosen)


def missing_store(session: Session) -> Path | None:
    """The file of a SQLite store that does not exist yet."""
    if not session.uri.startswith("sqlite:///"):
        return None
    path = Path(session.uri.removeprefix("sqlite:///"))
    return None if path.exists() else path
