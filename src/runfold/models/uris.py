"""From the address of a model to a folder of this machine.

runs:/<run id>/<path>                  a model that a run logged
models:/<name>/<version or stage>      a registered model; models:/<name>@<alias>; models:/<name>/latest
models:/m-<id>                         a logged model
./folder, file:///folder               a folder, used where it is
s3://..., mlflow-artifacts:/..., ...   whatever an artifact store reads
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from runfold.artifacts.location import parse_location
from runfold.domain.model_uri import is_model_uri
from runfold.errors import InvalidValue, NotFound
from runfold.mlmodel.document import FILE_NAME, MAX_BYTES, MLmodel, parse_mlmodel
from runfold.stores.model_uris import locate_model
from runfold.tracking import active
from runfold.tracking.fluent.artifacts import download_artifacts

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class ModelFolder(msgspec.Struct, frozen=True):
    """
    Attributes:
        is_temporary: fetched for this use; whoever holds it removes it.
    """

    path: Path
    is_temporary: bool = False

    def remove(self) -> None:
        if self.is_temporary:
            shutil.rmtree(self.path, ignore_errors=True)


def fetch_model(uri: str | Path) -> ModelFolder:
    """
    Raises:
        InvalidValue: the address cannot be used.
        NotFound: no model is there.
    """
    text = str(uri)
    if is_model_uri(text):
        session = active.session()
        text = session.reachable(locate_model(session.store, text).location)
    if not _HAS_SCHEME.match(text) or text.startswith("file:"):
        path = Path(parse_location(text).path)
        if not path.is_dir():
            raise NotFound("model folder", str(path))
        return ModelFolder(path)
    folder = Path(tempfile.mkdtemp(prefix="runfold-model-"))
    try:
        return ModelFolder(Path(download_artifacts(artifact_uri=text, dst_path=folder)), is_temporary=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def fetched_model(uri: str | Path) -> Iterator[Path]:
    """The folder of a model, for the time of a block."""
    folder = fetch_model(uri)
    try:
        yield folder.path
    finally:
        folder.remove()


def read_mlmodel(folder: Path) -> MLmodel:
    """
    Raises:
        InvalidValue: the folder holds no model; the message says what is wrong.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        raise InvalidValue(f"{str(folder)!r} is no model: it has no file {FILE_NAME!r}.")
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    model = parse_mlmodel(content)
    if _breaks_off(model, content):
        raise InvalidValue(f"The file {FILE_NAME!r} of {str(folder)!r} breaks off; fetch or save the model again.")
    return model


def _breaks_off(model: MLmodel, content: bytes) -> bool:
    """Whether an end is missing, with keys such as the signature: half a YAML file often is one, too.

    Programs write the keys in the order of the alphabet, so that the time is the last one, and end the last line.
    """
    if not all(_DIGEST.fullmatch(digest) for digest in model.digests.values()):
        return True
    has_begun = model.digests or model.mlflow_version or model.model_uuid or model.model_size_bytes
    return not model.utc_time_created and bool(has_begun or not content.endswith(b"\n"))
