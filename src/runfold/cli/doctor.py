"""`runfold doctor`: whether this machine, its settings and the store or server they name are in order."""

from __future__ import annotations

import enum
import importlib.util
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from runfold import __version__
from runfold.cli import formats
from runfold.cli.connect import json_option, missing_store, with_new_session
from runfold.cli.exits import FAILURE
from runfold.cli.output import print_json
from runfold.errors import RunfoldError

if TYPE_CHECKING:
    from runfold.tracking.session import Session

LITTLE_DISK = 2**30
FAST_S = 0.5
CLOCK_TOLERANCE_S = 5.0
EXTRAS = {
    "psycopg": "postgres",
    "s3fs": "s3",
    "sshfs": "sftp",
    "pandas": "pandas",
    "polars": "polars",
    "PIL": "images",
    "psutil": "system-metrics",
}


class Level(enum.StrEnum):
    OK = "ok"
    NOTE = "note"
    PROBLEM = "PROBLEM"


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        text: what was found, and for a problem what to do.
    """

    level: Level
    subject: str
    text: str


@click.command()
@json_option
@with_new_session
def doctor(session: Session, as_json: bool) -> None:
    """Check the environment, settings, store or server, clock, spool and disk.

    Exits with 1 when something is wrong.
    """
    findings = [finding for check in CHECKS for finding in check(session)]
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        colours = {Level.OK: "green", Level.NOTE: "yellow", Level.PROBLEM: "red"}
        for finding in findings:
            mark = click.style(finding.level.ljust(7), fg=colours[finding.level])
            click.echo(f"{mark}  {finding.subject.ljust(11)}  {finding.text}")
    if any(finding.level is Level.PROBLEM for finding in findings):
        click.get_current_context().exit(FAILURE)


def check_environment(session: Session) -> Iterator[Finding]:
    yield Finding(
        Level.OK,
        "environment",
        f"Runfold {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
    )
    if shutil.which("git") is None:
        yield Finding(Level.NOTE, "environment", "git is not installed, so runs will not say which commit they ran.")
    absent = [extra for package, extra in EXTRAS.items() if importlib.util.find_spec(package) is None]
    if absent:
        yield Finding(Level.NOTE, "environment", f"Extras that are not installed: {', '.join(absent)}.")


def check_settings(session: Session) -> Iterator[Finding]:
    yield Finding(Level.OK, "settings", f"Tracking goes to {session.uri}")
    # Names alone: values may hold passwords.
    names = sorted(name for name in os.environ if name.startswith(("RUNFOLD_", "MLFLOW_")))
    if names:
        yield Finding(Level.NOTE, "settings", f"Set in the environment: {', '.join(names)}")
    file = os.environ.get("RUNFOLD_CONFIG", "runfold.toml")
    if Path(file).exists():
        yield Finding(Level.NOTE, "settings", f"Read from {file}")


def check_store(session: Session) -> Iterator[Finding]:
    kind = "server" if session.is_remote else "store"
    missing = missing_store(session)
    if missing is not None:
        yield Finding(Level.NOTE, kind, f"There is none at {missing} yet; the first run makes it.")
        return
    began = time.perf_counter()
    try:
        session.store.ping()
        took_s = time.perf_counter() - began
        n_runs = sum(summary.n_runs for summary in session.store.summarize_experiments())
    except RunfoldError as error:
        yield Finding(Level.PROBLEM, kind, error.message)
        return
    speed = Level.OK if took_s < FAST_S else Level.NOTE
    yield Finding(speed, kind, f"Answers in {took_s * 1000:.0f} ms; holds {n_runs} runs")


def check_clock(session: Session) -> Iterator[Finding]:
    """A clock that is off puts points of different machines in the wrong order."""
    if not session.is_remote:
        return
    import urllib3

    before = time.time()
    try:
        answer = urllib3.request("GET", f"{session.uri}/health", timeout=5.0, retries=False)
    except urllib3.exceptions.HTTPError:
        return  # check_store says so already
    date = answer.headers.get("Date")
    if date is None:
        yield Finding(Level.NOTE, "clock", "The server does not tell its time, so clocks could not be compared.")
        return
    ours = (before + time.time()) / 2
    off_s = parsedate_to_datetime(date).timestamp() + 0.5 - ours  # the header is cut to whole seconds
    if abs(off_s) > CLOCK_TOLERANCE_S:
        text = f"The server's clock differs from this machine's by {off_s:+.0f} s. Set one of them right, as by NTP."
        yield Finding(Level.PROBLEM, "clock", text)
    else:
        yield Finding(Level.OK, "clock", "Agrees with the server's")


def check_spool(session: Session) -> Iterator[Finding]:
    folder = session.spool_folder
    waiting = list(folder.glob("*.spool")) if folder.is_dir() else []
    if waiting:
        n_bytes = sum(path.stat().st_size for path in waiting)
        text = f"{len(waiting)} spools ({formats.size(n_bytes)}) in {folder} wait or are in use."
        yield Finding(Level.NOTE, "spool", f"{text} `runfold sync` sends them.")
    home = _existing(folder)
    if os.access(home, os.W_OK):
        yield Finding(Level.OK, "spool", f"{folder} can be written")
    else:
        text = (
            f"{home} cannot be written, so records would be kept in memory. Name another folder in RUNFOLD_SPOOL_DIR."
        )
        yield Finding(Level.PROBLEM, "spool", text)


def check_disk(session: Session) -> Iterator[Finding]:
    places = {"spool": session.spool_folder}
    if session.uri.startswith("sqlite:///"):
        places["store"] = Path(session.uri.removeprefix("sqlite:///"))
    for name, path in places.items():
        free = shutil.disk_usage(_existing(path)).free
        level = Level.OK if free > LITTLE_DISK else Level.PROBLEM
        advice = "" if level is Level.OK else " Free some: a full disk refuses records."
        yield Finding(level, "disk", f"{formats.size(free)} free for the {name}.{advice}")


CHECKS: tuple[Callable[[Session], Iterator[Finding]], ...] = (
    check_environment,
    check_settings,
    check_store,
    check_clock,
    check_spool,
    check_disk,
)


def _existing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.parents) if place.exists())
