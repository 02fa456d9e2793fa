"""Where the files of runs, models and dataset versions live."""

from runfold.artifacts.base import ArtifactStore, Reader, Writer
from runfold.artifacts.location import Location, ServerAccess, parse_location
from runfold.artifacts.open import open_artifacts

__all__ = [
    "ArtifactStore",
    "Reader",
    "Writer",
    "Location",
    "ServerAccess",
    "parse_location",
    "open_artifacts",
]
