"""Code that no commit names, told apart by its content."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from runfold.domain.run import Run
from runfold.launch.targets.folder import project_files
from runfold.projects.spec import FILE

CODE_TAG = "runfold.project.code"
"""The digest of the code, where it has no commit."""

# What commands leave in their folder is mostly data; a file of these kinds is there to be run or read by what is run.
_KINDS = {".py", ".sh", ".r", ".yaml", ".yml", ".toml", ".txt", ".cfg", ".ini"}


def code_digest(folder: Path) -> str:
    """Of the names and contents of a project's files of code."""
    digest = hashlib.sha256()
    for name in sorted(project_files(folder)):
        path = folder / name
        if path.is_file() and (path.suffix.lower() in _KINDS or path.name == FILE):
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
            digest.update(os.fsencode(name) + b"\0" + content)
    return digest.hexdigest()[:32]


def has_other_code(first: Run, second: Run) -> bool:
    """Both say what code they ran, and it is not the same."""
    digests = [run.tags.get(CODE_TAG) for run in (first, second)]
    return None not in digests and digests[0] != digests[1]
