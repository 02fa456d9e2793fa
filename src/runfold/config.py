"""Every setting: its name, type, default and meaning.

A setting comes from, strongest first: a command-line option, the environment variable `RUNFOLD_<NAME>`, the
file named by `RUNFOLD_CONFIG` or `./runfold.toml` (a flat table of the same names, lower case), the default.
Settings of `ServingSettings` are called `serving_<name>` in the environment and the file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from runfold.errors import InvalidValue


def setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """How a SQL store behaves."""

    durability: str = setting(
        "full",
        "`full`: an answered write survives power loss; `process`: it survives a crash of the process.",
    )
    write_queue: int = setting(10_000, "Writes that may wait; more are answered with 429.")
    lost_after_s: float = setting(
        300.0, "Seconds of silence after which a running run whose client sends heartbeats shows as lost."
    )
    job_lease_s: float = setting(
        60.0, "Seconds without a sign of life after which an agent's jobs are lost, and tried again if asked to."
    )
    fold_interval_s: float = setting(2.0, "Seconds between looks for journals to fold into series.")
    read_connections: int = setting(8, "Connections for reading, each used by one thread at a time.")
    write_connections: int = setting(4, "Connections for writing (PostgreSQL; SQLite has one writer).")
    statement_timeout_s: float = setting(60.0, "Seconds after which a read is given up.")
    secrets_key_file: str = setting(
        "",
        "File with the key that seals secrets in the database; empty: beside a SQLite store. All servers of a "
        "PostgreSQL store need the same one.",
    )


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """How `runfold server` behaves."""

    host: str = setting("127.0.0.1", "Address to listen on; loopback unless said otherwise.")
    port: int = setting(5000, "Port to listen on.")
    store: str = setting(
        "sqlite:///.runfold/runfold.db", "Where records live: `sqlite:///path` or `postgresql://host/database`."
    )
    artifacts: str = setting(".runfold/artifacts", "Where files lie that go through the server: a folder or URI.")
    serve_artifacts: bool = setting(
        True, "Keep files for clients. Without, only experiments whose files lie elsewhere can be used."
    )
    default_artifact_root: str = setting(
        "mlflow-artifacts:/",
        "What new experiments hand out to clients: the server's proxy, or a store that clients reach themselves.",
    )
    processes: int = setting(1, "Server processes.")
    allowed_hosts: tuple[str, ...] = setting(
        (), "Further Host names to answer to, beside loopback and the address listened on."
    )
    allowed_origins: tuple[str, ...] = setting((), "Further Origins whose pages may write, such as https://ml.example.")
    scoring_servers: tuple[str, ...] = setting(
        (), "Scoring servers that pages may try models on, each as `name=address`, such as try=http://127.0.0.1:5001."
    )
    agent_slots: int = setting(
        0, "Jobs that an agent beside the server runs at a time, on this machine and as the server's user; 0: no agent."
    )
    webhook_hosts: tuple[str, ...] = setting(
        ("public",),
        "Where webhooks may be sent: `public` for https to every public address; names such as `hooks.lan` or "
        "`localhost:9000` also for http and for internal networks; `none` for nowhere.",
    )
    static_prefix: str = setting("", "Path in front of every route, when a proxy mounts the server below one.")
    auth: bool = setting(
        False, "Ask callers who they are, and let them do what they were granted. Without, everybody may do everything."
    )
    session_idle_hours: float = setting(72.0, "Hours after which a browser is signed out that nobody uses.")
    session_days: float = setting(30.0, "Days after which a browser has to sign in again, however much it is used.")
    oidc_issuer: str = setting(
        "", "Provider of OpenID Connect by which people may sign in, as its tokens name it, such as https://id.example."
    )
    oidc_client_id: str = setting("", "What the provider knows this server as.")
    oidc_client_secret_file: str = setting("", "File with the secret that the provider gave; empty: a public client.")
    oidc_label: str = setting("single sign-on", "What the sign-in page calls the provider.")
    oidc_scopes: tuple[str, ...] = setting(("profile", "email"), "What the provider is asked for, beside `openid`.")
    oidc_name_claim: str = setting("preferred_username", "Claim that new accounts are named by.")
    oidc_groups_claim: str = setting("groups", "Claim with the groups that somebody is in.")
    oidc_groups: tuple[str, ...] = setting((), "Groups whose members are what the provider says at each sign-in.")
    oidc_admin_group: str = setting("", "Group at the provider whose members are administrators here; empty: by hand.")
    oidc_makes_users: bool = setting(True, "Whoever the provider lets in gets an account at the first sign-in.")
    oidc_session_hours: float = setting(
        24.0, "Hours after which a browser that came by the provider is led to it again; it answers without asking."
    )
    oidc_signs_out: bool = setting(True, "Signing out here also signs out at the provider, where it offers that.")
    trusted_proxies: tuple[str, ...] = setting(
        (),
        "Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed, such as 10.0.0.0/8.",
    )
    max_requests_per_s: float = setting(
        0.0,
        "Requests a second that each user may make of each server process, by the mean over ten seconds; more are "
        "answered with 429. A user's quota goes before it. On a server without users, each address. 0: no limit.",
    )
    max_requests_per_s_of_token: float = setting(
        0.0, "Likewise for each token, within what its user may; 0: no limit of its own."
    )
    audit_reads: bool = setting(False, "With `auth`: also note in the audit who read what, once an hour each.")
    tls_cert: str = setting("", "PEM file with the certificate chain; with `tls_key`, the server speaks HTTPS.")
    tls_key: str = setting("", "PEM file with the private key.")
    max_body_bytes: int = setting(16 * 2**20, "Largest JSON body.")
    max_artifact_bytes: int = setting(0, "Largest uploaded file; 0: no limit.")
    max_history_points: int = setting(1_000_000, "Most points that one reply holds.")
    direct_registration_bytes: int = setting(
        256 * 2**20,
        "Largest model whose files are read while its registration waits for the answer; larger ones are registered "
        "as PENDING_REGISTRATION, and read in the background.",
    )
    request_timeout_s: float = setting(60.0, "Seconds after which a request is given up.")
    shutdown_timeout_s: float = setting(30.0, "Seconds that a stopping server waits for what is in flight.")
    log_format: str = setting("text", "`text` for people, `json` for machines.")
    log_level: str = setting("info", "`debug`, `info`, `warning` or `error`.")


@dataclass(frozen=True, kw_only=True)
class ClientSettings:
    """How the logging client behaves in a training script."""

    tracking_uri: str = setting("", "Server address or store URI; empty: the folder `./.runfold`.")
    artifacts: str = setting(
        "",
        "Where the files of a store lie that is opened without a server: a folder or URI; empty: beside its records.",
    )
    workspace: str = setting("", "Workspace in which names are looked up; empty: the user's own, or `default`.")
    experiment_name: str = setting("", "Experiment of runs that name none.")
    experiment_id: str = setting("", "Experiment of runs that name none, by id.")
    run_id: str = setting("", "Run to continue by `start_run()`; how several ranks share one.")
    spool_dir: str = setting("", "Where unsent records wait; empty: `./.runfold/spool`, or the user's cache folder.")
    offline: bool = setting(False, "Keep everything in the spool; `runfold sync` sends it later.")
    flush_interval_s: float = setting(1.0, "Seconds between batches that the background thread sends.")
    max_buffered_points: int = setting(1_000_000, "Points kept in memory while the server is away; the spool has all.")
    end_timeout_s: float = setting(
        30.0, "Seconds that `end_run` waits for the server before it leaves work to the spool."
    )
    heartbeat_interval_s: float = setting(30.0, "Seconds between signs of life of a run.")
    capture_git_diff: bool = setting(True, "Keep the uncommitted patch of the source folder with a run.")
    max_git_diff_bytes: int = setting(1_000_000, "Longest patch to keep.")
    system_metrics: bool = setting(False, "Sample CPU, memory, disk, network and GPU while a run goes on.")
    system_metrics_interval_s: float = setting(10.0, "Seconds between samples of system metrics.")
    request_timeout_s: float = setting(30.0, "Seconds to wait for one answer of the server.")
    allow_pickle: bool = setting(False, "Load models whose files run code while they are loaded (pickle, cloudpickle).")
    allow_code: bool = setting(False, "Import Python files that models bring with them.")


@dataclass(frozen=True, kw_only=True)
class ServingSettings:
    """How `runfold models serve` behaves."""

    prefix: ClassVar[str] = "serving_"

    host: str = setting("127.0.0.1", "Address to listen on; loopback unless said otherwise.")
    port: int = setting(5001, "Port to listen on.")
    processes: int = setting(1, "Processes, each with a copy of the model.")
    max_batch_rows: int = setting(4096, "Most rows of several requests that are predicted in one call.")
    max_batch_delay_ms: float = setting(
        0.0, "Milliseconds that a call may be held back for more rows while requests come in parallel; 0: not at all."
    )
    batching: bool = setting(
        True, "Join waiting requests into one call of the model, where its flavour predicts row by row."
    )
    max_waiting: int = setting(1000, "Requests of a process that may wait for the model; more are answered with 429.")
    max_body_bytes: int = setting(64 * 2**20, "Largest request body.")
    body_timeout_s: float = setting(30.0, "Seconds in which a request's body must arrive.")
    request_timeout_s: float = setting(60.0, "Seconds after which a request for a prediction is given up.")
    shutdown_timeout_s: float = setting(30.0, "Seconds that a stopping server waits for what is in flight.")
    reload_interval_s: float = setting(
        5.0, "Seconds between looks whether an alias or stage points to another version; 0: never."
    )
    log_format: str = setting("text", "`text` for people, `json` for machines.")
    log_level: str = setting("info", "`debug`, `info`, `warning` or `error`.")


S = TypeVar("S", StoreSettings, ServerSettings, ClientSettings, ServingSettings)


def load(
    kind: type[S], overrides: Mapping[str, object] | None = None, *, environ: Mapping[str, str] | None = None
) -> S:
    """Gather the settings of one kind.

    Args:
        overrides: values from the command line; None values are passed over.
        environ: the environment; None: the process's own.

    Raises:
        InvalidValue: a value does not fit its type; the message names the setting and where it came from.
    """
    env = os.environ if environ is None else environ
    from_file = _read_file(env)
    values: dict[str, object] = {}
    for item in fields(kind):
        name = getattr(kind, "prefix", "") + item.name
        variable = f"RUNFOLD_{name.upper()}"
        override = (overrides or {}).get(item.name)
        if override is not None:
            values[item.name] = override
        elif env.get(variable):  # set but empty counts as not set, as `VARIABLE= command` means it
            values[item.name] = _parse(env[variable], _default(item), f"environment variable {variable}")
        elif name in from_file:
            values[item.name] = _parse(from_file[name], _default(item), f"setting {name!r} in the configuration file")
    return kind(**values)  # type: ignore[arg-type]


def _default(item: Any) -> object:
    if item.default is MISSING:
        raise AssertionError(f"setting {item.name} has no default")
    return item.default


def _read_file(env: Mapping[str, str]) -> dict[str, object]:
    named = env.get("RUNFOLD_CONFIG", "")
    path = Path(named or "runfold.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named:
            raise InvalidValue(f"RUNFOLD_CONFIG names {named!r}, which does not exist.") from None
        return {}
    except tomllib.TOMLDecodeError as error:
        raise InvalidValue(f"{path} is not valid TOML: {error}.") from error


def _parse(value: object, default: object, origin: str) -> object:
    """Turn a text or TOML value into the type of the default."""
    try:
        if isinstance(default, bool):
            return value if isinstance(value, bool) else _boolean(str(value))
        if isinstance(default, int):
            return int(str(value))
        if isinstance(default, float):
            return float(str(value))
        if isinstance(default, tuple):
            parts = value if isinstance(value, list) else str(value).split(",")
            return tuple(str(part).strip() for part in parts if str(part).strip())
        return str(value)
    except ValueError:
        wanted = type(default).__name__
        raise InvalidValue(f"The {origin} is {value!r}; expected {wanted}, such as {default!r}.") from None


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(text)
