"""What the kernel and a command's last lines say of memory, on systems of each kind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runfold.launch.far import memory
from runfold.launch.far.memory import MemoryWatch
from runfold.launch.memory import explain_by_log
from runfold.launch.process import LocalProcess


@pytest.fixture(params=["second", "first", "none"])
def count(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a kernel counts its kills: of control groups of either version, or of the whole machine."""
    groups, root, system = tmp_path / "cgroup", tmp_path / "fs", tmp_path / "vmstat"
    files = {
        "second": ("0::/user/agent\n", root / "user" / "agent" / "memory.events"),
        "first": ("4:memory:/agent\n3:cpu:/\n", root / "memory" / "agent" / "memory.oom_control"),
        "none": ("0::/\n", system),
    }
    text, file = files[request.param]
    groups.write_text(text)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("low 0\noom_kill 3\n")
    monkeypatch.setattr(memory, "_GROUPS", groups)
    monkeypatch.setattr(memory, "CONTROL_GROUPS", root)
    monkeypatch.setattr(memory, "_SYSTEM", system)
    return file


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("kill -KILL $$", "killed by the system: out of memory"),
        ("sh -c 'kill -KILL $$'; exit $?", "killed by the system: out of memory"),
        ("exit 1", "exit code 1, after the system killed a process beside it: out of memory"),
        ("exit 0", "finished"),
    ],
)
def test_a_command_that_ends_as_the_kernel_kills_for_memory(
    count: Path, tmp_path: Path, script: str, says: str
) -> None:
    command = ["bash", "-c", f"echo oom_kill 4 > {count}; {script}"]
    with LocalProcess(command, folder=tmp_path, environ=dict(os.environ), log=tmp_path / "log") as running:
        ending = running.wait()
    assert ending is not None
    assert ending.reason == says


def test_a_kill_by_somebody_is_not_taken_for_one_for_memory(count: Path) -> None:
    assert MemoryWatch().explain(-9) == ""


def test_a_system_that_counts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_GROUPS", "CONTROL_GROUPS", "_SYSTEM"):
        monkeypatch.setattr(memory, name, tmp_path / "absent")
    assert memory.kills() == 0


@pytest.mark.parametrize(
    "line",
    [
        "MemoryError",
        "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 8.00 TiB for an array",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 GiB",
        "java.lang.OutOfMemoryError: Java heap space",
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "fatal error: runtime: out of memory",
        "OSError: [Errno 12] Cannot allocate memory",
    ],
)
def test_an_allocation_that_failed_is_known_by_what_the_command_said(line: str) -> None:
    said = explain_by_log(1, "exit code 1", ["epoch 1", line, "  at Main.main"])
    assert said == f"exit code 1: out of memory, as its log says: {line}"


@pytest.mark.parametrize(
    ("code", "reason", "lines"),
    [
        (0, "finished", ["MemoryError"]),
        (1, "exit code 1", ["memory: 12 GiB"]),
        (-9, "killed by Slurm: out of memory", ["MemoryError"]),
    ],
)
def test_what_says_nothing_new_of_memory(code: int, reason: str, lines: list[str]) -> None:
    assert explain_by_log(code, reason, lines) == reason
