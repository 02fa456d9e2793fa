"""Keep files with the current run, and get files of runs back."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from runfold.artifacts.transfer import download
from runfold.domain.artifact import ArtifactPath
from runfold.errors import InvalidState, InvalidValue
from runfold.tracking import active
from runfold.tracking.fluent.runs import run_to_log_to
from runfold.tracking.run_view import FileView

_CHUNK = 1 << 20
_RUNS_URI = re.compile(r"runs:/+([\w-]+)(?:/(.*))?")


def log_artifact(local_path: str | Path, artifact_path: str | None = None, run_id: str | None = None) -> None:
    """Keep a file, or a folder under its own name, with the current run.

    It is uploaded before the call returns. While the server does not answer, a copy is kept in the spool folder
    and uploaded later.

    Args:
        artifact_path: folder of the run's artifacts to put it in; None: the root.
        run_id: a run to use instead of the current one.

    Raises:
        InvalidValue: `local_path` does not exist, or can't be the name of an artifact.
    """
    source = Path(local_path)
    target = _below(artifact_path, source.resolve().name)
    if source.is_dir():
        run_to_log_to(run_id).put_folder(source, target)
    elif source.is_file():
        run_to_log_to(run_id).put_file(source, target)
    else:
        raise InvalidValue(f"There is no file or folder {str(local_path)!r} to log.")


def log_artifacts(local_dir: str | Path, artifact_path: str | None = None, run_id: str | None = None) -> None:
    """Keep what a folder holds with the current run, in `artifact_path` or at the root.

    Raises:
        InvalidValue: `local_dir` is no folder.
    """
    source = Path(local_dir)
    if not source.is_dir():
        raise InvalidValue(f"{str(local_dir)!r} is no folder; log a single file with log_artifact.")
    run_to_log_to(run_id).put_folder(source, artifact_path or "")


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Keep a text as a file.

    Args:
        artifact_file: path below the run's artifacts, such as `notes/first.md`.

    Example:
        >>> import runfold
        >>> with runfold.start_run() as run:
        ...     runfold.log_text("learning rate too high", "notes.md")
        >>> [file.path for file in runfold.list_artifacts(run.info.run_id) if not file.is_dir]
        ['notes.md']
    """
    with new_file(artifact_file, run_id) as file:
        file.write_text(text, encoding="utf-8")


def log_stream(stream: IO[bytes] | IO[str], artifact_file: str, run_id: str | None = None) -> None:
    """Keep what can be read from a stream, to its end, as a file."""
    with new_file(artifact_file, run_id) as file, file.open("wb") as target:
        while chunk := stream.read(_CHUNK):
            target.write(chunk.encode() if isinstance(chunk, str) else chunk)


def log_dict(dictionary: dict[str, Any] | list[Any], artifact_file: str, run_id: str | None = None) -> None:
    """Keep a dictionary or list as a JSON file; as YAML if the name ends with .yml or .yaml.

    Values that JSON has no form for are kept as their text.
    """
    text = json.dumps(dictionary, indent=2, default=str)
    if Path(artifact_file).suffix in (".yml", ".yaml"):
        import yaml

        text = yaml.safe_dump(json.loads(text), sort_keys=False, allow_unicode=True)
    log_text(text, artifact_file, run_id)


def log_figure(
    figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None, run_id: str | None = None
) -> None:
    """Keep a matplotlib or plotly figure as a file; the ending of the name decides the format.

    Args:
        save_kwargs: passed to the figure's own method for saving.

    Raises:
        InvalidValue: the object is no figure that is known.
    """
    options = save_kwargs or {}
    with new_file(artifact_file, run_id) as file:
        if hasattr(figure, "savefig"):
            figure.savefig(file, **options)
        elif hasattr(figure, "write_html") and file.suffix == ".html":
            figure.write_html(file, **({"include_plotlyjs": "cdn", "auto_open": False} | options))
        elif hasattr(figure, "write_image"):
            figure.write_image(file, **options)
        else:
            raise InvalidValue(f"{type(figure).__name__} is no matplotlib or plotly figure.")


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Where the current run keeps its files, or one of them.

    Raises:
        InvalidState: the run was begun while the server did not answer, so nobody knows yet.
    """
    run = run_to_log_to()
    if not run.info.artifact_uri:
        raise InvalidState(f"Run {run.info.run_id} has not reached the server, so its files have no address yet.")
    root = run.session.reachable(run.info.artifact_uri)
    return f"{root.rstrip('/')}/{ArtifactPath(artifact_path)}" if artifact_path else root


def list_artifacts(run_id: str, path: str | None = None) -> list[FileView]:
    """Files and folders of a run, directly below `path`; paths in the answer start at the run's root."""
    session = active.session()
    with session.open_files(session.store.get_run(run_id).info.artifact_uri) as store:
        return [FileView(info) for info in store.list_folder(ArtifactPath.or_root(path or ""))]


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | Path | None = None,
    tracking_uri: str | None = None,
) -> str:
    """Fetch a file or folder.

    Args:
        artifact_uri: such as `runs:/<run id>/model`, or the address of a file; else give `run_id` and
            `artifact_path`.
        dst_path: folder to put it in; None: a new temporary one.
        tracking_uri: where the run is recorded; None: as for this process.

    Returns:
        The local path of what was fetched.

    Raises:
        InvalidValue: it is not clear what to fetch.
        NotFound: there is no such run or file.
    """
    if bool(artifact_uri) == bool(run_id):
        raise InvalidValue("Give either an artifact_uri, or a run_id and an artifact_path.")
    session = active.session(tracking_uri)
    path = artifact_path or ""
    if artifact_uri:
        named_run = _RUNS_URI.fullmatch(artifact_uri)
        if named_run is not None:
            run_id, path = named_run[1], named_run[2] or ""
    if run_id:
        root = session.store.get_run(run_id).info.artifact_uri
    else:
        root, _, path = str(artifact_uri).rstrip("/").rpartition("/")
    folder = Path(tempfile.mkdtemp() if dst_path is None else dst_path)
    folder.mkdir(parents=True, exist_ok=True)
    with session.open_files(root) as store:
        target = folder / Path(path).name if path else folder
        return str(download(store, ArtifactPath.or_root(path), target))


@contextmanager
def new_file(artifact_file: str, run_id: str | None = None) -> Iterator[Path]:
    """A path to write to; the file is kept with the run when the block is left."""
    name = ArtifactPath(artifact_file).name
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        yield path
        run_to_log_to(run_id).put_file(path, artifact_file)


def _below(folder: str | None, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder else name
