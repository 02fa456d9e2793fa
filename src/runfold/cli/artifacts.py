"""`runfold artifacts`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_session
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.runs import RUN
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.artifacts.base import ArtifactStore
    from runfold.artifacts.transfer import OnProgress, Progress
    from runfold.domain.artifact import ArtifactPath, FileInfo
    from runfold.tracking.session import Session


@click.group()
def artifacts() -> None:
    """List, fetch, add and remove files of runs."""


@artifacts.command()
@RUN
@click.argument("path", default="")
@click.option("-r", "--recursive", is_flag=True, help="Also what lies in folders below.")
@json_option
@with_session
def ls(session: Session, run: str, path: str, recursive: bool, as_json: bool) -> None:
    """List the files of a run, or of the folder PATH in it."""
    from runfold.artifacts.transfer import walk
    from runfold.domain.artifact import ArtifactPath

    with _files_of(session, run) as store:
        folder = ArtifactPath.or_root(path.rstrip("/"))
        if folder is not None:
            store.stat(folder)
        found = list(walk(store, folder)) if recursive else store.list_folder(folder)
    if as_json:
        print_json([_document(info) for info in found])
        return
    rows = [[info.path.text + "/" * info.is_dir, formats.size(info.size)] for info in found]
    print_table([Column("path"), Column("size", is_number=True)], rows, empty="No files.")


@artifacts.command()
@RUN
@click.argument("path", default="")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where to put it; - prints one file. Default: its own name in the working folder.",
)
@json_option
@with_session
def get(session: Session, run: str, path: str, output: Path | None, as_json: bool) -> None:
    """Fetch the file or folder PATH of a run; everything when PATH is left out.

    A fetch that was cut goes on where it stopped when it is repeated.
    """
    from runfold.artifacts.transfer import download
    from runfold.domain.artifact import ArtifactPath

    wanted = ArtifactPath.or_root(path.rstrip("/"))
    with _files_of(session, run) as store:
        if output == Path("-"):
            if wanted is None:
                raise click.UsageError("Only one file can be printed: name its PATH.")
            _print_file(store, wanted)
            return
        target = output or Path(wanted.name if wanted else f"artifacts-{run}")
        with _progress("Fetching") as on_progress:
            written = download(store, wanted, target, on_progress=on_progress)
    print_done(f"Wrote {written}", {"path": str(written)}, as_json=as_json)


@artifacts.command()
@RUN
@click.argument("sources", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--to", "folder", default="", metavar="PATH", help="Folder in the run. Default: the top.")
@json_option
@with_session
def put(session: Session, run: str, sources: Sequence[Path], folder: str, as_json: bool) -> None:
    """Store files and folders with a run; what has the same name is replaced."""
    from runfold.artifacts.transfer import upload_file, upload_folder
    from runfold.domain.artifact import ArtifactPath, join

    below = ArtifactPath.or_root(folder.rstrip("/"))
    stored: list[FileInfo] = []
    with _files_of(session, run) as store, _progress("Storing") as on_progress:
        for source in sources:
            target = join(below, source.resolve().name)
            if source.is_dir():
                stored += upload_folder(store, source, target, on_progress=on_progress)
            else:
                stored.append(upload_file(store, source, target, on_progress=on_progress))
    n_bytes = sum(info.size or 0 for info in stored)
    sentence = f"Stored {len(stored)} files ({formats.size(n_bytes)})."
    print_done(sentence, [_document(info) for info in stored], as_json=as_json)


@artifacts.command()
@RUN
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("-r", "--recursive", is_flag=True, help="Also folders, with all that is in them.")
@json_option
@with_session
def rm(session: Session, run: str, paths: Sequence[str], recursive: bool, as_json: bool) -> None:
    """Remove files of a run for good."""
    from runfold.domain.artifact import ArtifactPath

    with _files_of(session, run) as store:
        wanted = [ArtifactPath(path.rstrip("/")) for path in paths]
        folders = [path.text for path in wanted if store.stat(path).is_dir]
        if folders and not recursive:
            raise click.UsageError(f"{', '.join(folders)}: to remove folders, add --recursive.")
        for path in wanted:
            store.delete(path)
    texts = [path.text for path in wanted]
    print_done(f"Removed {', '.join(texts)}.", {"paths": texts}, as_json=as_json)


@contextmanager
def _files_of(session: Session, run: str) -> Iterator[ArtifactStore]:
    from runfold.cli.lookup import find_run

    with session.open_files(find_run(session.store, run).info.artifact_uri) as store:
        yield store


def _print_file(store: ArtifactStore, path: ArtifactPath) -> None:
    with store.open_read(path) as reader:
        for chunk in reader:
            sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


@contextmanager
def _progress(what: str) -> Iterator[OnProgress | None]:
    """A bar on stderr when that is a terminal; nothing otherwise."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    look = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*look, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(what)

        def show(progress: Progress) -> None:
            bars.update(task, completed=progress.moved, total=progress.size, description=f"{what} {progress.path.name}")

        yield show


def _document(info: FileInfo) -> dict[str, object]:
    return {"path": info.path.text, "is_dir": info.is_dir, "size": info.size}
