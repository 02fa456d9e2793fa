"""A real Slurm of one node, from the system's packages, on free ports and with a configuration of its own."""

from __future__ import annotations

import os
import platform
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from runfold.domain.job import Resources
from runfold.domain.target import SlurmSettings, Target, TargetKind
from runfold.errors import InvalidValue
from runfold.launch.targets import slurm
from runfold.launch.targets.base import Workload
from tests.integration.launch.conftest import OpenTarget, Sshd, is_there, until
from tests.integration.launch.test_ssh import Following

pytestmark = pytest.mark.slow

# No control groups: neither a container nor an ordinary user may make some.
CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={home}/munge.socket
StateSaveLocation={home}/state
SlurmdSpoolDir={home}/spool
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0
KillWait=2
NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 Port={node} CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=node Default=YES MaxTime=60 State=UP
"""


def free_ports(n: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(n)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def which(program: str) -> str:
    found = shutil.which(program, path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    assert found is not None, f"{program} is missing; `make setup` installs what system-packages.txt names"
    return found


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """The folder of a cluster that runs; its commands find it by SLURM_CONF."""
    home = Path(tempfile.mkdtemp(prefix="rf-slurm-"))  # short: it holds a socket
    controller, node = free_ports(2)
    configuration = home / "slurm.conf"
    configuration.write_text(
        CONFIGURATION.format(
            host=platform.node().partition(".")[0],
            controller=controller,
            node=node,
            user=pwd.getpwuid(os.geteuid()).pw_name,
            home=home,
        )
    )
    for name in ("state", "spool"):
        (home / name).mkdir(mode=0o700)
    key = home / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    munge = ["--foreground", "--force", f"--key-file={key}", f"--socket={home}/munge.socket"]
    munge += [f"--{name}-file={home}/munge.{name}" for name in ("pid", "log", "seed")]
    commands = [
        [which("munged"), *munge],
        [which("slurmctld"), "-D", "-f", str(configuration)],
        [which("slurmd"), "-D", "-N", "node", "-f", str(configuration)],
    ]
    running: list[subprocess.Popen[bytes]] = []
    with pytest.MonkeyPatch.context() as patch, (home / "log").open("w") as log:
        patch.setenv("SLURM_CONF", str(configuration))
        for number, command in enumerate(commands):
            running.append(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))
            if number == 0:
                until((home / "munge.socket").exists)
        until(lambda: subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True).stdout.strip() == b"idle")
        yield home
        for process in reversed(running):
            process.terminate()
            process.wait(20)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slurm, "LOOK_S", 0.1)
    monkeypatch.setattr(slurm, "QUIET_S", 0.3)


@pytest.fixture
def target(cluster: Path) -> Target:
    settings = SlurmSettings(folder=f"{cluster}/jobs", python=sys.executable, partition="main")
    return Target(name="cluster", kind=TargetKind.SLURM, slurm=settings)


def test_a_command_runs_on_a_node_with_its_resources_and_secrets(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: Path
) -> None:
    script = "import os, sys; print(os.environ['SLURM_CPUS_PER_TASK'], len(os.environ['TOKEN'])); sys.exit(3)"
    work = make_work(script, secrets={"TOKEN": "hunter22"}, resources=Resources(n_cpus=2, memory_gib=0.1), timeout_s=60)

    following = Following(open_target(target), work)

    assert (following.ending().exit_code, following.said) == (3, b"2 8\n")
    assert any("is RUNNING" in line or "is FAILED" in line for line in following.told)
    assert not (cluster / "jobs" / work.work_id).exists()
    kept = [path for path in (cluster / "state").rglob("*") if path.is_file() and b"hunter22" in path.read_bytes()]
    assert kept == []


def test_cancelling_ends_the_batch_job_and_all_it_started(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    work = make_work("", vector=("sh", "-c", f"sleep 1000 & echo $! > {tmp_path}/child; wait"))
    following = Following(open_target(target), work)
    until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text().strip())

    following.execution.cancel()

    assert following.ending().is_cancelled
    until(lambda: not is_there(int((tmp_path / "child").read_text())))
    until(lambda: subprocess.run(["squeue", "-h"], capture_output=True).stdout == b"")


def test_a_job_that_somebody_cancels_in_slurm_says_so(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    following = Following(open_target(target), make_work("import time; print('on'); time.sleep(1000)"))
    until(lambda: b"on" in following.said)

    subprocess.run(["scancel", following.told[1].split()[-1]], check=True)

    ending = following.ending()
    assert (ending.reason, ending.is_cancelled) == ("cancelled in Slurm", True)


def test_an_earlier_attempt_is_cancelled_first(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    backend = open_target(target)
    work = make_work("", vector=("sh", "-c", f"echo $$ > {tmp_path}/first; sleep 1000"))
    backend.start(work, output=lambda _: None, tell=lambda _: None)
    until(lambda: (tmp_path / "first").exists() and (tmp_path / "first").read_text().strip())

    assert Following(backend, make_work("print('second')")).ending().is_success

    until(lambda: not is_there(int((tmp_path / "first").read_text())))


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"partition": "nope"}, "invalid partition"), ({"options": ("--constraint=a100",)}, "feature")],
)
def test_what_the_cluster_does_not_take_is_told_in_its_words(
    target: Target,
    open_target: OpenTarget,
    make_work: Callable[..., Workload],
    settings: dict[str, object],
    says: str,
) -> None:
    other = msgspec.structs.replace(target, slurm=msgspec.structs.replace(target.slurm, **settings))
    backend = open_target(other)
    with pytest.raises(InvalidValue, match=says):
        backend.start(make_work("print(1)"), output=lambda _: None, tell=lambda _: None)
    with pytest.raises(InvalidValue, match=says):
        backend.check(lambda _: None)


def test_memory_that_no_node_has_is_refused(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    work = make_work("print(1)", resources=Resources(memory_gib=500))
    with pytest.raises(InvalidValue, match="Memory"):
        open_target(target).start(work, output=lambda _: None, tell=lambda _: None)


def test_a_login_host_has_the_commands(
    target: Target,
    open_target: OpenTarget,
    make_work: Callable[..., Workload],
    sshd: Sshd,
    cluster: Path,
    tmp_path: Path,
) -> None:
    # Of the login host's own setting; a login shell would read it from the system's files.
    program = tmp_path / "python3"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    with (sshd.home / "sshd_config").open("a") as config:
        config.write(f"SetEnv SLURM_CONF={cluster}/slurm.conf\n")
    sshd.stop()
    sshd.start()
    settings = msgspec.structs.replace(target.slurm, login=sshd.settings, python=str(program))
    backend = open_target(msgspec.structs.replace(target, slurm=settings))
    told: list[str] = []

    backend.check(told.append)
    following = Following(backend, make_work("print('from a node')"))

    assert told[-1] == "Slurm would take a job in partition main"
    assert following.ending().is_success
    assert following.said == b"from a node\n"


def test_a_tracking_server_that_no_node_reaches_is_told(target: Target, open_target: OpenTarget, sshd: Sshd) -> None:
    settings = msgspec.structs.replace(target.slurm, login=sshd.settings)
    with pytest.raises(InvalidValue, match="--server"):
        open_target(msgspec.structs.replace(target, slurm=settings)).reachable_from_there("http://127.0.0.1:5000")


def test_a_machine_without_slurm_says_so(
    target: Target, open_target: OpenTarget, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("mkdir", "cat", "mv", "rm"):
        (tmp_path / name).symlink_to(which(name))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidValue, match="no program sbatch"):
        open_target(target).check(lambda _: None)
