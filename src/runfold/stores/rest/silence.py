"""Why no answer came, in words that say what to do, and whether one may come in the next seconds."""

from __future__ import annotations

import http.client
import ssl

import urllib3

_EXPIRED, _EARLY = "certificate has expired", "certificate is not yet valid"


def is_passing(error: BaseException | None) -> bool:
    """Whether asking again soon makes sense.

    Who does not accept a connection in time will not in the next seconds either, nor has another certificate by then.
    """
    if isinstance(error, urllib3.exceptions.ConnectTimeoutError):
        return False
    return error is None or not isinstance(_innermost(error), ssl.SSLCertVerificationError)


def why_silent(base_url: str, error: Exception) -> str:
    """What to tell users; a certificate that is not trusted is never asked anything."""
    inner = _innermost(error)
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"{base_url} cannot be trusted, and nothing was sent: {_distrust(inner)}"
    if isinstance(inner, ssl.SSLError) and inner.reason in (
        "WRONG_VERSION_NUMBER",
        "HTTP_REQUEST",
        "RECORD_LAYER_FAILURE",
    ):
        return f"{base_url} does not speak HTTPS. If it is the right server, its address begins with http://."
    if isinstance(inner, http.client.BadStatusLine) and not str(inner).isprintable():
        return f"{base_url} does not speak plain HTTP. If it is the right server, its address begins with https://."
    return f"{base_url} does not answer: {_words(inner)}."


def _distrust(error: ssl.SSLCertVerificationError) -> str:
    said = error.verify_message
    if said in (_EXPIRED, _EARLY):
        return f"its {said}. Whoever runs the server renews it; if it was renewed, is the clock of this machine right?"
    if "mismatch" in said:
        return f"{said.rstrip('.')}. Use the name that the certificate is for."
    return (
        f"its certificate comes from an authority that is not known here ({said}). Name the authority's file by "
        "MLFLOW_TRACKING_SERVER_CERT_PATH."
    )


def _innermost(error: BaseException) -> BaseException:
    """Without the objects that urllib3 wraps it in."""
    while (inner := error.__cause__ or error.__context__) is not None and isinstance(inner, Exception):
        error = inner
    return error


def _words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
