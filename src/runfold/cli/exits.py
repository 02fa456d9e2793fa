"""What a command's exit code says, and how an error becomes one.

0  it was done
1  it failed
2  the command line, a filter or a value is not acceptable
3  nothing has this id or name
4  the server or store cannot be reached or used just now; trying again later makes sense
5  it collides with what is there: a taken name, a deleted record
6  access denied
"""

from __future__ import annotations

import click

from runfold.errors import (
    AlreadyExists,
    InvalidState,
    InvalidValue,
    NotFound,
    PermissionDenied,
    RunfoldError,
    Unauthenticated,
    Unavailable,
)

FAILURE = 1

_CODES: tuple[tuple[type[RunfoldError], int], ...] = (
    (InvalidValue, 2),
    (NotFound, 3),
    (Unavailable, 4),
    (AlreadyExists, 5),
    (InvalidState, 5),
    (PermissionDenied, 6),
    (Unauthenticated, 6),
)


def exit_code(error: RunfoldError) -> int:
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILURE)


class Failure(click.ClickException):
    """An expected error on its way to the terminal: one message, no trace, the exit code of its meaning."""

    def __init__(self, error: RunfoldError) -> None:
        super().__init__(error.message)
        self.exit_code = exit_code(error)  # type: ignore[misc]  # click reads it from the instance


class Commands(click.Group):
    """A group whose commands may raise `RunfoldError`."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RunfoldError as error:
            raise Failure(error) from error
