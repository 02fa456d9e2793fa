"""`runfold usage`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.quota import Miscount, Usage
    from runfold.stores.base import TrackingStore

_NO_LIMIT = -1
_AS_DEFAULT = "default"
_USER, _WORKSPACE, _DEFAULTS = "user:", "workspace:", ("default", "default:workspaces")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([KMGTP])(i?)B?|B)?", re.IGNORECASE)
_POWERS = {letter: power for power, letter in enumerate("KMGTP", start=1)}


class Limit(click.ParamType[Any]):
    """A number, `none` for no limit, or `default`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = str(value).strip().lower()
        if text in ("none", _AS_DEFAULT):
            return _NO_LIMIT if text == "none" else _AS_DEFAULT
        found = self.read(text)
        if found is None:
            self.fail(f"{value!r} is no {self.name}; give one, or none for no limit, or default.", param, ctx)
        return found

    def read(self, text: str) -> float | None:
        if self.name == "size":
            return _bytes(text)
        try:
            return int(text) if self.name == "number" else float(text)
        except ValueError:
            return None


def _bytes(text: str) -> int | None:
    """`500MB`, `2 GiB`, `1000000`."""
    match = _SIZE.fullmatch(text)
    if match is None:
        return None
    base = 1024 if match[3] else 1000
    return int(float(match[1]) * base ** _POWERS.get((match[2] or "").upper(), 0))


@click.group()
def usage() -> None:
    """See and limit what users and workspaces keep on a server that was started with --auth."""


@usage.command("list")
@json_option
@with_store
def list_usage(store: TrackingStore, as_json: bool) -> None:
    """Show what everybody keeps and does, and may, and then every workspace. What lies in the trash counts."""
    _show((*store.list_usage(), *store.list_workspace_usage()), as_json=as_json)


@usage.command("show")
@click.argument("owner", metavar="[USER|workspace:NAME]", default="")
@json_option
@with_store
def show_usage(store: TrackingStore, owner: str, as_json: bool) -> None:
    """Show it of one user, or of a workspace that you manage, and where each limit comes from; of yourself without a
    name.
    """
    found = _usage_of(store, owner)
    if as_json:
        print_json((found,))
        return
    limits, own = found.limits, found.own
    rows = [
        ("runs", f"{found.n_runs}", _limit(limits.max_runs, str), _why(found, own.max_runs, limits.max_runs)),
        (
            "files",
            formats.size(found.n_bytes),
            _limit(limits.max_bytes, formats.size),
            _why(found, own.max_bytes, limits.max_bytes),
        ),
        ("points", f"{found.n_points}", _limit(limits.max_points, str), _why(found, own.max_points, limits.max_points)),
        (
            "requests",
            f"{found.n_requests_today} today",
            _limit(limits.max_requests_per_s, "{:g} a second".format),
            _why(found, own.max_requests_per_s, limits.max_requests_per_s),
        ),
    ]
    print_table(list(map(Column, (found.owner.text, "kept", "at most", "because of"))), rows, empty="")


def _limit(limit: Any, shown: Any) -> str:
    return "no limit" if limit in (None, _NO_LIMIT) else shown(limit)


def _why(found: Usage, own: Any, limit: Any) -> str:
    """Whose quota decides."""
    if own is not None or found.owner.default is None:
        return "" if own is None else f"the quota of {found.owner.text}"
    return "" if limit in (None, _NO_LIMIT) else f"the quota of {found.owner.default.text}"


def _usage_of(store: TrackingStore, owner: str) -> Usage:
    if owner in _DEFAULTS:
        return next(one for one in store.list_usage() if one.owner.text == owner)
    if owner.startswith(_WORKSPACE):
        return store.list_workspace_usage([owner.removeprefix(_WORKSPACE)])[0]
    return store.get_usage(owner.removeprefix(_USER))


def _show(usages: tuple[Usage, ...], *, as_json: bool) -> None:
    if as_json:
        print_json(usages)
        return
    words = ("owner", "runs", "files", "points", "requests today", "requests a second", "quota")
    columns = list(map(Column, words))
    print_table(columns, list(map(_row, usages)), empty="Nobody keeps anything.")


def _row(one: Usage) -> list[str]:
    limits = one.limits
    is_default = one.owner.text in _DEFAULTS
    return [
        one.owner.text,
        _of("" if is_default else f"{one.n_runs}", limits.max_runs, str),
        _of("" if is_default else formats.size(one.n_bytes), limits.max_bytes, formats.size),
        _of("" if is_default else f"{one.n_points}", limits.max_points, str),
        "" if is_default else f"{one.n_requests_today}",
        _of("", limits.max_requests_per_s, "{:g}".format),
        _kinds(one),
    ]


def _kinds(one: Usage) -> str:
    """Whether what limits it is its own, the default's, or some of both."""
    if one.owner.default is None:
        return ""
    names = ("max_runs", "max_bytes", "max_points", "max_requests_per_s")
    pairs = [(getattr(one.own, name), getattr(one.limits, name)) for name in names]
    is_own = any(own is not None for own, _ in pairs)
    is_by_default = any(own is None and limit not in (None, _NO_LIMIT) for own, limit in pairs)
    return ", ".join(word for word, holds in (("own", is_own), ("default", is_by_default)) if holds)


def _of(used: str, limit: Any, shown: Any) -> str:
    if limit in (None, _NO_LIMIT):
        return used or "no limit"
    return f"{used} of {shown(limit)}" if used else f"at most {shown(limit)}"


@usage.command("recount")
@click.option("--apply", is_flag=True, help="Put right what was counted otherwise, rather than only say it.")
@json_option
@with_store
def recount(store: TrackingStore, apply: bool, as_json: bool) -> None:
    """Count runs, bytes and points anew, from the records and files that there are, and say what was counted otherwise.

    For administrators, and while the server is in use: such as after a crash, or when files were changed behind it.
    """
    found: list[Miscount] = []
    n_records, token = 0, ""
    while True:
        piece = store.recount_usage(token, dry_run=not apply)
        found += piece.miscounts
        n_records += piece.n_records
        token = piece.next_token
        if not token:
            break
    if as_json:
        print_json(found)
        return
    columns = [Column("record"), Column("what"), Column("counted"), Column("found")]
    rows = [[one.record, one.what, f"{one.counted}", f"{one.found}"] for one in found]
    print_table(columns, rows, empty=f"All is counted right: {n_records} records and their owners.")
    if found:
        click.echo("Put right." if apply else "Nothing was changed; --apply puts it right.")


@usage.command("set")
@click.argument("owner", metavar="USER|workspace:NAME|default[:workspaces]")
@click.option("--runs", type=Limit("number"), metavar="N", help="Runs, those in the trash included.")
@click.option("--bytes", "n_bytes", type=Limit("size"), metavar="SIZE", help="Of files, such as 500MB or 2TiB.")
@click.option("--points", type=Limit("number"), metavar="N", help="Points of series of metrics.")
@click.option("--requests", type=Limit("rate"), metavar="R", help="Requests a second, by the mean over ten seconds.")
@json_option
@with_store
def set_quota(
    store: TrackingStore, owner: str, runs: Any, n_bytes: Any, points: Any, requests: Any, as_json: bool
) -> None:
    """Limit what a user may keep and do, or all in a workspace.

    The quota of `default` holds for all users, that of `default:workspaces` for all workspaces, wherever their own says
    nothing.

    What is not given stays as it is. Each limit may also be none, or default: as the default has it.
    """
    from runfold.domain.quota import Quota

    found = _usage_of(store, owner)
    now = found.own
    changed = store.set_quota(
        found.owner,
        Quota(
            max_runs=_chosen(runs, now.max_runs),
            max_bytes=_chosen(n_bytes, now.max_bytes),
            max_points=_chosen(points, now.max_points),
            max_requests_per_s=_chosen(requests, now.max_requests_per_s),
        ),
    )
    print_done(f"The quota of {changed.owner.text} is set.", changed, as_json=as_json)


def _chosen(given: Any, now: Any) -> Any:
    if given is None:
        return now
    return None if given == _AS_DEFAULT else given
