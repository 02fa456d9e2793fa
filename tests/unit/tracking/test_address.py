from __future__ import annotations

from pathlib import Path

import pytest

from runfold.errors import InvalidValue
from runfold.tracking import address


@pytest.mark.parametrize(
    ("uri", "resolved"),
    [
        ("", "sqlite:///{here}/.runfold/runfold.db"),
        ("./runs", "sqlite:///{here}/runs/runfold.db"),
        ("file:runs", "sqlite:///{here}/runs/runfold.db"),
        ("file:///srv/runs", "sqlite:////srv/runs/runfold.db"),
        ("sqlite:///a.db", "sqlite:///a.db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("http://host:5000/", "http://host:5000"),
    ],
)
def test_what_users_write_becomes_an_address(
    uri: str, resolved: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert address.resolve(uri) == resolved.format(here=tmp_path)


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidValue, match=r"'databricks'.*sqlite"):
        address.resolve("databricks://profile")


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://me:secret@host:5000/x", "https://host:5000/x"),
        ("postgresql://me:secret@host/db", "postgresql://host/db"),
        ("sqlite:////srv/a@b/runfold.db", "sqlite:////srv/a@b/runfold.db"),
    ],
)
def test_an_address_is_shown_without_its_secrets(uri: str, shown: str) -> None:
    assert address.without_secrets(uri) == shown


def test_files_of_a_database_lie_beside_it() -> None:
    assert address.artifact_folder("sqlite:////srv/store/runfold.db") == Path("/srv/store/artifacts")
