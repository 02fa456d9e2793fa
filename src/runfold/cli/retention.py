"""`runfold retention`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.retention import RetentionPass, RetentionPlan, RetentionRule
    from runfold.stores.base import TrackingStore

_WORKSPACE = ("RUNFOLD_WORKSPACE", "MLFLOW_WORKSPACE")
NAME = click.argument("name", metavar="RULE")
WORKSPACE = click.option(
    "--workspace",
    metavar="NAME",
    default="",
    envvar=_WORKSPACE,
    help="Whose rule. Default: RUNFOLD_WORKSPACE, or else (or with '') the server, whose rules are for administrators.",
)
_OF = click.option(
    "--workspace",
    metavar="NAME",
    envvar=_WORKSPACE,
    help="Of this one alone. Default: RUNFOLD_WORKSPACE, or else all that are yours to keep.",
)
_NEVER = "never"
_SERVER = "the server"


@click.group()
def retention() -> None:
    """Say what is kept, and for how long; a server sends the rest to the trash, and purges it in time.

    \b
    A rule belongs to a workspace, and is kept by who manages that, or to the server:
      runfold retention set checkpoints --workspace vision --keep-last 3 --per parent
    """


def _rule_options(command: Any) -> Any:
    for option in reversed(
        (
            click.option(
                "--in", "place", help="folder:NAME (of experiments), experiment:ID, or everything (of the workspace)."
            ),
            click.option("--filter", "filter_text", help="Which runs, in the language of searches."),
            click.option("--keep-best", type=int, metavar="N", help="So many of each group stay for ever."),
            click.option("--by", "best_by", metavar="ORDER", help="What is best, such as 'metrics.loss ASC'."),
            click.option("--keep-last", type=int, metavar="N", help="So many of each group stay for ever."),
            click.option("--per", help="A group: parent, experiment, params.KEY or tags.KEY; else all runs are one."),
            click.option("--after", "after_days", type=float, metavar="DAYS", help="Since they ended; 30 at first."),
            click.option("--files", "path", metavar="PATH", help="Not the runs go, but their files below this path."),
            click.option("--trash", metavar="DAYS|never", help="What went is purged so much later; 30 days at first."),
            click.option("--every", "every_hours", type=float, metavar="HOURS", help="Between passes; 24 at first."),
            click.option("--on/--off", "is_active", default=None, help="Whether the server carries the rule out."),
        )
    ):
        command = option(command)
    return command


@retention.command("set")
@NAME
@WORKSPACE
@_rule_options
@json_option
@with_store
def set_rule(store: TrackingStore, name: str, workspace: str, as_json: bool, **given: Any) -> None:
    """Make a rule, or change what is given of one. Look at `retention plan RULE` before its first pass.

    The rule of a workspace acts with your rights from then on: it does nothing that you may not do.
    """
    rule = store.save_retention_rule(_changed(_rule(store, name, workspace), given))
    when = f"its next pass is at {formats.moment(rule.next_time_ms)}" if rule.is_active else "it is off"
    print_done(f"The rule {rule.name!r} is set; {when}.", rule, as_json=as_json)


@retention.command("plan")
@NAME
@WORKSPACE
@_rule_options
@json_option
@with_store
def plan(store: TrackingStore, name: str, workspace: str, as_json: bool, **given: Any) -> None:
    """Show what a pass would remove now, with sizes, and why the rest stays. Changes nothing.

    With options, of the rule as it would be with them; it need not be there yet.
    """
    found = store.plan_retention(_changed(_rule(store, name, workspace), given))
    if as_json:
        print_json(found)
    else:
        _show_plan(found)


def _show_plan(found: RetentionPlan) -> None:
    rows = [[one.run_id, one.name, formats.size(one.n_bytes), "goes"] for one in found.going]
    rows += [[one.run_id, one.name, "", f"stays: {one.why.value}"] for one in found.staying]
    print_table([Column("run"), Column("name"), Column("files"), Column("what becomes of it")], rows, empty="No runs.")
    whys = ", ".join(f"{n} {why}" for why, n in sorted(found.whys.items()))
    click.echo(
        f"{found.n_going} go ({formats.size(found.n_bytes)}), {found.n_staying} stay{f': {whys}' if whys else ''}."
    )


@retention.command("apply")
@NAME
@WORKSPACE
@json_option
@with_store
def apply(store: TrackingStore, name: str, workspace: str, as_json: bool) -> None:
    """Carry out a pass of a rule now rather than on its schedule."""
    done = store.apply_retention(name, workspace=workspace)
    print_done(_told(done), done, as_json=as_json)
    if done.error:
        raise click.ClickException(done.error)


def _told(done: RetentionPass) -> str:
    return (
        f"{done.n_retired} went to the trash ({formats.size(done.n_bytes)}), and {done.n_purged} that had gone before "
        "are purged."
    )


@retention.command("list")
@_OF
@json_option
@with_store
def list_rules(store: TrackingStore, workspace: str | None, as_json: bool) -> None:
    """List the rules that are yours to keep."""
    found = store.list_retention_rules(workspace)
    if as_json:
        print_json(found)
        return
    rows = [[one.name, one.workspace or _SERVER, one.place.text, _sentence(one), _when(one)] for one in found]
    heads = ("rule", "of", "place", "what it says", "next pass")
    print_table([Column(head) for head in heads], rows, empty="No rules.")
    for one in found:
        if one.rests:
            click.echo(one.rests, err=True)


def _when(rule: RetentionRule) -> str:
    if rule.rests:
        return "rests"
    return formats.moment(rule.next_time_ms) if rule.is_active else "off"


def _sentence(rule: RetentionRule) -> str:
    kept = [f"the best {rule.keep_best} by {rule.best_by}"] if rule.keep_best else []
    kept += [f"the last {rule.keep_last}"] if rule.keep_last else []
    of = f" of {rule.filter}" if rule.filter else ""
    what = f"files below {rule.path}" if rule.path else "runs"
    per = f" per {rule.per}" if rule.per else ""
    keep = f"keep {' and '.join(kept)}{per}; " if kept else ""
    return f"{keep}{what}{of} go after {rule.after_days:g} days"


@retention.command("history")
@click.argument("name", metavar="[RULE]", default="")
@_OF
@json_option
@with_store
def history(store: TrackingStore, name: str, workspace: str | None, as_json: bool) -> None:
    """Show what passes did, newest first."""
    found = store.list_retention_passes(name, workspace=workspace)
    if as_json:
        print_json(found)
        return
    rows = [
        [
            formats.moment(one.start_time_ms),
            one.rule,
            one.workspace or _SERVER,
            one.by or "schedule",
            str(one.n_retired),
            formats.size(one.n_bytes),
            str(one.n_purged),
            one.error or ("" if one.end_time_ms else "under way"),
        ]
        for one in found
    ]
    heads = ("begun", "rule", "of", "by", "to the trash", "files", "purged", "state")
    print_table([Column(head) for head in heads], rows, empty="No pass yet.")


@retention.command("remove")
@NAME
@WORKSPACE
@json_option
@with_store
def remove(store: TrackingStore, name: str, workspace: str, as_json: bool) -> None:
    """Remove a rule. What it has sent to the trash stays there; files that wait to go stay."""
    store.delete_retention_rule(name, workspace=workspace)
    print_done(f"The rule {name!r} is gone.", {"name": name}, as_json=as_json)


def _rule(store: TrackingStore, name: str, workspace: str) -> RetentionRule:
    """As it is set, or a new one."""
    from runfold.domain.retention import RetentionRule

    found = (one for one in store.list_retention_rules(workspace) if one.name == name)
    return next(found, RetentionRule(name=name, workspace=workspace))


def _changed(rule: RetentionRule, given: dict[str, Any]) -> RetentionRule:
    import msgspec

    from runfold.domain.access import parse_place
    from runfold.domain.retention import Retires

    changes = {key: value for key, value in given.items() if value is not None}
    if "place" in changes:
        changes["place"] = parse_place(changes["place"])
    if "filter_text" in changes:
        changes["filter"] = changes.pop("filter_text")
    if "trash" in changes:
        changes["trash_days"] = _days(changes.pop("trash"))
    if "path" in changes:
        changes["retires"] = Retires.FILES if changes["path"] else Retires.RUNS
    return msgspec.structs.replace(rule, **changes)


def _days(text: str) -> float | None:
    if text == _NEVER:
        return None
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no number of days; give one, or never.") from None
