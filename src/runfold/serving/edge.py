"""What an answer says beside predictions: ids of requests, and errors in the words of each protocol."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

import msgspec

from runfold.errors import InvalidValue, RunfoldError, Unavailable
from runfold.serving.batch import Busy, ModelFault
from runfold.serving.http.messages import Headers, Refused
from runfold.serving.protocol.errors import UnreadableInput, UnsupportedType
from runfold.wire.errors import ErrorBody, HttpMeaning, meaning_of

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_FIRST_LINE_AT_MOST = 500


def request_id(headers: Mapping[str, str]) -> str:
    """The caller's id where it is harmless in a log, or a new one."""
    sent = headers.get("x-request-id")
    return sent if sent and _REQUEST_ID.fullmatch(sent) else secrets.token_hex(8)


def describe(error: BaseException) -> tuple[HttpMeaning, str]:
    """The status, code and message that stand for an error.

    A model's own error is a 400, as in MLflow's server: it nearly always means rows that the model cannot take. Its
    text is shown, its trace is not.
    """
    match error:
        case Refused():
            return error.meaning, error.message
        case UnreadableInput():
            return HttpMeaning(400, "BAD_REQUEST"), error.message
        case UnsupportedType():
            return HttpMeaning(415, "BAD_REQUEST"), error.message
        case Busy():
            return HttpMeaning(429, "REQUEST_LIMIT_EXCEEDED"), error.message
        case RunfoldError():
            return meaning_of(error), error.message
        case TimeoutError():
            return HttpMeaning(504, "DEADLINE_EXCEEDED"), "The model did not answer in the time that a request has."
    text = str(error) if isinstance(error, ModelFault) else f"{type(error).__name__}: {error}"
    first = (text.splitlines() or [""])[0][:_FIRST_LINE_AT_MOST]
    return HttpMeaning(400, "BAD_REQUEST"), f"The model cannot predict for these rows. {first}"


def is_callers_fault(error: BaseException) -> bool:
    """Whether an error is of no interest to the log of the server."""
    return isinstance(error, InvalidValue | Refused | Unavailable)


def error_body(error: BaseException, meaning: HttpMeaning, message: str, request: str, *, is_v2: bool) -> bytes:
    if is_v2:
        return msgspec.json.encode({"error": message, "request_id": request})
    return msgspec.json.encode(ErrorBody(error_code=meaning.error_code, message=message, request_id=request))


def retry_after(error: BaseException) -> Headers:
    if isinstance(error, Unavailable):
        return [("retry-after", str(max(1, min(60, round(error.retry_after_s)))))]
    return []
