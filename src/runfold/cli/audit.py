"""`runfold audit`."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.audit import AuditRecord, ChainCheck
    from runfold.stores.base import TrackingStore

DAY_MS = 86_400_000
_FIELDS = ("number", "time_ms", "user", "token", "address", "action", "object", "detail", "result", "status")
_MORE_FIELDS = ("n_times", "request_id", "digest")
_PAGE = 10_000


@click.group()
def audit() -> None:
    """See who did what, on a server that was started with --auth.

    \b
      runfold audit search "user = 'ann' AND time > '2026-11-01'"
      runfold audit search "object = 'run:4f0c' OR result = 'refused'"
      runfold audit export changes.csv --filter "action LIKE '%delete%'"
      runfold audit verify --anchor 1234:9c1e...

    Fields: time, user, token, address, action, object, detail, result (allowed, refused, failed), status, request_id,
    number. Records are chained by SHA-256: `verify` names the first one that was changed or removed.
    """


@audit.command("search")
@click.argument("filter", default="")
@click.option(
    "-n", "--max", "limit", default=50, show_default=True, type=click.IntRange(min=1), help="Records to show."
)
@json_option
@with_store
def search(store: TrackingStore, filter: str, limit: int, as_json: bool) -> None:
    """Show records that satisfy a FILTER, newest first."""
    found = [record for record, _ in zip(_newest_first(store, filter), range(limit), strict=False)]
    if as_json:
        print_json([_document(record) for record in found])
        return
    columns = [Column(name) for name in ("time", "user", "address", "action", "object", "detail", "result")]
    rows = [
        [
            formats.moment(record.time_ms),
            record.act.user,
            record.act.address,
            record.act.action,
            record.act.object,
            record.act.detail,
            record.act.result.value if record.act.n_times == 1 else f"{record.act.result.value} x{record.act.n_times}",
        ]
        for record in found
    ]
    print_table(columns, rows, empty="Nothing in the audit is like that.")


@audit.command("export")
@click.argument("path", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--filter", "filter", default="", help="Only records that satisfy it, newest first.")
@click.option("--format", "kind", type=click.Choice(["csv", "jsonl"]), help="By the file's ending, if not given.")
@with_store
def export(store: TrackingStore, path: Path, filter: str, kind: str | None) -> None:
    """Write records into a file, or to standard output (-).

    Without a filter all come, in the order of the chain: such a file of JSON lines can be verified by itself.
    """
    records = _newest_first(store, filter) if filter else _in_order(store)
    is_csv = kind == "csv" or (kind is None and path.suffix == ".csv")
    if str(path) == "-":
        _write(sys.stdout.buffer, records, is_csv=is_csv)
        return
    with path.open("wb") as file:
        n_records = _write(file, records, is_csv=is_csv)
        _sync(file)
    click.echo(f"{n_records} records are in {path}.", err=True)


@audit.command("head")
@json_option
@with_store
def head(store: TrackingStore, as_json: bool) -> None:
    """Print the anchor of the chain: what to keep elsewhere, so that `verify` notices a chain that was written anew."""
    print_done(store.audit_head().anchor, store.audit_head(), as_json=as_json)


@audit.command("verify")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--anchor", "anchors", multiple=True, metavar="NUMBER:DIGEST", help="What `head` printed once; repeatable."
)
@click.option("--only-files", is_flag=True, help="Do not look at the server's or store's own records.")
@json_option
@with_store
def verify(
    store: TrackingStore, files: tuple[Path, ...], anchors: tuple[str, ...], only_files: bool, as_json: bool
) -> None:
    """Follow the chain from its beginning, through FILES that were archived, if given, and on in the store.

    Everything is computed here, whatever the server says. Exits with 1 at the first record that is not as written.
    """
    from runfold.domain.audit import NO_DIGEST, Broken, ChainCheck, parse_anchor
    from runfold.errors import StoreError

    head = None if only_files else store.audit_head()
    begins_at = (0, NO_DIGEST) if files or head is None else (head.archived, head.archived_digest)
    check = ChainCheck(*begins_at, anchors=[parse_anchor(text) for text in anchors])
    try:
        for path in files:
            check.follow(_read(path))
        if head is not None:
            _follow_store(store, check, through=head.number)
        check.end(head)
    except Broken as broken:
        raise StoreError(f"The audit was tampered with. {broken}") from None
    document = {"is_sound": True, "n_records": check.n_records, "number": check.number, "digest": check.digest}
    print_done(
        f"The audit is sound: {check.n_records} records, up to {check.number}:{check.digest}", document, as_json=as_json
    )


@audit.command("archive")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--keep-days", default=365.0, show_default=True, help="Records younger than that stay.")
@json_option
@with_store
def archive(store: TrackingStore, path: Path, keep_days: float, as_json: bool) -> None:
    """Move old records into a file of JSON lines. The chain goes on where they end; `verify FILE` joins it again."""
    import time

    from runfold.domain.audit import ChainCheck
    from runfold.errors import AlreadyExists

    if path.exists():
        raise AlreadyExists("file", str(path))
    before_ms = int(time.time() * 1000 - keep_days * DAY_MS)
    head = store.audit_head()
    check = ChainCheck(head.archived, head.archived_digest)
    with path.open("wb") as file:
        for record in _in_order(store):
            if record.time_ms >= before_ms:
                break
            check.follow([record])
            file.write(_line(record))
        _sync(file)
    if not check.n_records:
        path.unlink()
        print_done("No record is that old.", {"n_records": 0}, as_json=as_json)
        return
    store.archive_audit(check.number, check.digest)
    document = {"n_records": check.n_records, "through": check.number, "digest": check.digest, "path": str(path)}
    print_done(
        f"{check.n_records} records, up to number {check.number}, are in {path} alone.", document, as_json=as_json
    )


def _newest_first(store: TrackingStore, filter: str) -> Iterator[AuditRecord]:
    from runfold.stores.audit import AuditQuery

    token = ""
    while True:
        page = store.search_audit(AuditQuery(filter=filter, max_results=1000, page_token=token))
        yield from page.items
        token = page.next_token
        if not token:
            return


def _in_order(store: TrackingStore) -> Iterator[AuditRecord]:
    after = 0
    while some := store.read_audit(after=after, max_results=_PAGE):
        yield from some
        after = some[-1].number


def _follow_store(store: TrackingStore, check: ChainCheck, *, through: int) -> None:
    """Up to what was the head when the check began: others may be writing."""
    while check.number < through:
        some = store.read_audit(after=check.number, max_results=min(_PAGE, through - check.number))
        if not some:
            return
        check.follow(some)  # as many as are due: one beyond the head stands in for one that is gone


def _document(record: AuditRecord) -> dict[str, object]:
    act = {name: getattr(record.act, name) for name in record.act.__struct_fields__}
    return {"number": record.number, "time_ms": record.time_ms, **act, "digest": record.digest}


def _line(record: AuditRecord) -> bytes:
    import msgspec

    return msgspec.json.encode(_document(record)) + b"\n"


def _write(file: BinaryIO, records: Iterator[AuditRecord], *, is_csv: bool) -> int:
    n_records = 0
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    rows = csv.writer(text)
    if is_csv:
        rows.writerow(_FIELDS + _MORE_FIELDS)
    for record in records:
        if is_csv:
            document = _document(record)
            rows.writerow([_cell(document[name]) for name in _FIELDS + _MORE_FIELDS])
        else:
            file.write(_line(record))
        n_records += 1
    text.detach()
    return n_records


def _cell(value: object) -> object:
    """A spreadsheet would run a text that begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _read(path: Path) -> Iterator[AuditRecord]:
    import msgspec

    from runfold.domain.audit import Act, AuditRecord
    from runfold.errors import InvalidValue

    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                document = msgspec.json.decode(line, type=dict[str, object])
                act = msgspec.convert(document, Act)
                yield msgspec.convert({**document, "act": act}, AuditRecord)
            except msgspec.MsgspecError as error:
                raise InvalidValue(f"Line {number} of {path} is no record of an audit: {error}.") from None
