"""Command-line options made from the settings of `runfold.config`, so that each is described once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def settings_options(*kinds: type, also: Mapping[str, Sequence[str]] | None = None) -> Callable[[F], F]:
    """Decorate a command with one option per setting; an option that is not given passes None or ().

    Args:
        also: further spellings of options, by the name of the setting.
    """

    def decorate(command: F) -> F:
        for kind in reversed(kinds):
            for item in reversed(dataclasses.fields(kind)):
                command = _option(item, (also or {}).get(item.name, ()))(command)
        return command

    return decorate


def _option(item: dataclasses.Field[Any], also: Sequence[str]) -> Callable[[F], F]:
    name = f"--{item.name.replace('_', '-')}"
    meaning = item.metadata["meaning"].replace("`", "")
    default = item.default
    if isinstance(default, tuple):
        return click.option(name, multiple=True, callback=_split, help=f"{meaning} Repeatable, or with commas.")
    if isinstance(default, bool):
        shown = name if default else f"--no-{name[2:]}"
        return click.option(f"{name}/--no-{name[2:]}", default=None, help=f"{meaning} [default: {shown[2:]}]")
    shown = f" [default: {default}]" if default != "" else ""
    return click.option(*also, name, item.name, type=type(default), default=None, help=meaning + shown)


def _split(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
