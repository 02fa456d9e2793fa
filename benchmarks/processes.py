"""Server processes: started on a free loopback port, watched through /proc, ended by their own ids."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class ServerDidNotStart(RuntimeError):
    def __init__(self, command: Sequence[str], log: Path, reason: str) -> None:
        tail = log.read_text(errors="replace")[-2000:]
        super().__init__(f"{command[0]!r} {reason}; the end of its log:\n{tail}")


@dataclass
class Server:
    """A running server and everything it forked."""

    pid: int
    port: int
    data: Path
    ready_s: float  # from the start of the process to its first answer

    def cpu_s(self) -> float:
        """User and system time of the whole tree so far, children that have ended included."""
        return tree_cpu_s(self.pid)

    def pss_mib(self) -> float:
        """Proportional set size of the tree: shared pages are counted once, split among their users."""
        return sum(_pss_kib(pid) for pid in process_tree(self.pid)) / 1024


@contextmanager
def serving(
    command: Sequence[str],
    *,
    port: int,
    data: Path,
    environment: dict[str, str],
    health_path: str,
    patience_s: float = 240,
) -> Iterator[Server]:
    """Run a server for the length of the block.

    Args:
        command: The program and its arguments; it must listen on 127.0.0.1:`port`.
        data: Its working directory, which must exist; its log is written beside it.
        health_path: What answers 200 once the server is ready.
        patience_s: How long a start may take before it counts as failed.
    """
    log = data.parent / f"{data.name}.log"
    began = time.perf_counter()
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command,
            cwd=data,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not _answers(port, health_path):
            if process.poll() is not None:
                raise ServerDidNotStart(command, log, f"ended with status {process.returncode}")
            if time.perf_counter() - began > patience_s:
                raise ServerDidNotStart(command, log, f"gave no answer in {patience_s:.0f} s")
            time.sleep(0.005)
        yield Server(process.pid, port, data, time.perf_counter() - began)
    finally:
        _end(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def process_tree(root: int) -> list[int]:
    """The process and its descendants, parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            parent = _parent(int(entry.name))
            children.setdefault(parent, []).append(int(entry.name))
    tree = [root]
    for pid in tree:
        tree.extend(children.get(pid, ()))
    return tree


def tree_cpu_s(root: int) -> float:
    """User and system time of a process and its descendants so far, children that have ended included."""
    return sum(_cpu_s(pid) for pid in process_tree(root))


def machine_busy_s() -> float:
    """CPU time that everybody on this machine has used since it started."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(field) for field in fields[:8])
    return (user + nice + system + irq + softirq + steal) / _TICKS_PER_SECOND


def _answers(port: int, path: str) -> bool:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request.encode())
            return connection.recv(64).split(b" ", 2)[1:2] == [b"200"]
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop, then, process by process, what is left of its tree; kill what does not listen."""
    tree = process_tree(process.pid)
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _end_orphans([pid for pid in tree[1:] if _session(pid) == process.pid], session=process.pid)


def _end_orphans(pids: list[int], *, session: int) -> None:
    for request, patience_s in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, request)
        deadline = time.monotonic() + patience_s
        while pids and time.monotonic() < deadline:
            time.sleep(0.02)
            pids = [pid for pid in pids if _session(pid) == session]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the command name, which may itself hold spaces and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _parent(pid: int) -> int:
    stat = _stat(pid)
    return int(stat[1]) if stat else 0


def _session(pid: int) -> int:
    stat = _stat(pid)
    return int(stat[3]) if stat and stat[0] != "Z" else 0


def _cpu_s(pid: int) -> float:
    stat = _stat(pid)
    return sum(int(field) for field in stat[11:15]) / _TICKS_PER_SECOND


def _pss_kib(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0
