"""The group of commands about models."""

from __future__ import annotations

import click


@click.group()
def models() -> None:
    """Find, register, compare, move, serve and call models.

    A version is written as the registry's address of it: models:/NAME/VERSION, models:/NAME@ALIAS, or
    short NAME/VERSION and NAME@ALIAS.
    """
