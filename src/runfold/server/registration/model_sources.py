"""What a version may name as its source.

A source never confers a right: a folder of this machine is accepted only inside the artifacts of the run that the
request names, and what the server keeps itself only in its own form. What lies elsewhere is a text to the server, which
never fetches it. The rules are MLflow 3.18's (`mlflow/server/handlers.py`), which fixed CVE-2023-1177 and those after
it.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

from runfold.artifacts.location import Location, parse_location
from runfold.domain.model_uri import is_model_uri, parse_model_uri
from runfold.errors import InvalidValue
from runfold.server.artifacts.roots import PROXY_SCHEME
from runfold.stores.base import TrackingStore

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_DECODINGS = 5


def check_source(store: TrackingStore, source: str, run_id: str) -> None:
    """
    Raises:
        InvalidValue: the source may not be named; the message says why.
        NotFound: it lies on this machine, and the run does not exist.
    """
    scheme = _scheme(source)
    if is_model_uri(source):
        parse_model_uri(source)
    elif scheme == "runs":
        _check_run_source(source, run_id)
    elif scheme in ("", "file"):
        _check_local(store, source, run_id)
    elif scheme in (PROXY_SCHEME, "http", "https"):
        _check_plain(source)


def _scheme(source: str) -> str:
    """Empty for a path; a single letter is a drive of Windows, and no scheme."""
    found = _SCHEME.match(source)
    return found[1].lower() if found and len(found[1]) > 1 else ""


def _check_run_source(source: str, run_id: str) -> None:
    named = source.partition(":")[2].strip("/").split("/")[0]
    _check_plain(source)
    if named != run_id:
        raise InvalidValue(
            f"Invalid model version source {source!r}: it lies in the run {named!r}, but run_id is {run_id!r}. "
            "Send the id of the run that it lies in."
        )


def _check_plain(source: str) -> None:
    """Refuse steps upwards, however often they are percent-encoded, and parts that servers read differently."""
    text = source
    for _ in range(_DECODINGS):
        if ".." in re.split(r"[/\\]", text) or "\\" in text:
            raise InvalidValue(f"Invalid model version source {source!r}: it must not lead upwards.")
        if any(letter in text for letter in "?#;"):
            raise InvalidValue(f"Invalid model version source {source!r}: leave out what follows '?', '#' or ';'.")
        decoded = unquote(text)
        if decoded == text:
            return
        text = decoded
    raise InvalidValue(f"Invalid model version source {source!r}: it is percent-encoded too often.")


def _check_local(store: TrackingStore, source: str, run_id: str) -> None:
    if not run_id:
        raise InvalidValue(
            f"Invalid model version source {source!r}: a folder of the server's machine can be registered only from "
            "the run that it belongs to; send its run_id. To register a folder of your own machine, log it to a run "
            "first."
        )
    _check_plain(source)
    run = store.get_run(run_id)
    root = _local_path(parse_location(run.info.artifact_uri))
    path = _local_path(parse_location(source))
    if root is None or path is None or not path.is_relative_to(root):
        raise InvalidValue(
            f"Invalid model version source {source!r}: it does not lie in the artifacts of the run {run_id!r}."
        )


def _local_path(location: Location) -> PurePosixPath | None:
    """The absolute path of a location on this machine; None for one elsewhere."""
    if location.scheme != "file" or location.authority not in ("", "localhost"):
        return None
    return PurePosixPath("/", location.path)
