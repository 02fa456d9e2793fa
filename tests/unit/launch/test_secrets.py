from pathlib import Path

import pytest

from runfold.domain.secret import FoundSecret
from runfold.errors import InvalidValue
from runfold.launch.secrets import read_secret


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("KEY", "from a variable")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("env:KEY", "from a variable"),
        ("file:key", "from a file"),
        ("command:echo 'from a  command'", "from a  command"),
    ],
)
def test_a_secret_is_read_where_it_is_found(reference: str, value: str) -> None:
    assert read_secret("TOKEN", reference) == value


def test_the_server_gives_what_it_keeps_or_says_where_it_is_found() -> None:
    def opened(name: str) -> FoundSecret:
        return FoundSecret(name=name, **({"value": "kept"} if name == "sealed" else {"reference": "env:KEY"}))

    assert read_secret("TOKEN", "secret:sealed", open_kept=opened) == "kept"
    assert read_secret("TOKEN", "secret:elsewhere", open_kept=opened) == "from a variable"


def test_what_the_server_keeps_is_for_jobs() -> None:
    with pytest.raises(InvalidValue, match="runfold jobs submit"):
        read_secret("TOKEN", "secret:sealed")


@pytest.mark.parametrize(
    "reference",
    ["env:ABSENT", "file:absent", "command:absent-program", "command:sh -c 'echo hunter22; exit 3'", "command:true"],
)
def test_what_is_not_there_is_told_without_what_was_said(reference: str) -> None:
    with pytest.raises(InvalidValue, match="for TOKEN is not there") as refused:
        read_secret("TOKEN", reference)
    assert "hunter22" not in refused.value.message.replace(reference.partition(":")[2], "")
