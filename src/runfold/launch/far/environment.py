"""The environment of a command: made once for all jobs that ask for the same."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from runfold.launch.far.archives import copy_whole, extract
from runfold.launch.far.installed import packages_of
from runfold.launch.far.log import Log
from runfold.launch.far.places import HERE, PACKED, environment_place
from runfold.launch.far.stopping import Failed, Stop, end_group


def receive(digest: str) -> None:
    """Keep the environment that comes as an archive on standard input, until the first job unpacks it."""
    place = environment_place(digest)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    # Several may bring the same at a time: each has a name of its own, and a whole one takes the place.
    aside = f"{place}.{os.path.basename(HERE)}.new"
    try:
        with open(aside, "wb") as out:
            copy_whole(sys.stdin.buffer, out)
        os.replace(aside, place + PACKED)
    finally:
        if os.path.exists(aside):
            os.remove(aside)


def make_environment(work: dict[str, Any], log: Log, stop: Stop) -> dict[str, str]:
    """The variables of the command, with the programs of its environment in front."""
    environment = dict(os.environ)
    wanted = work.get("environment")
    folder = _own_python()
    if wanted:
        place = _made_environment(wanted, log, stop)
        folder = os.path.join(place, "bin")
        with open(os.path.join(HERE, "packages"), "w", encoding="utf-8") as out:
            json.dump(packages_of(place), out)
    environment["PATH"] = folder + os.pathsep + environment.get("PATH", os.defpath)
    if wanted:
        environment["CONDA_PREFIX" if wanted.get("conda_packages") else "VIRTUAL_ENV"] = os.path.dirname(folder)
    environment.pop("MLFLOW_EXPERIMENT_NAME", None)
    environment.pop("RUNFOLD_EXPERIMENT_NAME", None)
    environment.update(work.get("variables") or {})
    environment.update(work.get("secrets") or {})
    return environment


def _made_environment(wanted: dict[str, Any], log: Log, stop: Stop) -> str:
    """The folder of an environment, made once for all jobs that ask for the same."""
    import fcntl

    place = environment_place(wanted["digest"])
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place + ".lock", "w") as lock:
        _wait_for(lambda: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB), stop)
        if not os.path.exists(os.path.join(place, "complete")):
            log.write(b"Making the environment; the next run finds it made\n")
            if wanted.get("conda_packages"):
                _unpack_conda(place, stop)
            else:
                shutil.rmtree(place, ignore_errors=True)
                _make_venv(wanted, place, log, stop)
            _install(wanted, place, stop)
            with open(os.path.join(place, "complete"), "w"):
                pass
        os.utime(os.path.join(place, "complete"))  # it is used: see `leaving`
        if os.path.exists(place + PACKED):
            os.remove(place + PACKED)
    return place


def _own_python() -> str:
    """A folder in which `python` is the one that runs this: some systems have only `python3`."""
    folder = os.path.join(HERE, "bin")
    os.makedirs(folder, exist_ok=True)
    for name in ("python", "python3"):
        path = os.path.join(folder, name)
        # Not a link: a virtual environment is known by the place of its interpreter.
        with open(path, "w") as program:
            program.write(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        os.chmod(path, 0o700)
    return folder


def _wait_for(lock: Callable[[], None], stop: Stop) -> None:
    """Until nobody else makes the same."""
    while True:
        try:
            return lock()
        except BlockingIOError:
            if stop.asked.wait(0.2):
                raise Failed("cancelled") from None


def _unpack_conda(place: str, stop: Stop) -> None:
    if not os.path.exists(place + PACKED):
        raise Failed(
            f"The conda environment was not brought for this machine ({platform.machine()}), or has been removed since."
        )
    with open(place + PACKED, "rb") as packed:
        extract(packed, place, stop)


def _make_venv(wanted: dict[str, Any], place: str, log: Log, stop: Stop) -> None:
    """A virtual environment of the version asked for, as near as can be."""
    uv = shutil.which("uv")
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    version = ".".join(str(wanted.get("python") or here).split(".")[:2])
    if uv:
        _call([uv, "venv", "--quiet", "--python", version, place], f"Python {version} cannot be had", stop)
        return
    if version != here:
        log.write(f"The project asks for Python {version}; this host has {here}, and no uv.\n".encode())
    _call([sys.executable, "-m", "venv", place], "virtual environments do not work: install python3-venv, or uv", stop)


def _install(wanted: dict[str, Any], place: str, stop: Stop) -> None:
    """What pip installs: the project, or the requirements."""
    uv = shutil.which("uv")
    if uv:
        pip = [uv, "pip", "install", "--python", place]
    else:
        pip = [os.path.join(place, "bin", "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    if wanted.get("project"):
        _call([*pip, os.path.join(HERE, "code", wanted["project"])], "pyproject.toml could not be installed", stop)
    elif wanted["requirements"]:
        listed = os.path.join(HERE, "requirements.txt")
        with open(listed, "w", encoding="utf-8") as out:
            out.write("".join(line + "\n" for line in wanted["requirements"]))
        _call([*pip, "--requirement", listed], "the requirements could not be installed", stop)


def _call(command: list[str], trouble: str, stop: Stop) -> None:
    # A file: a pipe would have to be read, and whoever stops this must not wait for that.
    with tempfile.TemporaryFile(dir=HERE) as said:
        process = subprocess.Popen(  # noqa: S603 - pip or uv
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
        while process.poll() is None:
            if stop.asked.wait(0.05):
                end_group(process.pid, patience_s=2.0)
                process.wait()
                raise Failed("cancelled")
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()[-12:]
    if process.returncode:
        raise Failed("\n  ".join([f"The environment could not be made there: {trouble}.", *lines]))
