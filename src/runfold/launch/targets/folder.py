"""A job's folder on a host: made, filled, started, looked at, ended, removed."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shlex
import subprocess
import tarfile
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from runfold.errors import InvalidValue, RunfoldError, StorageFull, Unavailable
from runfold.launch.targets.base import Workload
from runfold.launch.targets.host import Done, Host
from runfold.launch.targets.program import NAME, program

LOOK_BYTES = 256 * 1024
_NO_PYTHON = 46
_NO_FOLDER = 45
# Left behind where no git says what belongs to the project.
_NOT_CODE = {".git", ".venv", "venv", "__pycache__", "node_modules", ".runfold", "mlruns", ".mypy_cache"}

_PREPARE = """\
umask 077
command -v {python} >/dev/null 2>&1 || exit {no_python}
mkdir -p {folder} || exit {no_folder}
cat > {program}.new && mv {program}.new {program} || exit {no_folder}
{first}
{python} -S {program} clear || exit $?
"""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    exit_code: int
    reason: str = ""
    is_cancelled: bool = False


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How far a job is.

    Attributes:
        size: bytes of the whole log so far.
        is_alive: its supervisor runs on that very machine.
        result: None: it is not over.
        content: of the log, from the byte that was asked for.
    """

    size: int
    is_alive: bool
    result: Result | None = None
    content: bytes = b""


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """A machine, as `launch.far` sees it.

    Attributes:
        place: of the environment that was asked about.
        is_there: it need not be brought.
        system, machine: as Python's `platform` calls them.
        release: of the kernel of Linux; of macOS itself.
        libc: name and version.
        cuda: the newest version that its driver can do; empty: none.
    """

    place: str
    is_there: bool
    system: str
    machine: str
    release: str
    libc: tuple[str, str]
    cuda: str


class FarFailed(RunfoldError):
    """Something over there did not work; the message has what was said."""


class JobFolder:
    """
    Args:
        base: where jobs have their folders; a relative one begins at the user's home.
        work_id: names the folder.
        python: the program that is there.
    """

    def __init__(self, host: Host, base: str, work_id: str, python: str) -> None:
        self._host = host
        self._base = base
        self.name = work_id
        self.path = f"{base.rstrip('/')}/{work_id}"
        self._python = shlex.quote(python)

    def prepare(self, first: str = "true") -> None:
        """Make the folder. What an earlier attempt has left running in it is ended first.

        Args:
            first: a command of the shell that helps to end it.
        """
        words = {"python": self._python, "folder": self._quoted, "program": self._program, "first": first}
        script = _PREPARE.format(**words, no_python=_NO_PYTHON, no_folder=_NO_FOLDER)
        done = self._host.run(script, [program()])
        if done.code == _NO_PYTHON:
            raise InvalidValue(
                f"{self._host.name} has no program {self._python}. Install Python there, or name the one that it has: "
                "-s python=/path/to/python3."
            )
        if done.code == _NO_FOLDER:
            raise self._failure(done, f"The folder {self.path} cannot be written")
        self._check(done, "Python does not work there")

    def make(self) -> None:
        """Make a folder that is not a job's own."""
        self.run(f"umask 077; mkdir -p {self._quoted}")

    def run(self, script: str) -> None:
        """Run a script of the shell that writes into it."""
        self._check(self._host.run(script), f"The folder {self.path} cannot be written")

    def upload(self, code: Path) -> None:
        self._check(self._host.run(self._far("unpack"), archive(code)), "The project could not be unpacked")

    def survey(self, digest: str) -> Survey:
        """What the machine is, and whether it has an environment."""
        done = self._host.run(self._far(f"survey {shlex.quote(digest)}"))
        self._check(done, "The machine could not be looked at")
        return msgspec.json.decode(done.output, type=Survey)

    def bring_environment(self, digest: str, environment: Path) -> None:
        """Have it there whole, or not at all; the first job that uses it unpacks it."""
        done = self._host.run(self._far(f"receive {shlex.quote(digest)}"), packed(environment, all_files(environment)))
        self._check(done, "The environment could not be brought")

    def start(self, work: Workload) -> None:
        self._check(self._host.run(self._far("start"), [describe(work)]), "The command could not be started")

    def describe(self, work: Workload) -> None:
        """Leave what the supervisor has to know, for one that others start: it takes the file away."""
        self.write("work", describe(work))

    def look(self, offset: int) -> Look:
        return self.look_with("echo", offset)[1]

    def look_with(self, command: str, offset: int) -> tuple[str, Look]:
        """Look, and run a command whose first line is wanted, too: both over one connection."""
        done = self._host.run(f"{command} | head -n 1; {self._far(f'look {offset} {LOOK_BYTES}')}")
        self._check(done, f"The folder {self.path} cannot be read")
        line, _, rest = done.output.partition(b"\n")
        return line.decode(errors="replace"), _look(rest)

    def read_packages(self) -> dict[str, str]:
        """What the environment of the command held, as files by name; none where it was not made for it."""
        done = self._host.run(f"cat {self._quoted}/packages 2>/dev/null")
        return msgspec.json.decode(done.output, type=dict[str, str]) if done.output else {}

    def read_tail(self, name: str) -> str:
        """The last line of a file; empty when there is none."""
        done = self._host.run(f"tail -n 1 {self._quoted}/{shlex.quote(name)} 2>/dev/null")
        return done.output.decode(errors="replace").strip()[-500:]

    def command(self, action: str) -> str:
        """A command line for somebody else to start, from within the folder."""
        return f"{self._python} -S {NAME} {action}"

    def end(self) -> None:
        self._check(self._host.run(self._far("end")), "The command could not be ended")

    def remove(self) -> None:
        self._host.run(self._far("remove"))

    def write_code(self, name: str, code: Path) -> None:
        """Leave the project as an archive."""
        done = self._host.run(f"umask 077; cat > {self._quoted}/{shlex.quote(name)}", archive(code))
        self._check(done, "The project could not be brought")

    def write(self, name: str, content: bytes) -> None:
        done = self._host.run(f"umask 077; cat > {self._quoted}/{shlex.quote(name)}", [content])
        self._check(done, f"The folder {self.path} cannot be written")

    @property
    def _quoted(self) -> str:
        return shlex.quote(self.path)

    @property
    def _program(self) -> str:
        return f"{self._quoted}/{NAME}"

    def _far(self, action: str) -> str:
        # Without the packages that are there: they are not needed, and cost time on shared file systems.
        return f"{self._python} -S {self._program} {action}"

    def _check(self, done: Done, trouble: str) -> None:
        if done.code:
            raise self._failure(done, trouble)

    def _failure(self, done: Done, trouble: str) -> RunfoldError:
        said = done.errors.strip()
        if "No space left" in said or "quota exceeded" in said.lower() or '"disk-full"' in said:
            return StorageFull(f"{self.path} on {self._host.name}")
        last = said.splitlines()[-1] if said else f"exit code {done.code}"
        with suppress(ValueError, KeyError, TypeError):
            last = json.loads(last)["text"]
        return FarFailed(f"{trouble} on {self._host.name}: {last}")


def _look(said: bytes) -> Look:
    head, _, content = said.partition(b"\n")
    found = msgspec.json.decode(head, type=Look, strict=False)
    return msgspec.structs.replace(found, content=content)


def describe(work: Workload) -> bytes:
    """What the supervisor has to know."""
    described: dict[str, Any] = {
        "vector": work.vector,
        "variables": work.variables,
        "secrets": work.secrets,
        "timeout_s": work.timeout_s,
        "environment": msgspec.to_builtins(work.environment),
    }
    return msgspec.json.encode(described)


def archive(folder: Path) -> Iterator[bytes]:
    """The files of a project as a compressed tar, piece by piece: in a repository, what git does not ignore."""
    return packed(folder, project_files(folder))


def packed(folder: Path, paths: Sequence[str]) -> Iterator[bytes]:
    """Files as a compressed tar, piece by piece."""
    reader, writer = os.pipe()
    child = _Writer(folder, paths, writer)
    with os.fdopen(reader, "rb") as stream:
        while piece := stream.read(256 * 1024):
            yield piece
    child.join()


class _Writer:
    """Writes an archive into a pipe from a thread, since tarfile cannot be asked for the next piece."""

    def __init__(self, folder: Path, paths: Sequence[str], pipe: int) -> None:
        self._error: Exception | None = None
        work = (folder, paths, pipe)
        self._thread = threading.Thread(target=self._write, args=work, name="runfold-archive", daemon=True)
        self._thread.start()

    def _write(self, folder: Path, paths: Sequence[str], pipe: int) -> None:
        try:
            with (
                os.fdopen(pipe, "wb") as out,
                gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as packed,
                tarfile.open(fileobj=packed, mode="w|") as tar,
            ):
                for path in paths:
                    tar.add(folder / path, arcname=path, recursive=False)
        except BrokenPipeError:
            return  # nobody reads any more; whoever asked knows why
        except OSError as error:
            self._error = error

    def join(self) -> None:
        self._thread.join()
        if self._error is not None:
            raise Unavailable(f"The project could not be read: {self._error}.")


def code_digest(folder: Path) -> str:
    """Of what `archive` takes along: names, contents, and what can be executed."""
    digest = hashlib.sha256()
    for name in project_files(folder):
        path = folder / name
        content = os.fsencode(os.readlink(path)) if path.is_symlink() else b"" if path.is_dir() else _hash(path)
        for part in (os.fsencode(name), str(path.lstat().st_mode).encode(), content):
            digest.update(str(len(part)).encode() + b":" + part)
    return digest.hexdigest()[:32]


def _hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def project_files(folder: Path) -> list[str]:
    """Paths of what belongs to a project, from its folder on."""
    command = ["git", "-C", str(folder), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - the user's own git
    except FileNotFoundError:
        done = None
    if done is not None and done.returncode == 0 and done.stdout:
        listed = sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})
        return [name for name in listed if (folder / name).is_file() or (folder / name).is_symlink()]
    return all_files(folder, without=_NOT_CODE)


def all_files(folder: Path, without: Collection[str] = ()) -> list[str]:
    """Paths of what lies in a folder, from it on: files, links, and folders that are empty.

    Args:
        without: names of folders that are left out.
    """
    found = []
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        folders[:] = sorted(set(folders) - set(without))
        found += [os.path.relpath(os.path.join(place, name), folder) for name in sorted([*names, *links])]
        if not names and not folders and not links and place != str(folder):
            found.append(os.path.relpath(place, folder))
    return found
