"""Whether the files of a model are those that were saved: parsers written in C crash on files that are damaged."""

from __future__ import annotations

import hashlib
from pathlib import Path

from runfold.errors import DigestMismatch
from runfold.mlmodel.document import MLmodel
from runfold.models.flavor import file_of


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def check_digests(model: MLmodel, folder: Path) -> None:
    """Compares the files with the digests that `MLmodel` holds. Models of MLflow have none.

    This finds damage, not malice: who changes a file on purpose changes its digest as well.

    Raises:
        InvalidValue: a file is missing.
        DigestMismatch: a file is not what was saved.
    """
    for name, digest in model.digests.items():
        found = digest_of(file_of(folder, name))
        if found != digest:
            raise DigestMismatch(
                name,
                digest,
                found,
                hint="The file is damaged, or was changed after the model was saved: fetch the folder again, or save "
                "the model anew.",
            )
