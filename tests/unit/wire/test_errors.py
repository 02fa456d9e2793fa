from __future__ import annotations

import msgspec
import pytest

from runfold import errors
from runfold.errors import AlreadyExists, InvalidValue, NotFound, NotSupported, QueueFull, StorageFull, Unavailable
from runfold.wire.errors import RemoteError, body_of, error_of, headers_of, meaning_of

SAMPLES = (
    InvalidValue("x is 5"),
    errors.InvalidState("it is deleted"),
    NotFound("run", "abc"),
    AlreadyExists("experiment", "a"),
    errors.PermissionDenied("no"),
    errors.Unauthenticated("who"),
    NotSupported("not here"),
    QueueFull(10, retry_after_s=3),
    StorageFull("/data"),
    Unavailable("later", retry_after_s=7),
)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_comes_back_as_the_same_meaning(error: errors.RunfoldError) -> None:
    back = error_of(
        meaning_of(error).status, msgspec.json.encode(body_of(error)), retry_after=headers_of(error).get("Retry-After")
    )
    assert isinstance(back, type(error))
    assert error.message in back.message
    assert getattr(back, "retry_after_s", None) == getattr(error, "retry_after_s", None)
    assert [getattr(back, name, "") for name in ("kind", "key")] == [
        getattr(error, name, "") for name in ("kind", "key")
    ]


def test_a_taken_name_is_400_as_mlflow_clients_expect() -> None:
    assert meaning_of(AlreadyExists("experiment", "a")).status == 400
    assert body_of(AlreadyExists("experiment", "a")).error_code == "RESOURCE_ALREADY_EXISTS"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, errors.Unauthenticated), (404, NotSupported), (429, QueueFull), (502, Unavailable), (418, RemoteError)],
)
def test_an_answer_that_is_not_ours_is_read_by_its_status(status: int, kind: type[errors.RunfoldError]) -> None:
    assert isinstance(error_of(status, b"<html>proxy</html>"), kind)


def test_an_internal_error_is_not_retried_as_unavailable() -> None:
    assert isinstance(error_of(500, b'{"error_code": "INTERNAL_ERROR", "message": "bug"}'), RemoteError)


def test_a_filter_that_does_not_parse_says_where() -> None:
    assert body_of(errors.InvalidFilter("no", text="a ~ 1", position=2)).position == 2


def test_every_error_of_ours_has_a_meaning() -> None:
    pending = [errors.RunfoldError]
    while pending:
        kind = pending.pop()
        assert meaning_of(kind.__new__(kind)).status >= 400
        pending += kind.__subclasses__()
