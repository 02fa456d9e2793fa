"""Addresses of code that a record may keep, and those that would tell a password."""

from __future__ import annotations

import pytest

from runfold.domain.code_address import check_keeps_no_secret
from runfold.errors import InvalidValue


@pytest.mark.parametrize(
    "uri",
    [
        "/srv/train",
        ".",
        "git@example.org:team/x.git#sub",
        "ssh://git@example.org:22/x.git",
        "https://example.org/a@b/x.git",
        "git+https://example.org/x.git",
        "file:///srv/x.git",
        "https://[broken/x.git",
        "target:gpu",
    ],
)
def test_an_address_without_a_secret(uri: str) -> None:
    check_keeps_no_secret(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "https://me:hunter2@example.org/x.git",
        "https://hunter2@example.org/x.git",
        "git+http://me:hunter2@example.org/x.git#sub",
        "ssh://me:hunter2@example.org/x.git",
        "https://:hunter2@example.org/x.git",
        "HTTPS://hunter2@example.org/x.git",
    ],
)
def test_an_address_with_a_secret_is_refused_without_telling_it(uri: str) -> None:
    with pytest.raises(InvalidValue, match="--credential") as refused:
        check_keeps_no_secret(uri)
    assert "hunter2" not in refused.value.message
