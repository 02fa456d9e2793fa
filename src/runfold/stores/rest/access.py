"""Who we are to a server, and whom we trust: from the address, the environment and the credentials file.

The MLFLOW_* names are those of MLflow's clients (MLflow 3.18, `mlflow/utils/credentials.py` and
`mlflow/environment_variables.py`); RUNFOLD_* ones win.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec

from runfold.errors import InvalidValue
from runfold.stores.rest import kept_tokens, mlflow_credentials

WORKSPACE_HEADER = "X-MLFLOW-WORKSPACE"


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach one server.

    Attributes:
        base_url: without user, password and final slash.
        headers: `Authorization` and the like; only ever sent to this server.
        verify: False skips the check of the server's certificate.
        ca_file: certificate authorities to trust instead of the system's; empty: the system's.
        client_cert_file: certificate and key of this client in one PEM file; empty: none.
    """

    base_url: str
    headers: dict[str, str] = {}
    verify: bool = True
    ca_file: str = ""
    client_cert_file: str = ""


def access_to(uri: str, *, environ: Mapping[str, str] | None = None, credentials_file: Path | None = None) -> Access:
    """Gather what is needed to talk to the server at `uri`.

    Credentials come, strongest first, from the address (`https://user:password@host`), from
    RUNFOLD_TRACKING_USERNAME and _PASSWORD, from RUNFOLD_TRACKING_TOKEN, from what `runfold login` kept for this
    server, and from `~/.mlflow/credentials`.

    Args:
        credentials_file: None: `~/.mlflow/credentials`.

    Raises:
        InvalidValue: the address is not one of an HTTP server, or the TLS settings contradict each other.
    """
    env = os.environ if environ is None else environ
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidValue(f"{uri!r} is not the address of a server; write http://host:port or https://host.")
    authority = parts.netloc.rpartition("@")[2]
    base_url = urlunsplit((parts.scheme, authority, parts.path.rstrip("/"), "", ""))
    ca_file = _variable(env, "TRACKING_SERVER_CERT_PATH")
    is_insecure = _variable(env, "TRACKING_INSECURE_TLS").lower() in ("1", "true", "yes", "on")
    if is_insecure and ca_file:
        raise InvalidValue("TRACKING_INSECURE_TLS and TRACKING_SERVER_CERT_PATH contradict each other; set one.")
    return Access(
        base_url=base_url,
        headers=_authorization(base_url, parts.username, parts.password, env, credentials_file) | _workspace(env),
        verify=not is_insecure,
        ca_file=ca_file,
        client_cert_file=_variable(env, "TRACKING_CLIENT_CERT_PATH"),
    )


def _variable(env: Mapping[str, str], name: str) -> str:
    return env.get(f"RUNFOLD_{name}") or env.get(f"MLFLOW_{name}") or ""


def _authorization(
    base_url: str, user: str | None, password: str | None, env: Mapping[str, str], credentials_file: Path | None
) -> dict[str, str]:
    if user is not None:
        return _basic(unquote(user), unquote(password or ""))
    user, password = _variable(env, "TRACKING_USERNAME"), _variable(env, "TRACKING_PASSWORD")
    if user and password:
        return _basic(user, password)
    if token := _variable(env, "TRACKING_TOKEN"):
        return {"Authorization": f"Bearer {token}"}
    if kept := kept_tokens.find(base_url, env):
        return {"Authorization": f"Bearer {kept.secret}"}
    user, password = mlflow_credentials.read(credentials_file or mlflow_credentials.file_of_user())
    return _basic(user, password) if user and password else {}


def _basic(user: str, password: str) -> dict[str, str]:
    coded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {coded}"}


def _workspace(env: Mapping[str, str]) -> dict[str, str]:
    workspace = _variable(env, "WORKSPACE")
    return {WORKSPACE_HEADER: workspace} if workspace else {}
