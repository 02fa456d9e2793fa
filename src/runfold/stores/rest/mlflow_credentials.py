"""The file in which MLflow's clients look for a name and a password, whatever server they are told to use."""

from __future__ import annotations

import configparser
import os
import tempfile
from pathlib import Path

_SECTION = "mlflow"
_USERNAME, _PASSWORD = "mlflow_tracking_username", "mlflow_tracking_password"


def file_of_user() -> Path:
    return Path.home() / ".mlflow" / "credentials"


def read(path: Path) -> tuple[str, str]:
    """Name and password; both empty when there are none."""
    sections = _sections(path)
    return (
        sections.get(_SECTION, _USERNAME, fallback=""),
        sections.get(_SECTION, _PASSWORD, fallback=""),
    )


def write(path: Path, user: str, password: str) -> None:
    """Readable for this user alone; what else stands in the file stays."""
    sections = _sections(path)
    if not sections.has_section(_SECTION):
        sections.add_section(_SECTION)
    sections[_SECTION][_USERNAME] = user
    sections[_SECTION][_PASSWORD] = password
    _replace(path, sections)


def forget(path: Path, password: str) -> bool:
    """Take name and password out of the file, if it is this password that stands there."""
    if not password or read(path)[1] != password:
        return False
    sections = _sections(path)
    for option in (_USERNAME, _PASSWORD):
        sections.remove_option(_SECTION, option)
    _replace(path, sections)
    return True


def _sections(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, configparser.Error):
        return configparser.ConfigParser(interpolation=None)
    return parser


def _replace(path: Path, sections: configparser.ConfigParser) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".credentials-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            sections.write(file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
