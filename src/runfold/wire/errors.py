"""The HTTP side of every error: status and MLflow's `error_code`, both ways.

Statuses and codes are those of MLflow's servers, which its clients branch on: they look at `error_code`, and retry on
408, 429, 500, 502, 503 and 504. So a wrong 5xx costs a client minutes.
"""

from __future__ import annotations

import msgspec

from runfold.errors import (
    AlreadyExists,
    ArtifactError,
    ByteQuotaExceeded,
    DigestMismatch,
    InvalidFilter,
    InvalidState,
    InvalidValue,
    MissingDependency,
    NotFound,
    NotSupported,
    PermissionDenied,
    QueueFull,
    QuotaExceeded,
    RunfoldError,
    StorageFull,
    StoreError,
    TooManyAttempts,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an error answer holds.

    Attributes:
        error_code: MLflow's name for the meaning.
        message: for people.
        kind, key: what was looked for or exists already, for `NotFound` and `AlreadyExists`.
        position: 0-based offset of the offending character, for a filter or order that does not parse.
        request_id: finds the request in the server's log.
    """

    error_code: str
    message: str
    kind: str = ""
    key: str = ""
    position: int | None = None
    request_id: str = ""


class HttpMeaning(msgspec.Struct, frozen=True):
    status: int
    error_code: str


# The first row whose class fits decides, so special meanings stand before general ones.
MEANINGS: tuple[tuple[type[RunfoldError], HttpMeaning], ...] = (
    (InvalidValue, HttpMeaning(400, "INVALID_PARAMETER_VALUE")),
    (NotFound, HttpMeaning(404, "RESOURCE_DOES_NOT_EXIST")),
    (AlreadyExists, HttpMeaning(400, "RESOURCE_ALREADY_EXISTS")),
    # MLflow answers 500 here; its clients retry on 500, and nothing gets better by that.
    (InvalidState, HttpMeaning(400, "INVALID_STATE")),
    (Unauthenticated, HttpMeaning(401, "UNAUTHENTICATED")),
    (PermissionDenied, HttpMeaning(403, "PERMISSION_DENIED")),
    # No 429: clients would try again for minutes what nothing but a purge makes possible.
    (ByteQuotaExceeded, HttpMeaning(413, "QUOTA_EXCEEDED")),
    (QuotaExceeded, HttpMeaning(403, "QUOTA_EXCEEDED")),
    (NotSupported, HttpMeaning(501, "NOT_IMPLEMENTED")),
    (QueueFull, HttpMeaning(429, "REQUEST_LIMIT_EXCEEDED")),
    (TooManyAttempts, HttpMeaning(429, "REQUEST_LIMIT_EXCEEDED")),
    (TooManyRequests, HttpMeaning(429, "REQUEST_LIMIT_EXCEEDED")),
    (StorageFull, HttpMeaning(507, "RESOURCE_EXHAUSTED")),
    (Unavailable, HttpMeaning(503, "TEMPORARILY_UNAVAILABLE")),
    (DigestMismatch, HttpMeaning(400, "DATA_LOSS")),
    (ArtifactError, HttpMeaning(500, "INTERNAL_ERROR")),
    (StoreError, HttpMeaning(500, "INTERNAL_ERROR")),
    (MissingDependency, HttpMeaning(501, "NOT_IMPLEMENTED")),
    (RunfoldError, HttpMeaning(500, "INTERNAL_ERROR")),
)


class RemoteError(RunfoldError):
    """A server answered with an error that has no meaning of its own here.

    Attributes:
        status: of the HTTP answer.
        error_code: as sent; empty when the body was not an error of the API.
    """

    def __init__(self, status: int, error_code: str, message: str) -> None:
        self.status = status
        self.error_code = error_code
        super().__init__(f"The server answered {status} {error_code}: {message}".replace("  ", " "))


class _Known(NotFound):
    """`NotFound` with the message that the server sent."""

    def __init__(self, kind: str, key: str, message: str) -> None:
        super().__init__(kind, key)
        self.args = (message,)


class _Taken(AlreadyExists):
    """`AlreadyExists` with the message that the server sent."""

    def __init__(self, kind: str, key: str, message: str) -> None:
        super().__init__(kind, key)
        self.args = (message,)


class _Busy(QueueFull):
    """`QueueFull` with the message that the server sent."""

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(0, retry_after_s=retry_after_s)
        self.args = (message,)


class _Full(StorageFull):
    """`StorageFull` with the message that the server sent."""

    def __init__(self, message: str) -> None:
        super().__init__("the server")
        self.args = (message,)


def meaning_of(error: RunfoldError) -> HttpMeaning:
    """The status and code that stand for an error."""
    return next(meaning for kind, meaning in MEANINGS if isinstance(error, kind))


def body_of(error: RunfoldError, *, request_id: str = "") -> ErrorBody:
    """What the answer says about an error."""
    kind, key = (error.kind, error.key) if isinstance(error, NotFound | AlreadyExists) else ("", "")
    return ErrorBody(
        error_code=meaning_of(error).error_code,
        message=error.message,
        kind=kind,
        key=key,
        position=error.position if isinstance(error, InvalidFilter) else None,
        request_id=request_id,
    )


def headers_of(error: RunfoldError) -> dict[str, str]:
    """Headers that go with an error: when to try again, and how to say who one is."""
    if isinstance(error, Unavailable):
        return {"Retry-After": str(max(1, round(error.retry_after_s)))}
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": 'Basic realm="Runfold", charset="UTF-8"'}
    return {}


def error_of(status: int, body: bytes, *, retry_after: str | None = None) -> RunfoldError:
    """The exception that an error answer stands for.

    Args:
        body: of any content; a body that is not an `ErrorBody` is quoted in part.
        retry_after: the header of that name, in seconds; a date counts as one second.
    """
    try:
        told = msgspec.json.decode(body, type=ErrorBody)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        told = ErrorBody(error_code="", message=body[:200].decode(errors="replace") or "no explanation")
    wait_s = _seconds(retry_after)
    match told.error_code:
        case "INVALID_PARAMETER_VALUE" | "BAD_REQUEST":
            return InvalidValue(told.message)
        case "RESOURCE_DOES_NOT_EXIST" | "NOT_FOUND":
            return _Known(told.kind or "record", told.key, told.message)
        case "RESOURCE_ALREADY_EXISTS" | "ALREADY_EXISTS":
            return _Taken(told.kind or "record", told.key, told.message)
        case "INVALID_STATE":
            return InvalidState(told.message)
        case "QUOTA_EXCEEDED":
            return QuotaExceeded(told.message)
        case "DATA_LOSS":
            return ArtifactError(told.message)
        case "RESOURCE_EXHAUSTED" if status == 507:
            return _Full(told.message)
        case "NOT_IMPLEMENTED" | "ENDPOINT_NOT_FOUND":
            return NotSupported(told.message)
    return _by_status(status, told, wait_s)


def _by_status(status: int, told: ErrorBody, wait_s: float) -> RunfoldError:
    match status:
        case 401:
            return Unauthenticated(told.message)
        case 403:
            return PermissionDenied(told.message)
        case 404 | 405 | 501:
            return NotSupported(f"The server does not offer this call ({status}): {told.message}")
        case 429:
            return _Busy(told.message, retry_after_s=wait_s)
        case 507:
            return _Full(told.message)
        case 408 | 500 | 502 | 503 | 504 if told.error_code != "INTERNAL_ERROR":
            return Unavailable(f"The server answered {status}: {told.message}", retry_after_s=wait_s)
    return RemoteError(status, told.error_code, told.message)


def _seconds(retry_after: str | None) -> float:
    try:
        return max(0.0, float(retry_after or 1.0))
    except ValueError:
        return 1.0
