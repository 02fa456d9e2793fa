"""A token that nobody is given: it is made here, and only its digest leaves this machine.

For clusters that show whatever a job is given, and its log, to everybody who reaches them. Whoever submitted the job
reads the digest and has the tracking server take it; nobody finds the token by it.
"""

from __future__ import annotations

import hashlib
import secrets
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from runfold.launch.far.stopping import Failed, Stop

MARK = "runfold-token-digest"
ACCEPTED_WITHIN_S = 120
_PAUSE_S = 0.5
_TIMEOUT_S = 10
_IS_KNOWN = (200, 403)


class OwnToken:
    """
    Args:
        wanted: the job that it is of, variables that are to hold it, and the address of the tracking server.
    """

    def __init__(self, wanted: Mapping[str, Any]) -> None:
        self.secret = f"rfj_{secrets.token_urlsafe(32)}.{wanted['job_id']}"
        self._wanted = wanted

    def announcement(self) -> bytes:
        """The line of the log that says which token this is."""
        return f"{MARK} {hashlib.sha256(self.secret.encode()).hexdigest()}\n".encode()

    def accepted(self, environ: Mapping[str, str], stop: Stop) -> dict[str, str]:
        """The variables, once the tracking server knows the token: the command could record nothing before."""
        uri, said = self._wanted["uri"], ""
        for _ in range(int(ACCEPTED_WITHIN_S / _PAUSE_S)):
            said = _ask(self.secret, uri, environ)
            if not said:
                return dict.fromkeys(self._wanted["variables"], self.secret)
            if stop.asked.wait(_PAUSE_S):
                raise Failed("cancelled")
        raise Failed(
            f"The tracking server at {uri} did not take this job's token: {said}. Can the cluster's nodes reach it, "
            "and does the job's agent still run?"
        )


def _ask(token: str, uri: str, environ: Mapping[str, str]) -> str:
    """Why it is not taken; empty: it is."""
    request = urllib.request.Request(  # noqa: S310 - the server where the command records
        uri.rstrip("/") + "/api/runfold/v1/account", headers={"Authorization": "Bearer " + token}
    )
    try:
        with urllib.request.urlopen(  # noqa: S310
            request, timeout=_TIMEOUT_S, context=_trusted(environ) if uri.startswith("https") else None
        ) as answer:
            code = answer.status
    except urllib.error.HTTPError as error:
        code = error.code
    except (OSError, ValueError) as error:
        return str(error)
    return "" if code in _IS_KNOWN else f"it answers {code}"


def _trusted(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Whom the command's own client trusts."""

    def found(name: str) -> str:
        return environ.get("RUNFOLD_TRACKING_" + name) or environ.get("MLFLOW_TRACKING_" + name) or ""

    context = ssl.create_default_context(cafile=found("SERVER_CERT_PATH") or None)
    if found("INSECURE_TLS").lower() in ("1", "true", "yes", "on"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    certificate = found("CLIENT_CERT_PATH")
    if certificate:
        context.load_cert_chain(certificate)
    return context
