"""A real Slurm of one node, from the system's packages, on free ports and with a configuration of its own."""

from __future__ import annotations

import os
import platform
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from runfold.config import ClientSettings
from runfold.domain.job import Agent, JobState, NewJob, Resources
from runfold.domain.target import SlurmSettings, Target, TargetKind
from runfold.errors import InvalidValue
from runfold.launch.agent import JobAgent
from runfold.launch.gathering import Gathering
from runfold.launch.targets import absence, slurm_array, slurm_jobs
from runfold.launch.targets.base import Backend, FarEnvironment, Workload
from runfold.projects.job import execute_with
from runfold.tracking.session import Session
from tests.integration.launch import hostile
from tests.integration.launch.asked import (
    check_is_dead_once_cancelled,
    check_works_for_who_asked,
    opened_house,
    texts_in,
)
from tests.integration.launch.conftest import Keeper, OpenTarget, Sshd, is_there, until
from tests.integration.launch.test_ssh import TICKS, Following
from tests.integration.servers import ServerProcess
from tests.unit.projects.environments.channel import Channel

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
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
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
    keeper = Keeper(home)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SLURM_CONF", str(configuration))
            keeper.start(commands[0])
            until((home / "munge.socket").exists)
            for command in commands[1:]:
                keeper.start(command)
            until(lambda: subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True).stdout.strip() == b"idle")
            yield home
    finally:
        keeper.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slurm_jobs, "LOOK_S", 0.1)
    monkeypatch.setattr(slurm_jobs, "QUIET_S", 0.3)
    monkeypatch.setattr(slurm_array, "STATES_S", 0.2)


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


@pytest.mark.parametrize("n_tasks", [1, 2], ids=["job", "array"])
def test_hostile_values_arrive_as_they_are(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], n_tasks: int
) -> None:
    works = [hostile.workload(make_work, work_id=f"hostile{n}", resources=SMALL) for n in range(n_tasks)]
    followed = (
        hand_over_together(open_target(target), works) if n_tasks > 1 else [Following(open_target(target), *works)]
    )
    for following in followed:
        assert following.ending().is_success
        hostile.check_said(following.said)


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


def hand_over_together(backend: Backend, works: list[Workload]) -> list[Following]:
    """Each from a thread of its own, as an agent does."""
    gathering = Gathering(len(works))

    def follow(work: Workload) -> Following:
        return Following(backend, msgspec.structs.replace(work, seat=gathering.seat()))

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(follow, works))


def start_together(backend: Backend, works: list[Workload]) -> None:
    gathering = Gathering(len(works))

    def start(work: Workload) -> None:
        backend.start(msgspec.structs.replace(work, seat=gathering.seat()), output=lambda _: None, tell=lambda _: None)

    with ThreadPoolExecutor(len(works)) as threads:
        list(threads.map(start, works))


def test_alike_jobs_are_one_array_and_each_task_has_its_own_log_and_end(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: Path
) -> None:
    script = (
        "import os, sys; print(os.environ['MARK'], os.environ['SLURM_ARRAY_TASK_COUNT']); sys.exit(int(sys.argv[1]))"
    )
    works = [
        make_work(script, work_id=f"task{n}", vector=("python", "script.py", str(n)), variables={"MARK": f"m{n}"})
        for n in range(3)
    ]

    followed = hand_over_together(open_target(target), works)

    assert [following.ending().exit_code for following in followed] == [0, 1, 2]
    assert [following.said for following in followed] == [b"m0 3\n", b"m1 3\n", b"m2 3\n"]
    numbers = [following.told[1].split()[-1] for following in followed]
    (array,) = {number.partition("_")[0] for number in numbers}
    assert sorted(numbers) == [f"{array}_{n}" for n in range(3)]
    until(lambda: not list((cluster / "jobs").iterdir()))


def test_nodes_share_a_conda_environment_that_was_brought_once(
    target: Target,
    open_target: OpenTarget,
    make_work: Callable[..., Workload],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path / "rattler"))
    channel = Channel(tmp_path / "channel")
    channel.add("hello", "1.0", {"bin/hello": "#!/bin/sh\necho moin\n"})
    environment = FarEnvironment(digest="conda", conda_packages=("hello",), channels=(channel.folder.as_uri(),))
    works = [make_work("", work_id=f"word{n}", vector=("hello",), environment=environment) for n in range(2)]

    followed = hand_over_together(open_target(target), works)

    assert all(following.ending().is_success for following in followed)
    assert all(following.said.endswith(b"moin\n") for following in followed)
    told = [line for following in followed for line in following.told]
    assert sum("Bringing the conda environment" in line for line in told) == 1


def test_a_task_of_an_array_is_cancelled_and_the_others_go_on_within_the_limit(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    script = f"import os, time\nprint('on', flush=True)\nwhile not os.path.exists('{tmp_path}/go'): time.sleep(0.05)"
    works = [make_work(script, work_id=f"part{n}", array_limit=1) for n in range(3)]
    followed = hand_over_together(open_target(target), works)
    until(lambda: any(b"on" in following.said for following in followed))
    running = next(following for following in followed if b"on" in following.said)
    waiting = [following for following in followed if following is not running]
    until(lambda: all("(JobArrayTaskLimit)" in "".join(following.told) for following in waiting))

    waiting[0].execution.cancel()
    assert waiting[0].ending().is_cancelled
    running.execution.cancel()
    assert running.ending().is_cancelled
    (tmp_path / "go").touch()

    assert (waiting[1].ending().is_success, waiting[1].said) == (True, b"on\n")


def test_what_asks_for_other_resources_is_no_part_of_the_array(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    sizes = [Resources(n_cpus=1), Resources(n_cpus=1), Resources(n_cpus=2)]
    works = [make_work("", work_id=f"size{n}", resources=wanted) for n, wanted in enumerate(sizes)]

    followed = hand_over_together(open_target(target), works)

    assert all(following.ending().is_success for following in followed)
    numbers = [following.told[1].split()[-1] for following in followed]
    assert ["_" in number for number in numbers] == [True, True, False]


def test_an_array_that_the_cluster_does_not_take_fails_every_job_of_it(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload], cluster: Path
) -> None:
    works = [make_work("", work_id=f"big{n}", resources=Resources(memory_gib=500)) for n in range(2)]
    backend, gathering, said = open_target(target), Gathering(2), []

    def start(work: Workload) -> None:
        try:
            backend.start(msgspec.structs.replace(work, seat=gathering.seat()), output=said.append, tell=lambda _: None)
        except InvalidValue as error:
            said.append(error.message)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(start, works))

    assert len(said) == 2
    assert all("Memory" in message for message in said)
    assert not [path for path in (cluster / "jobs").iterdir() if path.name.startswith(("array", "big"))]


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


def test_memory_beyond_what_was_asked_for_is_named(
    target: Target, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    greedy = "import time; held = b'x' * 300_000_000; print('has it'); time.sleep(100)"
    following = Following(open_target(target), make_work(greedy, resources=Resources(memory_gib=0.1)))

    ending = following.ending()
    assert ending.reason.startswith("killed by Slurm: out of memory")
    assert not ending.is_cancelled


@pytest.fixture
def login(target: Target, sshd: Sshd, cluster: Path, tmp_path: Path) -> Target:
    """The cluster, by way of a login host."""
    # Of the login host's own setting; a login shell would read it from the system's files.
    program = tmp_path / "python3"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    setting = f"SetEnv SLURM_CONF={cluster}/slurm.conf\n"
    if setting not in (sshd.home / "sshd_config").read_text():
        with (sshd.home / "sshd_config").open("a") as config:
            config.write(setting)
        sshd.stop()
        sshd.start()
    settings = msgspec.structs.replace(target.slurm, login=sshd.settings, python=str(program))
    return msgspec.structs.replace(target, slurm=settings)


def test_a_login_host_has_the_commands(
    login: Target, open_target: OpenTarget, make_work: Callable[..., Workload]
) -> None:
    backend = open_target(login)
    told: list[str] = []

    backend.check(told.append)
    following = Following(backend, make_work("print('from a node')"))

    assert told[-1] == "Slurm would take a job in partition main"
    assert following.ending().is_success
    assert following.said == b"from a node\n"


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_login_host_that_is_away_is_waited_for_and_given_up_in_the_end(
    login: Target,
    open_target: OpenTarget,
    make_work: Callable[..., Workload],
    sshd: Sshd,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    comes_back: bool,
) -> None:
    if not comes_back:
        monkeypatch.setattr(absence, "AWAY_S", 0.5)
    work = make_work(TICKS, variables={"PLACE": str(tmp_path)}, resources=SMALL)
    following = Following(open_target(login), work)
    until(lambda: b"tick 5\n" in following.said)

    sshd.stop()
    try:
        until(lambda: any("goes on there" in line for line in following.told))
        if not comes_back:
            assert following.ending().reason.endswith("does not answer any more; the command may go on there")
    finally:
        (tmp_path / "enough").touch()
        sshd.start()
    if comes_back:
        assert following.ending().is_success
        lines = following.said.decode().splitlines()
        assert lines == [*(f"tick {number}" for number in range(1, len(lines))), f"last {len(lines) - 1}"]
    until(lambda: subprocess.run(["squeue", "-h"], capture_output=True).stdout == b"")


# Without it, a job is given the memory of the whole node.
SMALL = Resources(memory_gib=0.1)
WRITES = """
import os, time
open("notes", "a").write(os.environ["MARK"])
open("data", "r+").write(os.environ["MARK"])
open(os.environ["PLACE"] + "/on" + os.environ["MARK"], "w").close()
while not os.path.exists(os.environ["PLACE"] + "/go"): time.sleep(0.02)
print(open("notes").read(), open("data").read())
"""


def test_tasks_share_one_copy_of_the_project_and_write_into_their_own(
    login: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path, cluster: Path
) -> None:
    variables = [{"MARK": str(n), "PLACE": str(tmp_path)} for n in range(2)]
    works = [
        make_work(WRITES, work_id=f"own{n}", variables=values, resources=SMALL) for n, values in enumerate(variables)
    ]
    (works[0].code / "data").write_text("-")

    followed = hand_over_together(open_target(login), works)
    until(lambda: (tmp_path / "on0").exists() and (tmp_path / "on1").exists())
    archives = list((cluster / "jobs").glob("*/code-*.tar.gz"))
    (tmp_path / "go").touch()

    assert [following.ending().exit_code for following in followed] == [0, 0]
    assert [following.said for following in followed] == [b"0 0\n", b"1 1\n"]
    assert len(archives) == 1
    until(lambda: not list((cluster / "jobs").glob("array-*")))


def test_tasks_of_other_code_run_theirs(
    login: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path
) -> None:
    works = []
    for word in ("one", "two"):
        work = make_work(f"print({word!r})", work_id=word)
        shutil.copytree(work.code, tmp_path / word)
        works.append(msgspec.structs.replace(work, code=tmp_path / word))

    followed = hand_over_together(open_target(login), works)

    assert [following.ending().exit_code for following in followed] == [0, 0]
    assert [following.said for following in followed] == [b"one\n", b"two\n"]


def test_an_array_whose_agent_was_lost_is_taken_up_and_leaves_nothing_behind(
    login: Target, open_target: OpenTarget, make_work: Callable[..., Workload], tmp_path: Path, cluster: Path
) -> None:
    def works(script: str) -> list[Workload]:
        variables = {"PLACE": str(tmp_path)}
        return [make_work(script, work_id=f"lost{n}", variables=variables, resources=SMALL) for n in range(3)]

    script = "import os, time\nopen(os.environ['PLACE'] + '/first', 'a').write('x')\ntime.sleep(1000)"
    start_together(open_target(login), works(script))  # and nobody waits for them
    until(lambda: (tmp_path / "first").exists() and len((tmp_path / "first").read_text()) == 2)

    followed = hand_over_together(open_target(login), works("print('second')"))

    assert [following.ending().exit_code for following in followed] == [0, 0, 0]
    assert [following.said for following in followed] == [b"second\n"] * 3
    left = {path.name for path in (cluster / "jobs").iterdir()}
    assert {name for name in left if name.startswith(("array", "lost"))} == set()
    until(lambda: subprocess.run(["squeue", "-h"], capture_output=True).stdout == b"")


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


def test_a_grid_goes_from_the_queue_to_the_cluster_as_one_array(
    server: ServerProcess, target: Target, tmp_path: Path
) -> None:
    (tmp_path / "train.py").write_text("import sys; print('alpha', sys.argv[-1]); sys.exit(sys.argv[-1] == '3')")
    session = Session(server.uri, ClientSettings(spool_dir=str(tmp_path / "spool")))
    name = session.store.create_target(target).name
    works = [
        NewJob(uri=str(tmp_path), entry_point="train.py", target=name, parameters={"alpha": str(n)}) for n in range(4)
    ]
    jobs = session.store.submit_jobs(works)

    agent = JobAgent(session.store, Agent(name="a"), execute_with(session, server.uri), tell=lambda line: None)
    agent.run(threading.Event(), until_idle=True)

    found = [session.store.get_job(job.job_id) for job in jobs]
    assert [job.state for job in found] == [JobState.FINISHED] * 3 + [JobState.FAILED]
    assert len({job.run_id for job in found}) == 4
    logs = [session.store.read_job_log(job.job_id).content.decode() for job in jobs]
    for number, log in enumerate(logs):
        assert f"alpha {number}" in log
    assert len({re.search(r"Slurm has it as job (\d+)_", log)[1] for log in logs}) == 1
    session.close()


def test_each_task_of_an_array_works_for_who_asked_by_a_token_of_its_own(
    target: Target, cluster: Path, tmp_path: Path
) -> None:
    def shown() -> str:
        asked = (["scontrol", "show", "job", "--details"], ["sacct", "-l"], ["squeue", "--format=%all"])
        said = [subprocess.run(command, capture_output=True, text=True) for command in asked]
        assert "runfold" in said[0].stdout
        return "".join(one.stdout + one.stderr for one in said) + texts_in(cluster)

    with opened_house(tmp_path) as house:
        check_works_for_who_asked(house, target, shown, n=2)


def test_the_token_of_a_job_on_a_node_ends_as_it_is_cancelled(target: Target, tmp_path: Path) -> None:
    with opened_house(tmp_path) as house:
        check_is_dead_once_cancelled(house, target)
