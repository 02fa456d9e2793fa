"""`runfold register`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from runfold.cli.connect import json_option, with_new_session
from runfold.cli.exits import FAILURE, exit_code
from runfold.cli.output import print_json
from runfold.errors import InvalidValue, RunfoldError

if TYPE_CHECKING:
    from runfold.domain.run import Run
    from runfold.tracking.session import Session
    from runfold.wire.messages.registration import RegisterRun

DOCUMENT = "run.json"
FILES = "artifacts"


class Source(NamedTuple):
    """One document to register.

    Attributes:
        name: what to call it in messages, such as `cases.ndjson line 3`.
        files: a folder whose files belong to the run; None when there is none.
    """

    name: str
    content: bytes
    files: Path | None = None


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@json_option
@with_new_session
def register(session: Session, paths: Sequence[str], as_json: bool) -> None:
    """Record finished runs that other programs made, each from one JSON document.

    PATH is a .json file with one document; a .ndjson or .jsonl file with one a line; a folder with run.json and
    the run's files below artifacts/; a folder of any of these; or - for one document a line from stdin.

    A document is recorded whole or not at all. One that was recorded before changes nothing: it is known by its
    idempotency_key, or by its content without one. After a document that fails the next is tried; the exit code
    is that of the first failure.
    """
    outcomes: list[dict[str, object]] = []
    failure = 0
    for source in (source for path in paths for source in _sources(path)):
        try:
            run, is_new = _register(session, source)
        except RunfoldError as error:
            failure = failure or exit_code(error)
            outcomes.append({"source": source.name, "error": error.message})
            click.echo(f"{source.name}: {error.message}", err=True)
            continue
        outcomes.append({"source": source.name, "run_id": run.info.run_id, "is_new": is_new})
        if not as_json:
            click.echo(f"{run.info.run_id}\t{run.info.run_name}\t{'recorded' if is_new else 'known already'}")
    if as_json:
        print_json(outcomes)
    if not outcomes:
        click.echo("There is no document in these folders.", err=True)
        failure = FAILURE
    click.get_current_context().exit(failure)


def _sources(path: str) -> Iterator[Source]:
    if path == "-":
        yield from _lines("stdin", sys.stdin.buffer.read())
    elif (Path(path) / DOCUMENT).is_file():
        files = Path(path) / FILES
        yield Source(path, (Path(path) / DOCUMENT).read_bytes(), files if files.is_dir() else None)
    elif Path(path).is_dir():
        for inner in sorted(Path(path).iterdir()):
            if inner.is_dir() or inner.suffix in (".json", ".ndjson", ".jsonl"):
                yield from _sources(str(inner))
    elif not Path(path).exists():
        raise click.BadParameter(f"{path!r} does not exist.", param_hint="PATH")
    elif Path(path).suffix in (".ndjson", ".jsonl"):
        yield from _lines(path, Path(path).read_bytes())
    else:
        yield Source(path, Path(path).read_bytes())


def _lines(name: str, content: bytes) -> Iterator[Source]:
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            yield Source(f"{name} line {number}", line)


def _register(session: Session, source: Source) -> tuple[Run, bool]:
    """Record one document; the files follow, which does no harm when it is repeated."""
    import msgspec

    from runfold.artifacts.transfer import upload_folder
    from runfold.wire.decode import RequestReader
    from runfold.wire.messages.registration import RegisterRun
    from runfold.wire.registration import finished_run, inline_files

    document = RequestReader(RegisterRun).read_body(source.content)
    contents = inline_files(document.artifacts)
    run = finished_run(document, _experiment_id(session, document))
    if not run.idempotency_key:
        run = msgspec.structs.replace(run, idempotency_key=f"sha256:{hashlib.sha256(source.content).hexdigest()}")
    registered = session.store.register_run(run)
    if contents or source.files:
        with session.open_files(registered.run.info.artifact_uri) as store:
            for path, content in contents.items():
                with store.write(path, size=len(content)) as writer:
                    writer.write(content)
            if source.files:
                upload_folder(store, source.files)
    return registered.run, registered.is_new


def _experiment_id(session: Session, document: RegisterRun) -> str:
    from runfold.domain.ids import DEFAULT_EXPERIMENT_ID
    from runfold.tracking.delivery import find_or_create_experiment
    from runfold.wire.registration import finished_run

    if bool(document.experiment_id) == bool(document.experiment_name):
        raise InvalidValue("Give one of 'experiment_id' and 'experiment_name'.")
    # A run that is refused must not leave a new experiment behind.
    session.store.check_run(finished_run(document, DEFAULT_EXPERIMENT_ID))
    return document.experiment_id or find_or_create_experiment(session.store, document.experiment_name)
