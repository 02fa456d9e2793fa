from __future__ import annotations

import base64
import os
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runfold.errors import NotSupported, StoreError
from runfold.hosting.sealing import Sealer


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "runfold.db.key"


def test_a_sealed_text_opens_again_with_the_same_key_file(key_file: Path) -> None:
    sealed = Sealer(key_file).seal("s3cret, äöü", purpose="webhook 1")

    assert Sealer(key_file).open(sealed, purpose="webhook 1") == "s3cret, äöü"


def test_a_sealed_text_shows_nothing_and_differs_each_time(key_file: Path) -> None:
    sealer = Sealer(key_file)

    first, second = (sealer.seal("plain words", purpose="webhook 1") for _ in range(2))

    assert first != second
    assert first.isascii()
    assert "plain" not in first
    assert b"plain" not in base64.urlsafe_b64decode(first.split(":")[2])


def test_the_key_file_is_readable_for_its_owner_alone(key_file: Path) -> None:
    Sealer(key_file).seal("x", purpose="p")

    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]


def test_a_key_file_that_others_may_read_is_warned_of(key_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    sealed = Sealer(key_file).seal("x", purpose="p")
    os.chmod(key_file, 0o644)

    Sealer(key_file).open(sealed, purpose="p")

    assert "Others than its owner may read" in caplog.text


def test_servers_that_begin_together_agree_on_one_key(key_file: Path) -> None:
    sealers = [Sealer(key_file) for _ in range(8)]

    with ThreadPoolExecutor(8) as threads:
        sealed = list(threads.map(lambda sealer: sealer.seal("x", purpose="p"), sealers))

    assert {sealers[0].open(one, purpose="p") for one in sealed} == {"x"}


def test_a_text_sealed_for_one_record_does_not_open_for_another(key_file: Path) -> None:
    sealed = Sealer(key_file).seal("x", purpose="webhook 1")

    with pytest.raises(StoreError, match="sealed for another"):
        Sealer(key_file).open(sealed, purpose="webhook 2")


@pytest.mark.parametrize("place", [0, 10, -3])
def test_a_changed_text_does_not_open(key_file: Path, place: int) -> None:
    sealed = Sealer(key_file).seal("x", purpose="p")
    letters = list(sealed)
    letters[place] = "A" if letters[place] != "A" else "B"

    with pytest.raises(StoreError):
        Sealer(key_file).open("".join(letters), purpose="p")


@pytest.mark.parametrize("text", ["", "plain", "sealed1:x", "sealed1:x:", "sealed1:x:äö", "sealed1:x:AAAA", "a:b:c:d"])
def test_what_was_never_sealed_does_not_open(key_file: Path, text: str) -> None:
    with pytest.raises(StoreError, match="not one that this release sealed"):
        Sealer(key_file).open(text, purpose="p")


def test_another_key_seals_from_now_on_and_the_old_one_still_opens(key_file: Path) -> None:
    old = Sealer(key_file).seal("x", purpose="p")
    new_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    key_file.write_text(f"{new_key}\n{key_file.read_text()}")

    new = Sealer(key_file).seal("y", purpose="p")

    assert old.split(":")[1] != new.split(":")[1]
    assert [Sealer(key_file).open(one, purpose="p") for one in (old, new)] == ["x", "y"]


def test_a_lost_key_is_named(key_file: Path, tmp_path: Path) -> None:
    sealed = Sealer(key_file).seal("x", purpose="p")
    other = tmp_path / "other.key"
    Sealer(other).seal("x", purpose="p")

    with pytest.raises(StoreError, match=sealed.split(":")[1]):
        Sealer(other).open(sealed, purpose="p")


@pytest.mark.parametrize("content", [b"", b"short\n", b"not base64 at all!\n", b"\xff\xfe"])
def test_a_file_that_holds_no_key_is_refused(key_file: Path, content: bytes) -> None:
    key_file.parent.mkdir()
    key_file.write_bytes(content)

    with pytest.raises(StoreError, match="key file"):
        Sealer(key_file).seal("x", purpose="p")


def test_opening_makes_no_key_file(key_file: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        Sealer(key_file).open("sealed1:x:" + "A" * 64, purpose="p")

    assert not key_file.exists()


def test_without_a_place_for_the_key_nothing_is_sealed() -> None:
    with pytest.raises(NotSupported, match="secrets_key_file"):
        Sealer(None).seal("x", purpose="p")
