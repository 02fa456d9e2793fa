"""What a script logs reaches the store exactly once, whatever happens to the script or the server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runfold.domain.states import RunStatus
from runfold.tracking.client import Client
from tests.integration.servers import ServerProcess
from tests.integration.tracking.scripts import Scripts

LOG_FOREVER = """
import runfold
run = runfold.start_run()
print(run.info.run_id, flush=True)
step = 0
while True:
    runfold.log_metric("loss", step / 2, step=step)
    step += 1
    if step % 1000 == 0:
        print(step, flush=True)
"""


def steps(uri: str, run_id: str, key: str = "loss") -> list[int]:
    with Client(uri) as client:
        return [point.step for point in client.get_metric_history(run_id, key)]


def test_a_killed_script_loses_nothing_it_logged(server: ServerProcess, tmp_path: Path) -> None:
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri)
    with scripts.start(LOG_FOREVER) as script:
        assert script.stdout is not None
        run_id = script.stdout.readline().strip()
        for _ in range(30):
            acknowledged = int(script.stdout.readline())
        script.send_signal(signal.SIGKILL)

    assert "is_delivered=True" in scripts.sync()
    found = steps(server.uri, run_id)
    assert len(found) >= acknowledged
    assert sorted(found) == list(range(len(found)))
    assert scripts.spools() == []
    assert scripts.sync() == ""
    with Client(server.uri) as client:
        assert client.get_run(run_id).info.status == "KILLED"


def test_a_killed_run_that_goes_on_elsewhere_is_left_alone(server: ServerProcess, tmp_path: Path) -> None:
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri, RUNFOLD_FLUSH_INTERVAL_S="0.05")
    program = """
import os, sys, runfold
run = runfold.start_run(run_id=sys.argv[1] if len(sys.argv) > 1 else None)
print(run.info.run_id, flush=True)
runfold.log_metric("loss", 0.5, step=len(sys.argv))
runfold.flush()
if len(sys.argv) == 1:
    os.kill(os.getpid(), 9)
sys.stdin.readline()
"""
    run_id, _ = scripts.run(program, exit_code=-9)
    [spool] = scripts.spools()
    os.utime(spool, (0, 0))  # long dead
    with scripts.start(program, run_id) as second:
        assert second.stdout is not None
        second.stdout.readline()
        with Client(server.uri) as client:
            while client.store.get_run(run_id).info.heartbeat_ms is None:
                time.sleep(0.05)
            scripts.sync()
            assert client.get_run(run_id).info.status == "RUNNING"
            second.communicate("end\n", timeout=60)
            assert client.get_run(run_id).info.status == "FINISHED"


def test_a_script_outlives_its_server(make_server: Callable[[], ServerProcess], tmp_path: Path) -> None:
    server = make_server()
    server.start()
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri, RUNFOLD_FLUSH_INTERVAL_S="0.05")
    program = """
import sys, runfold
with runfold.start_run() as run:
    print(run.info.run_id, flush=True)
    for step in range(60_000):
        runfold.log_metric("loss", 0.5, step=step)
        if step % 20_000 == 10_000:
            print(step, flush=True)
            sys.stdin.readline()
"""
    script = scripts.start(program)
    assert script.stdout is not None
    assert script.stdin is not None
    with script:
        run_id = script.stdout.readline().strip()
        assert script.stderr is not None
        noticed = ""
        for change in (server.kill, server.start, lambda: None):
            script.stdout.readline()
            change()
            script.stdin.write("go on\n")
            script.stdin.flush()
            noticed = noticed or script.stderr.readline()  # the server stays away until the script has met that
        _, errors = script.communicate(timeout=60)

    assert script.returncode == 0
    assert sorted(steps(server.uri, run_id)) == list(range(60_000))
    assert scripts.spools() == []
    assert "does not take records" in noticed
    assert "takes records again" in errors


def test_an_offline_run_arrives_whole_with_sync(server: ServerProcess, tmp_path: Path) -> None:
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri)
    program = """
import runfold
runfold.set_experiment("digits")
with runfold.start_run(run_name="far away", tags={"site": "ship"}) as run:
    runfold.log_param("lr", 0.1)
    runfold.log_metrics({"loss": 0.5, "accuracy": float("nan")}, step=1)
    runfold.log_input(runfold.data.from_rows([{"x": 1}]), context="training")
    runfold.log_text("hello", "notes/first.md")
print(run.info.run_id)
"""
    run_id, errors = scripts.run(program, RUNFOLD_OFFLINE="1")

    assert errors == ""
    assert "is_delivered=True" in scripts.sync()
    assert scripts.sync() == ""
    assert scripts.spools() == []
    with Client(server.uri) as client:
        run = client.get_run(run_id)
        assert (run.info.status, run.info.run_name, run.data.params) == ("FINISHED", "far away", {"lr": "0.1"})
        assert run.data.tags["site"] == "ship"
        assert run.data.metrics["loss"] == 0.5
        assert len(run.inputs.dataset_inputs) == 1
        assert client.get_experiment(run.info.experiment_id).name == "digits"
        assert Path(client.download_artifacts(run_id, "notes/first.md", tmp_path)).read_text() == "hello"


def test_a_server_that_is_away_from_the_start_costs_nothing(
    make_server: Callable[[], ServerProcess], tmp_path: Path
) -> None:
    server = make_server()
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri, RUNFOLD_END_TIMEOUT_S="1")
    program = """
import runfold
runfold.set_experiment("digits")
with runfold.start_run() as run:
    runfold.log_metric("loss", 0.5)
    runfold.log_text("hello", "notes.md")
print(run.info.run_id)
"""
    run_id, errors = scripts.run(program)
    server.start()
    report = scripts.sync()

    assert "does not answer" in errors
    assert "runfold sync" in errors
    assert "is_delivered=True" in report
    with Client(server.uri) as client:
        assert client.get_run(run_id).data.metrics == {"loss": 0.5}
        assert client.get_run(run_id).info.status == "FINISHED"


def test_several_syncs_at_once_deliver_once(server: ServerProcess, tmp_path: Path) -> None:
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri)
    program = """
import runfold
for number in range(20):
    with runfold.start_run(run_name=str(number)):
        for step in range(200):
            runfold.log_metric("loss", step, step=step)
"""
    scripts.run(program, RUNFOLD_OFFLINE="1")
    sync = "from runfold.tracking.sync import sync\nfor one in sync(): assert one.is_delivered, one; print(one.run_id)"
    running = [scripts.start(sync) for _ in range(3)]
    reports = [process.communicate(timeout=120)[0].split() for process in running]

    delivered = [run_id for report in reports for run_id in report]
    assert sorted(delivered) == sorted(set(delivered))
    assert len(delivered) == 20
    assert [steps(server.uri, run_id) for run_id in delivered] == [list(range(200))] * 20


def test_ranks_share_the_run_that_the_environment_names(server: ServerProcess, tmp_path: Path) -> None:
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri, RUNFOLD_RUN_ID="shared-run")
    program = """
import os, runfold
rank = os.environ["RANK"]
with runfold.start_run() as run:
    for step in range(500):
        runfold.log_metric(f"loss/{rank}", step, step=step)
    runfold.log_params({"lr": 0.1, f"device.{rank}": rank})
"""
    ranks = [scripts.start(program, RANK=str(rank)) for rank in range(4)]
    for process in ranks:
        _, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")

    for rank in range(4):
        assert steps(server.uri, "shared-run", f"loss/{rank}") == list(range(500))
    with Client(server.uri) as client:
        run = client.get_run("shared-run")
    assert run.info.status == "FINISHED"
    assert set(run.data.params) == {"lr", "device.0", "device.1", "device.2", "device.3"}


@pytest.mark.parametrize("uri", ["server", "embedded"])
def test_forked_children_log_to_the_run_of_their_parent(server: ServerProcess, tmp_path: Path, uri: str) -> None:
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri if uri == "server" else str(tmp_path / "store"))
    program = """
import multiprocessing, os, runfold

def work(number):
    for step in range(100):
        runfold.log_metric(f"child/{number}", step, step=step)
    if number == 0:
        runfold.flush()
    os._exit(0)

with runfold.start_run() as run:
    runfold.log_metric("parent", 1, step=0)
    children = [os.fork() for _ in range(1)]
    context = multiprocessing.get_context("fork")
    if children[0] == 0:
        work(0)
    os.waitpid(children[0], 0)
    child = context.Process(target=work, args=(1,))
    child.start()
    child.join()
    runfold.log_metric("parent", 2, step=1)
print(run.info.run_id)
"""
    run_id, errors = scripts.run(program)

    assert errors == ""
    where = scripts.variables["RUNFOLD_TRACKING_URI"]
    for key, n_points in (("child/0", 100), ("child/1", 100), ("parent", 2)):
        assert steps(where, run_id, key) == list(range(n_points))
    with Client(where) as client:
        assert client.get_run(run_id).info.status == "FINISHED"
    assert scripts.spools() == []


def test_workers_of_multiprocessing_end_the_runs_they_began(server: ServerProcess, tmp_path: Path) -> None:
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri)
    program = """
import multiprocessing, runfold

def work(number):
    run = runfold.start_run(run_name=f"worker {number}", nested=True)
    for step in range(100):
        runfold.log_metric("loss", number, step=step)

if __name__ == "__main__":
    with runfold.start_run(run_name="parent"):
        children = [multiprocessing.get_context("fork").Process(target=work, args=(n,)) for n in range(3)]
        for child in children:
            child.start()
        for child in children:
            child.join()
"""
    _, errors = scripts.run(program)

    assert errors == ""
    with Client(server.uri) as client:
        runs = {run.info.run_name: run for run in client.search_runs(["0"])}
    assert set(runs) == {"parent", "worker 0", "worker 1", "worker 2"}
    assert {run.info.status for run in runs.values()} == {"FINISHED"}
    assert [runs[f"worker {n}"].record.metrics["loss"].count for n in range(3)] == [100] * 3
    assert {runs[f"worker {n}"].record.info.parent_run_id for n in range(3)} == {runs["parent"].info.run_id}


def test_a_full_disk_of_the_spool_does_not_stop_the_script(server: ServerProcess, tmp_path: Path) -> None:
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri)
    program = """
import resource, runfold
with runfold.start_run() as run:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    for step in range(20_000):
        runfold.log_metric("loss", 0.5, step=step)
print(run.info.run_id)
"""
    run_id, errors = scripts.run(program)

    assert sorted(steps(server.uri, run_id)) == list(range(20_000))
    assert errors.count("takes no more records") == 1


ENDINGS = {
    "the script ends": ("", 0, RunStatus.FINISHED),
    "the script raises": ("raise ValueError('no data')", 1, RunStatus.FAILED),
    "it is told to end": ("import os, signal; os.kill(os.getpid(), signal.SIGTERM); input()", -15, RunStatus.KILLED),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_without_a_block_ends_with_its_process(server: ServerProcess, tmp_path: Path, ending: str) -> None:
    last_line, exit_code, status = ENDINGS[ending]
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri)
    program = f"""
import runfold
run = runfold.start_run()
print(run.info.run_id, flush=True)
for step in range(1000):
    runfold.log_metric("loss", 0.5, step=step)
{last_line}
"""
    run_id, _ = scripts.run(program, exit_code=exit_code)

    with Client(server.uri) as client:
        run = client.store.get_run(run_id)
    assert run.info.status is status
    assert run.metrics["loss"].count == 1000
    assert ("ValueError: no data" in run.tags.get("runfold.error", "")) is (status is RunStatus.FAILED)


def test_an_earlier_handler_of_sigterm_still_runs(server: ServerProcess, tmp_path: Path) -> None:
    program = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(7))
import runfold
with runfold.start_run() as run:
    print(run.info.run_id, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(30)
"""
    scripts = Scripts(tmp_path, RUNFOLD_TRACKING_URI=server.uri)
    run_id, _ = scripts.run(program, exit_code=7)

    with Client(server.uri) as client:
        assert client.get_run(run_id).info.status == "KILLED"


def test_the_next_run_in_a_folder_sends_what_a_killed_one_left(tmp_path: Path) -> None:
    scripts = Scripts(tmp_path)
    program = """
import os, sys, runfold
run = runfold.start_run()
for step in range(1000):
    runfold.log_metric("loss", 0.5, step=step)
print(run.info.run_id, flush=True)
if len(sys.argv) > 1:
    os.kill(os.getpid(), 9)
"""
    killed, _ = scripts.run(program, "die", exit_code=-9)
    scripts.run(program)
    deadline = time.monotonic() + 30
    uri = str(tmp_path / ".runfold")
    while len(steps(uri, killed)) < 1000:
        assert time.monotonic() < deadline
        scripts.run(program)

    assert steps(uri, killed) == list(range(1000))
