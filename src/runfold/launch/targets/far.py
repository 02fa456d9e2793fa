"""What runs on the far side: this file is copied there and started by the Python that is there, 3.8 or newer.

It needs nothing but the standard library. Only `packages_of` is used here, too. Beside it, in the job's folder:

    code/       the project            log        the output of the command, both streams
    pids        JSON: supervisor and command, each with the moment it began
    result      JSON, once it is over: exit code and reason
    packages    JSON: what the environment holds, as files for the run
    array       the name of the folder that it shares with other tasks, if it does

and beside that, `environments/` with a folder for each, shared by all jobs.

A supervisor, detached from whoever logged in, makes the environment, runs the command in a session of its own and
notes how it ended. So the job goes on when the connection is lost, and whoever comes back finds the log and the result.
"""

from __future__ import annotations

import ctypes
import errno
import glob
import importlib.metadata
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

HERE = os.path.dirname(os.path.abspath(__file__))
MAX_LOG = 64 * 2**20
STOP_S = 10.0
BLOCK = 64 * 1024
# Room for the result is taken when the disk still has some.
RESULT_BYTES = 4096
PACKED = ".tar.gz"
SHARED_CODE = "code.tar.gz"
# What nobody has fetched for so long, nobody will: its agent is gone.
KEPT_RESULT_S = 7 * 24 * 3600.0
KEPT_SILENT_S = 60 * 24 * 3600.0


def main() -> None:
    action, arguments = sys.argv[1], sys.argv[2:]
    try:
        ACTIONS[action](*arguments)
    except OSError as error:
        reason = "disk-full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "system"
        sys.stderr.write("\n" + json.dumps({"error": reason, "text": str(error)}) + "\n")
        sys.exit(70)


def unpack() -> None:
    """Put the archive from standard input into `code`."""
    extract(sys.stdin.buffer, os.path.join(HERE, "code"))


def extract(packed: IO[bytes], folder: str, stop: Stop | None = None) -> None:
    """Make a folder of an archive; what was there before is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with tarfile.open(fileobj=packed, mode="r|gz") as archive:
        for member in archive:
            if stop is not None and stop.asked.is_set():
                raise Failed("cancelled")
            names = [member.name, member.linkname] if member.islnk() else [member.name]
            is_inside = all(os.path.normpath(os.path.join(folder, name)).startswith(folder + os.sep) for name in names)
            if not is_inside or not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
                continue
            # Members are written by the one who asks for the run, whose command may do anything here anyway.
            if hasattr(tarfile, "fully_trusted_filter"):
                archive.extract(member, folder, filter="fully_trusted")
            else:
                archive.extract(member, folder)


def unpack_shared(stop: Stop) -> None:
    """Make `code` of the archive that tasks of an array share: each has a copy of its own to write into."""
    shared = os.path.join(HERE, SHARED_CODE)
    if os.path.exists(shared):
        with open(shared, "rb") as packed:
            extract(packed, os.path.join(HERE, "code"), stop)
        os.remove(shared)


def survey(digest: str) -> None:
    """Say what conda's packages are chosen by, and whether an environment is there already."""
    place = environment_place(digest)
    found = {
        "place": place,
        "is_there": os.path.exists(os.path.join(place, "complete")) or os.path.exists(place + PACKED),
        "system": platform.system(),
        "machine": platform.machine(),
        "release": platform.release() if platform.system() == "Linux" else platform.mac_ver()[0],
        "libc": platform.libc_ver(),
        "cuda": os.environ.get("CONDA_OVERRIDE_CUDA") or cuda_version(),
    }
    sys.stdout.write(json.dumps(found))


def cuda_version() -> str:
    """The newest CUDA that the driver here can do; empty: there is none."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return ""
    number = ctypes.c_int(0)
    if driver.cuInit(0) or driver.cuDriverGetVersion(ctypes.byref(number)):
        return ""
    return f"{number.value // 1000}.{number.value % 1000 // 10}"


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


def copy_whole(packed: IO[bytes], out: IO[bytes]) -> None:
    """Copy what is compressed, and see that it comes to its end: a connection that is lost looks like one."""
    check = zlib.decompressobj(wbits=31)
    while True:
        block = packed.read(BLOCK)
        if not block:
            break
        out.write(block)
        check.decompress(block)
    if not check.eof:
        raise OSError(errno.EIO, "what came was cut short")


def environment_place(digest: str) -> str:
    """Where an environment lies. Homes are shared by machines of several kinds, and what runs on one not by another."""
    return os.path.join(os.path.dirname(HERE), "environments", f"{digest}-{platform.machine()}")


def start() -> None:
    """Begin the work that standard input describes, detached; secrets come this way and touch no disk."""
    work = json.load(sys.stdin)
    with open(os.path.join(HERE, "log"), "wb"):
        pass
    reserve_result()
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        os.read(reader, 1)  # until the supervisor has said who it is, or is gone
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    os.close(reader)
    with open(os.devnull, "r+b") as nothing:
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    note_pids(supervisor=os.getpid())
    os.close(writer)
    try:
        supervise(work)
    except BaseException as error:
        finish(1, f"the work could not be started: {error}")
    os._exit(0)


def run() -> None:
    """The same in the foreground, for engines that start it themselves: the file `work` says what, and is removed."""
    described = os.path.join(HERE, "work")
    with open(described, encoding="utf-8") as found:
        work = json.load(found)
    os.remove(described)
    with open(os.path.join(HERE, "log"), "wb"):
        pass
    reserve_result()
    note_pids(supervisor=os.getpid())
    try:
        code = supervise(work)
    except Exception as error:
        finish(1, f"the work could not be started: {error}")
        raise
    finally:
        if work.get("result_path"):
            with open(work["result_path"], "w", encoding="utf-8") as out:
                json.dump(read_result(), out)
    sys.exit(code if code >= 0 else 128 - code)


def supervise(work: dict[str, Any]) -> int:
    stop = Stop(work.get("stop_s") or STOP_S)
    signal.signal(signal.SIGTERM, stop.ask)
    signal.signal(signal.SIGINT, stop.ask)
    log = Log(os.path.join(HERE, "log"), echo=bool(work.get("echo")))
    try:
        unpack_shared(stop)
        environment = make_environment(work, log, stop)
    except Failed as error:
        if stop.reason:
            finish(-signal.SIGTERM, stop.reason, is_cancelled=True)
            return -signal.SIGTERM
        log.write(f"{error}\n".encode())
        finish(1, str(error))
        return 1
    folder = os.path.join(HERE, "code")
    kills = memory_kills()
    try:
        process = subprocess.Popen(  # noqa: S603 - the command that was asked for
            work["vector"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        finish(127, f"the program {work['vector'][0]!r} cannot be started: {error.strerror}")
        return 127
    note_pids(supervisor=os.getpid(), command=process.pid)
    copying = threading.Thread(target=log.copy, args=(process.stdout,), daemon=True)
    copying.start()
    stop.watch(process, work.get("timeout_s") or 0)
    code = process.wait()
    stop.over.set()
    copying.join(2.0)
    if stop.reason:
        reason = stop.reason
    else:
        reason = why_memory(code, kills)
    if log.failure:
        reason = f"{reason or f'exit code {code}'} (the end of the log is lost: {log.failure})"
    finish(code, reason, is_cancelled=bool(stop.reason))
    return code


class Failed(Exception):
    """The environment could not be made."""


class Stop:
    """Ends the command: on request, or after its time; politely, and after a while for certain."""

    def __init__(self, patience_s: float) -> None:
        self.patience_s = patience_s
        self.reason = ""
        self.over = threading.Event()
        self.asked = threading.Event()

    def ask(self, *_: object) -> None:
        self.reason = self.reason or "cancelled"
        self.asked.set()

    def watch(self, process: subprocess.Popen[bytes], timeout_s: float) -> None:
        def work() -> None:
            if not self.asked.wait(timeout_s or None) and not self.over.is_set():
                self.reason = f"cancelled after its time limit of {timeout_s:g} s"
            if self.over.is_set():
                return
            end_group(process.pid, self.over, self.patience_s)

        threading.Thread(target=work, daemon=True).start()


def end_group(group: int, over: threading.Event | None = None, patience_s: float = STOP_S) -> None:
    """End a process group: politely first."""
    signal_group(group, signal.SIGTERM)
    if over is not None:
        over.wait(patience_s)
    else:
        until = time.time() + patience_s
        while time.time() < until and signal_group(group, 0):
            time.sleep(0.05)
    signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


class Log:
    """The kept output: bounded, and no reason to end the command when the disk is full."""

    def __init__(self, path: str, echo: bool = False) -> None:
        self.file = open(path, "ab", buffering=0)  # noqa: SIM115 - as long as this lives
        self.kept = 0
        self.echo = echo
        self.failure = ""

    def copy(self, stream: IO[bytes]) -> None:
        while True:
            block = os.read(stream.fileno(), BLOCK)
            if not block:
                return
            self.write(block)

    def write(self, content: bytes) -> None:
        if self.echo:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        if self.failure or self.kept >= MAX_LOG:
            return
        try:
            self.file.write(content[: MAX_LOG - self.kept])
        except OSError as error:
            self.failure = error.strerror or str(error)
            return
        self.kept += len(content)
        if self.kept >= MAX_LOG:
            self.file.write(f"\n[the log ends here, after {MAX_LOG} bytes]\n".encode())


def make_environment(work: dict[str, Any], log: Log, stop: Stop) -> dict[str, str]:
    """The variables of the command, with the programs of its environment in front."""
    environment = dict(os.environ)
    wanted = work.get("environment")
    folder = own_python()
    if wanted:
        place = made_environment(wanted, log, stop)
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


def own_python() -> str:
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


def made_environment(wanted: dict[str, Any], log: Log, stop: Stop) -> str:
    """The folder of an environment, made once for all jobs that ask for the same."""
    import fcntl

    place = environment_place(wanted["digest"])
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place + ".lock", "w") as lock:
        wait_for(lambda: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB), stop)
        if not os.path.exists(os.path.join(place, "complete")):
            log.write(b"Making the environment; the next run finds it made\n")
            if wanted.get("conda_packages"):
                unpack_conda(place, stop)
            else:
                shutil.rmtree(place, ignore_errors=True)
                make_venv(wanted, place, log, stop)
            install(wanted, place, stop)
            with open(os.path.join(place, "complete"), "w"):
                pass
        os.utime(os.path.join(place, "complete"))  # it is used: see `sweep`
        if os.path.exists(place + PACKED):
            os.remove(place + PACKED)
    return place


def wait_for(lock: Callable[[], None], stop: Stop) -> None:
    """Until nobody else makes the same."""
    while True:
        try:
            return lock()
        except BlockingIOError:
            if stop.asked.wait(0.2):
                raise Failed("cancelled") from None


def unpack_conda(place: str, stop: Stop) -> None:
    if not os.path.exists(place + PACKED):
        raise Failed(
            f"The conda environment was not brought for this machine ({platform.machine()}), or has been removed since."
        )
    with open(place + PACKED, "rb") as packed:
        extract(packed, place, stop)


def make_venv(wanted: dict[str, Any], place: str, log: Log, stop: Stop) -> None:
    """A virtual environment of the version asked for, as near as can be."""
    uv = shutil.which("uv")
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    version = ".".join(str(wanted.get("python") or here).split(".")[:2])
    if uv:
        call([uv, "venv", "--quiet", "--python", version, place], f"Python {version} cannot be had", stop)
        return
    if version != here:
        log.write(f"The project asks for Python {version}; this host has {here}, and no uv.\n".encode())
    call([sys.executable, "-m", "venv", place], "virtual environments do not work: install python3-venv, or uv", stop)


def install(wanted: dict[str, Any], place: str, stop: Stop) -> None:
    """What pip installs: the project, or the requirements."""
    uv = shutil.which("uv")
    if uv:
        pip = [uv, "pip", "install", "--python", place]
    else:
        pip = [os.path.join(place, "bin", "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    if wanted.get("project"):
        call([*pip, os.path.join(HERE, "code", wanted["project"])], "pyproject.toml could not be installed", stop)
    elif wanted["requirements"]:
        listed = os.path.join(HERE, "requirements.txt")
        with open(listed, "w", encoding="utf-8") as out:
            out.write("".join(line + "\n" for line in wanted["requirements"]))
        call([*pip, "--requirement", listed], "the requirements could not be installed", stop)


def packages_of(prefix: str) -> dict[str, str]:
    """What an environment holds: files by name, in forms that pip and conda can make the same of again."""
    described: dict[str, str] = {}
    for site in sorted(glob.glob(os.path.join(glob.escape(prefix), "lib", "python3*", "site-packages"))):
        found = importlib.metadata.distributions(path=[site])
        lines = {"{}=={}".format(item.metadata["Name"], item.version) for item in found if item.metadata["Name"]}
        python = os.path.basename(os.path.dirname(site)).replace("python", "Python ")
        described["packages.txt"] = "".join(line + "\n" for line in [f"# {python}", *sorted(lines, key=str.lower)])
    lines = set()
    for path in glob.glob(os.path.join(glob.escape(prefix), "conda-meta", "*.json")):
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        digest = record.get("md5") or record.get("sha256")
        lines.add(record["url"] + (f"#{digest}" if digest else ""))
    if lines:
        described["conda-packages.txt"] = "".join(line + "\n" for line in ["@EXPLICIT", *sorted(lines)])
    return described


def call(command: list[str], trouble: str, stop: Stop) -> None:
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


def why_memory(code: int, kills: int) -> str:
    """Why a command ended with a code, if it was for memory, as `launch.memory` has it; else empty.

    Args:
        kills: as many there were before.
    """
    if code == 0 or memory_kills() <= kills:
        return ""
    if code in (-signal.SIGKILL, 128 + signal.SIGKILL):
        return "killed by the system: out of memory"
    return f"exit code {code}, after the system killed a process beside it: out of memory"


def memory_kills() -> int:
    """How often the kernel has killed for memory in this control group, or on the whole machine."""
    try:
        with open("/proc/self/cgroup") as lines:
            groups = dict(line.rstrip("\n").split(":", 2)[1:] for line in lines)
    except OSError:
        groups = {}
    places = ["/sys/fs/cgroup" + groups.get("", "").rstrip("/") + "/memory.events", "/proc/vmstat"]
    if "memory" in groups:  # the first version of control groups
        places.insert(0, "/sys/fs/cgroup/memory" + groups["memory"].rstrip("/") + "/memory.oom_control")
    for place in places:
        try:
            with open(place) as lines:
                counts = dict(line.split()[:2] for line in lines)
            return int(counts["oom_kill"])
        except (OSError, ValueError, KeyError):
            continue
    return 0


def reserve_result() -> None:
    with open(os.path.join(HERE, "result"), "wb") as out:
        out.write(b" " * RESULT_BYTES)


def finish(code: int, reason: str, is_cancelled: bool = False) -> None:
    """Overwrite the reserved room: this must not need space on the disk."""
    result = {"exit_code": code, "reason": reason[:1500], "is_cancelled": is_cancelled}
    with open(os.path.join(HERE, "result"), "r+b") as out:
        out.write(json.dumps(result).encode())
        out.flush()
        os.fsync(out.fileno())


def read_result(folder: str = HERE) -> object:
    try:
        with open(os.path.join(folder, "result"), "rb") as found:
            return json.loads(found.read().decode().strip() or "null")
    except (OSError, ValueError):
        return None


def note_pids(**pids: int) -> None:
    named = {name: [pid, began(pid)] for name, pid in pids.items()}
    aside = os.path.join(HERE, "pids.new")
    with open(aside, "w") as out:
        json.dump(named, out)
    os.replace(aside, os.path.join(HERE, "pids"))


def read_pids(folder: str = HERE) -> dict[str, int]:
    """Those that still are what they were: a number may belong to somebody else by now."""
    try:
        with open(os.path.join(folder, "pids")) as found:
            named = json.load(found)
    except (OSError, ValueError):
        return {}
    return {name: pid for name, (pid, moment) in named.items() if is_there(pid) and began(pid) == moment}


def began(pid: int) -> int | None:
    """When a process began, as the kernel counts; None where it does not say."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return int(stat.read().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def look(offset: str, most: str) -> None:
    """Say how far it is: a line of JSON, then what the log has from a byte on."""
    # In this order: what is written between the two looks is seen by the next.
    is_alive = "supervisor" in read_pids()
    result = read_result()
    path = os.path.join(HERE, "log")
    content = b""
    size = 0
    if os.path.exists(path):
        with open(path, "rb") as log:
            size = os.fstat(log.fileno()).st_size
            log.seek(int(offset))
            content = log.read(int(most))
    head = {"size": size, "is_alive": is_alive, "result": result, "n_bytes": len(content)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + content)


def end() -> None:
    """End what runs here, and wait until it is gone."""
    pids = read_pids()
    if "supervisor" in pids:
        os.kill(pids["supervisor"], signal.SIGTERM)
        until = time.time() + STOP_S + 5
        while time.time() < until and is_there(pids["supervisor"]):
            time.sleep(0.05)
    if "command" in pids:
        end_group(pids["command"])


def clear() -> None:
    """End what an earlier attempt has left running here, and take away what it wrote."""
    end()
    leave_array(HERE)
    for name in os.listdir(HERE):
        if name in ("result", "log", "pids", "packages", SHARED_CODE) or name.startswith("slurm."):
            os.remove(os.path.join(HERE, name))
    with suppress(OSError):  # another job may sweep, too, and none fails for that
        sweep()


def remove() -> None:
    """Take away this folder, and with the last task of an array what all of them have shared."""
    remove_folder(HERE)


def remove_folder(folder: str) -> None:
    leave_array(folder)
    shutil.rmtree(folder, ignore_errors=True)


def leave_array(folder: str) -> None:
    try:
        with open(os.path.join(folder, "array"), encoding="utf-8") as named:
            shared = os.path.join(os.path.dirname(folder), os.path.basename(named.read().strip()))
        os.remove(os.path.join(folder, "array"))
        os.remove(os.path.join(shared, "left", os.path.basename(folder)))
        os.rmdir(os.path.join(shared, "left"))
    except OSError:
        return  # it is in none, or others are left
    shutil.rmtree(shared, ignore_errors=True)


def sweep() -> None:
    """Take away what agents that are gone have left beside this folder, and environments that nobody uses any more."""
    home = os.path.dirname(HERE)
    sweep_environments(os.path.join(home, "environments"))
    for name in os.listdir(home):
        folder = os.path.join(home, name)
        if folder != HERE and os.path.exists(os.path.join(folder, "far.py")) and is_abandoned(folder):
            remove_folder(folder)


def sweep_environments(home: str) -> None:
    """Those that no job has begun with for longer than a job lasts."""
    import fcntl

    for name in os.listdir(home) if os.path.isdir(home) else ():
        place = os.path.join(home, name[: -len(".lock")])
        marks = [path for path in (os.path.join(place, "complete"), place + PACKED, place) if os.path.exists(path)]
        if not name.endswith(".lock") or not marks or time.time() - os.stat(marks[0]).st_mtime < KEPT_SILENT_S:
            continue
        with open(os.path.join(home, name), "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # somebody makes it just now
            shutil.rmtree(place, ignore_errors=True)
            if os.path.exists(place + PACKED):
                os.remove(place + PACKED)


def is_abandoned(folder: str) -> bool:
    """Over for long, or silent for longer than any job waits or says nothing. Others may be at it: a guess is no."""
    try:
        touched = max(
            os.stat(os.path.join(folder, name)).st_mtime
            for name in ("", "log", "result")
            if os.path.exists(os.path.join(folder, name))
        )
    except (OSError, ValueError):
        return False
    silent_s = time.time() - touched
    if silent_s < KEPT_RESULT_S or read_pids(folder):
        return False
    return silent_s > KEPT_SILENT_S or read_result(folder) is not None


ACTIONS: dict[str, Callable[..., None]] = {
    "unpack": unpack,
    "survey": survey,
    "receive": receive,
    "start": start,
    "run": run,
    "look": look,
    "end": end,
    "clear": clear,
    "remove": remove,
}

if __name__ == "__main__":
    main()
