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

NAME = click.argument("name", metavar="RULE")
_NEVER = "never"


@click.group()
def retention() -> None:
    """Say what is kept, and for how long; a server sends the rest to the trash, and purges it in time."""


def _rule_options(command: Any) -> Any:
    for option in reversed(
        (
            click.option("--in", "place", help="folder:NAME (of experiments), experiment:ID, or everything."),
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
@_rule_options
@json_option
@with_store
def set_rule(store: TrackingStore, name: str, as_json: bool, **given: Any) -> None:
    """Make a rule, or change what is given of one. Look at `retention plan RULE` before its first pass."""
    rule = store.save_retention_rule(_changed(_found(store, name), name, given))
    when = f"its next pass is at {formats.moment(rule.next_time_ms)}" if rule.is_active else "it is off"
    print_done(f"The rule {rule.name!r} is set; {when}.", rule, as_json=as_json)


@retention.command("plan")
@NAME
@_rule_options
@json_option
@with_store
def plan(store: TrackingStore, name: str, as_json: bool, **given: Any) -> None:
    """Show what a pass would remove now, with sizes, and why the rest stays. Changes nothing.

    With options, of the rule as it would be with them; it need not be there yet.
    """
    found = store.plan_retention(_changed(_found(store, name), name, given))
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
@json_option
@with_store
def apply(store: TrackingStore, name: str, as_json: bool) -> None:
    """Carry out a pass of a rule now rather than on its schedule."""
    done = store.apply_retention(name)
    print_done(_told(done), done, as_json=as_json)
    if done.error:
        raise click.ClickException(done.error)


def _told(done: RetentionPass) -> str:
    return (
        f"{done.n_retired} went to the trash ({formats.size(done.n_bytes)}), and {done.n_purged} that had gone before "
        "are purged."
    )


@retention.command("list")
@json_option
@with_store
def list_rules(store: TrackingStore, as_json: bool) -> None:
    """List the rules."""
    found = store.list_retention_rules()
    if as_json:
        print_json(found)
        return
    rows = [[one.name, one.place.text, _sentence(one), _when(one)] for one in found]
    print_table([Column("rule"), Column("place"), Column("what it says"), Column("next pass")], rows, empty="No rules.")


def _when(rule: RetentionRule) -> str:
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
@json_option
@with_store
def history(store: TrackingStore, name: str, as_json: bool) -> None:
    """Show what passes did, newest first."""
    found = store.list_retention_passes(name)
    if as_json:
        print_json(found)
        return
    rows = [
        [
            formats.moment(one.start_time_ms),
            one.rule,
            one.by or "schedule",
            str(one.n_retired),
            formats.size(one.n_bytes),
            str(one.n_purged),
            one.error or ("" if one.end_time_ms else "under way"),
        ]
        for one in found
    ]
    heads = ("begun", "rule", "by", "to the trash", "files", "purged", "state")
    print_table([Column(head) for head in heads], rows, empty="No pass yet.")


@retention.command("remove")
@NAME
@json_option
@with_store
def remove(store: TrackingStore, name: str, as_json: bool) -> None:
    """Remove a rule. What it has sent to the trash stays there; files that wait to go stay."""
    store.delete_retention_rule(name)
    print_done(f"The rule {name!r} is gone.", {"name": name}, as_json=as_json)


def _found(store: TrackingStore, name: str) -> RetentionRule | None:
    return next((one for one in store.list_retention_rules() if one.name == name), None)


def _changed(rule: RetentionRule | None, name: str, given: dict[str, Any]) -> RetentionRule:
    import msgspec

    from runfold.domain.access import parse_place
    from runfold.domain.retention import RetentionRule, Retires

    changes = {key: value for key, value in given.items() if value is not None}
    if "place" in changes:
        changes["place"] = parse_place(changes["place"])
    if "filter_text" in changes:
        changes["filter"] = changes.pop("filter_text")
    if "trash" in changes:
        changes["trash_days"] = _days(changes.pop("trash"))
    if "path" in changes:
        changes["retires"] = Retires.FILES if changes["path"] else Retires.RUNS
    return msgspec.structs.replace(rule or RetentionRule(name=name), **changes)


def _days(text: str) -> float | None:
    if text == _NEVER:
        return None
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no number of days; give one, or never.") from None
