"""`runfold targets`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_new_session, with_session, with_store
from runfold.cli.output import print_done, print_facts, print_json, print_table
from runfold.cli.pairs import parse_pairs
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.target import Target
    from runfold.stores.base import TrackingStore
    from runfold.tracking.session import Session

F = TypeVar("F", bound=Callable[..., Any])

NAME = click.argument("name", metavar="TARGET")


def target_options(command: F) -> F:
    """What a target has beside its address. Options that are not given are None or ()."""
    options = (
        click.option("-d", "--description", help="For people."),
        click.option("-l", "--label", "labels", multiple=True, help="What it has, such as gpu. Repeatable."),
        click.option("--gpus", "n_gpus", type=click.IntRange(0), help="GPUs that a job can get there."),
        click.option("--memory-gib", type=click.FloatRange(0), help="Memory that a job can get there."),
        click.option("-q", "--queue", help="Queue of the agents that reach it, for jobs that name none."),
        click.option("--server", "tracking_uri", help="The tracking server's address as seen from there."),
        click.option(
            "-s", "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of its kind. Repeatable."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def targets() -> None:
    """Keep the places where jobs are executed.

    \b
      runfold targets add box ssh://ann@box.example/scratch/jobs -l gpu --gpus 2
      runfold targets add box2 ssh://box2 -s key=secret:box-key -s python=/opt/python3.12/bin/python
      runfold targets add cluster slurm://ann@login.example/shared/jobs -s partition=gpu
      runfold targets add pods kubernetes://prod/ml -s image=python:3.12
      runfold targets add rays http://head.example:8265

    A target holds no secret: only where one is found (secret:NAME, env:VARIABLE, file:/path, command:program).
    """


@targets.command()
@NAME
@click.argument("address")
@target_options
@json_option
@with_new_session
def add(session: Session, name: str, address: str, as_json: bool, **given: Any) -> None:
    """Add a target: its name and ADDRESS."""
    from runfold.domain.target_address import read_target

    made = session.store.create_target(_changed(read_target(name, address), given))
    print_done(f"Target {made.name} ({made.kind}, {made.place}) is there.", made, as_json=as_json)


@targets.command()
@NAME
@target_options
@json_option
@with_store
def edit(store: TrackingStore, name: str, as_json: bool, **given: Any) -> None:
    """Change what is given; labels are replaced as a whole."""
    changed = store.update_target(_changed(store.get_target(name), given))
    print_done(f"Target {changed.name} is changed.", changed, as_json=as_json)


def _changed(target: Target, given: dict[str, Any]) -> Target:
    import msgspec

    from runfold.domain.target_address import with_settings

    settings = parse_pairs(given.pop("settings"))
    values = {field: value for field, value in given.items() if value not in (None, ())}
    return with_settings(msgspec.structs.replace(target, **values), settings)


@targets.command("list")
@json_option
@with_store
def list_targets(store: TrackingStore, as_json: bool) -> None:
    """List the targets."""
    found = store.list_targets()
    if as_json:
        print_json(found)
        return
    print_table(
        [Column(title) for title in ("target", "kind", "place", "labels", "gpus", "queue", "description")],
        [
            [
                target.name,
                target.kind.value,
                target.place,
                " ".join(target.labels),
                str(target.n_gpus or ""),
                target.queue,
                target.description,
            ]
            for target in found
        ],
        empty="There are no targets: jobs run on the machines of their agents.",
    )


@targets.command()
@NAME
@json_option
@with_store
def show(store: TrackingStore, name: str, as_json: bool) -> None:
    """Show all that is known of a target."""
    import msgspec

    found = store.get_target(name)
    if as_json:
        print_json(found)
        return
    settings = getattr(found, found.kind.value, None)
    print_facts(
        [
            ("target", found.name),
            ("kind", found.kind.value),
            ("place", found.place),
            ("description", found.description),
            ("labels", " ".join(found.labels)),
            ("gpus", str(found.n_gpus or "")),
            ("memory", f"{found.memory_gib:g} GiB" if found.memory_gib else ""),
            ("queue", found.queue),
            ("server", found.tracking_uri),
            *((key, _shown(value)) for key, value in (msgspec.to_builtins(settings) if settings else {}).items()),
            ("changed", formats.moment(found.last_update_time_ms)),
        ]
    )


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key}={inner}" for key, inner in value.items() if inner)
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


@targets.command()
@NAME
@json_option
@with_store
def remove(store: TrackingStore, name: str, as_json: bool) -> None:
    """Forget a target. What runs there goes on."""
    store.delete_target(name)
    print_done(f"Target {name} is gone.", {"name": name}, as_json=as_json)


@targets.command()
@NAME
@click.option("--by-agent", is_flag=True, help="Queue a job, so that an agent tries it, and print the job's id.")
@json_option
@with_session
def test(session: Session, name: str, by_agent: bool, as_json: bool) -> None:
    """Try whether a target can be used, from this machine or by an agent: step by step, without running anything.

    Secrets that the server keeps are given to agents alone: a target with such a key needs --by-agent.
    """
    from runfold.domain.job import target_test
    from runfold.launch.secrets import read_secret
    from runfold.projects.job import test_target
    from runfold.tracking.source import user_name

    if by_agent:
        job = session.store.submit_job(target_test(name, user_id=user_name()))
        print_done(job.job_id, job, as_json=as_json)
        return
    test_target(session.store.get_target(name), read_secret, lambda line: click.echo(line, err=as_json))
    if as_json:
        print_json({"name": name, "can_be_used": True})
