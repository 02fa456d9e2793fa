"""Writes the reference pages that are made from code: `make docs`. `--check` only says which are out of date."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from runfold import config
from runfold.cli import main as cli
from scripts.rest_reference import rest_page

PAGES = Path(__file__).parents[1] / "docs" / "reference"
MADE = "<!-- Made by `make docs`; edit the code instead. -->\n"


def settings_page() -> str:
    kinds = (
        ("Server", "How `runfold server` behaves.", config.ServerSettings),
        ("Store", "How a SQL store behaves, in a server or opened directly.", config.StoreSettings),
        ("Client", "How logging behaves in a training script.", config.ClientSettings),
        ("Serving", "How `runfold models serve` behaves.", config.ServingSettings),
    )
    return "\n".join(
        [
            MADE,
            "# Settings\n",
            "Strongest first: a command-line option (`--max-body-bytes`), an environment variable",
            "(`RUNFOLD_MAX_BODY_BYTES`), a line of the file that `RUNFOLD_CONFIG` names or of `./runfold.toml`",
            "(`max_body_bytes = 1000000`), the default. Lists are separated by commas in environment variables.",
            *(line for title, text, kind in kinds for line in _settings_table(title, text, kind)),
            "",
        ]
    )


def _settings_table(title: str, text: str, kind: type) -> Iterator[str]:
    yield f"\n## {title}\n\n{text}\n"
    yield "| setting | type | default | meaning |\n| --- | --- | --- | --- |"
    for item in dataclasses.fields(kind):
        name = getattr(kind, "prefix", "") + item.name
        default = f"`{item.default}`" if item.default not in ("", ()) else "empty"
        yield f"| `{name}` | {_type_name(item.default)} | {default} | {item.metadata['meaning']} |"


def _type_name(default: object) -> str:
    names = {bool: "true or false", int: "integer", float: "number", tuple: "list of texts"}
    return names.get(type(default), "text")


def cli_page() -> str:
    context = click.Context(cli, info_name="runfold", terminal_width=100, **cli.context_settings)
    return MADE + "\n# The command line\n\n" + "\n".join(_command_section(cli, context)) + "\n"


def _command_section(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## `{context.command_path}`\n\n```\n{command.get_help(context).rstrip()}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            sub = command.get_command(context, name)
            if sub is not None:
                inner = click.Context(sub, info_name=name, parent=context)
                yield from _command_section(sub, inner)


def main() -> int:
    pages = {PAGES / "settings.md": settings_page(), PAGES / "cli.md": cli_page(), PAGES / "rest.md": rest_page(MADE)}
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.name} is out of date; run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
        print(f"wrote {path.relative_to(PAGES.parents[1])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
