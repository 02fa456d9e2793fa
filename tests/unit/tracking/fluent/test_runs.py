from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

import runfold
from runfold.errors import InvalidState, InvalidValue, NotFound
from runfold.tracking.sync import sync

pytestmark = pytest.mark.usefixtures("workspace")


def test_a_run_in_a_with_block_ends_as_finished() -> None:
    with runfold.start_run(run_name="first", tags={"team": "vision"}, description="**bold**") as run:
        assert runfold.active_run() is run

    found = runfold.get_run(run.info.run_id)
    assert runfold.active_run() is None
    assert (found.info.status, found.info.run_name) == ("FINISHED", "first")
    assert found.info.end_time is not None
    assert found.info.end_time >= found.info.start_time > 0
    assert found.data.tags["team"] == "vision"
    assert found.data.tags["mlflow.note.content"] == "**bold**"
    assert found.data.tags["mlflow.source.type"] == "LOCAL"


def test_an_exception_makes_a_run_failed_and_keeps_its_trace() -> None:
    with pytest.raises(ZeroDivisionError), runfold.start_run() as run:
        _ = 1 / 0

    found = runfold.get_run(run.info.run_id)
    assert found.info.status == "FAILED"
    assert found.data.tags["runfold.error"].endswith("ZeroDivisionError: division by zero")


@pytest.mark.parametrize(
    ("error", "status"),
    [(KeyboardInterrupt(), "KILLED"), (SystemExit(0), "FINISHED"), (SystemExit(3), "FAILED")],
)
def test_a_run_left_by_an_exit_says_how(error: BaseException, status: str) -> None:
    with pytest.raises(type(error)), runfold.start_run() as run:
        raise error

    assert runfold.get_run(run.info.run_id).info.status == status


def test_the_spool_is_gone_when_everything_is_delivered(workspace: Path) -> None:
    with runfold.start_run():
        runfold.log_metric("loss", 1.0)

    assert [path for path in (workspace / ".runfold" / "spool").rglob("*") if path.is_file()] == []


def test_a_second_run_needs_to_be_nested() -> None:
    with runfold.start_run() as outer:
        with pytest.raises(InvalidState, match="nested=True"):
            runfold.start_run()
        with runfold.start_run(nested=True) as inner:
            assert runfold.active_run() is inner
        assert runfold.active_run() is outer

    parent = runfold.get_parent_run(inner.info.run_id)
    assert parent is not None
    assert parent.info.run_id == outer.info.run_id
    assert runfold.get_parent_run(outer.info.run_id) is None


def test_a_run_is_taken_up_again_by_its_id() -> None:
    with runfold.start_run() as run:
        runfold.log_metric("loss", 1.0, step=1)
    with runfold.start_run(run_id=run.info.run_id):
        assert runfold.get_run(run.info.run_id).info.status == "RUNNING"
        runfold.log_metric("loss", 0.5, step=2)

    found = runfold.get_run(run.info.run_id)
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"loss": 0.5})


def test_taking_up_an_unknown_or_deleted_run_is_refused() -> None:
    with runfold.start_run() as run:
        pass
    runfold.delete_run(run.info.run_id)

    with pytest.raises(NotFound):
        runfold.start_run(run_id="f" * 32)
    with pytest.raises(InvalidState, match="deleted"):
        runfold.start_run(run_id=run.info.run_id)


def test_end_run_takes_a_status() -> None:
    run = runfold.start_run()
    with pytest.raises(InvalidValue, match="SCHEDULED"):
        runfold.end_run("DONE")
    runfold.end_run("KILLED")
    runfold.end_run()

    assert runfold.get_run(run.info.run_id).info.status == "KILLED"


def test_the_last_run_can_be_asked_for_after_its_end() -> None:
    assert runfold.last_active_run() is None
    with runfold.start_run() as run:
        runfold.log_metric("loss", 1.0)

    last = runfold.last_active_run()
    assert last is not None
    assert (last.info.run_id, last.data.metrics) == (run.info.run_id, {"loss": 1.0})


def test_threads_have_their_own_runs() -> None:
    found: dict[int, str] = {}

    def work(number: int) -> None:
        with runfold.start_run() as run:
            runfold.log_metric("number", number)
            found[number] = run.info.run_id

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {number: runfold.get_run(run_id).data.metrics["number"] for number, run_id in found.items()} == {
        number: number for number in range(4)
    }


def test_a_worker_thread_logs_to_the_only_run_of_the_process() -> None:
    def log_in_a_thread(key: str) -> None:
        thread = threading.Thread(target=runfold.log_metric, args=(key, 0.5))
        thread.start()
        thread.join()

    with runfold.start_run() as outer:
        log_in_a_thread("loss")
        with runfold.start_run(nested=True) as inner:
            log_in_a_thread("inner")

    assert runfold.get_run(outer.info.run_id).data.metrics == {"loss": 0.5}
    assert runfold.get_run(inner.info.run_id).data.metrics == {"inner": 0.5}


def test_a_record_that_comes_after_the_end_is_delivered_all_the_same() -> None:
    with runfold.start_run() as run:
        runfold.log_metric("loss", 1.0, step=1)
    for step in range(2, 1000):
        run.recorder.log_metric("loss", 1.0, 1000, step)
    run.session.flush(run.channel)

    found = runfold.get_run(run.info.run_id)
    assert (found.record.metrics["loss"].count, found.info.status) == (999, "FINISHED")


def test_a_run_can_be_logged_to_by_its_id_as_it_is() -> None:
    with runfold.start_run() as ended:
        pass
    with runfold.start_run() as current:
        runfold.log_metric("loss", 0.5, run_id=ended.info.run_id)
        runfold.log_text("late", "notes.txt", run_id=ended.info.run_id)
    runfold.flush()

    found = runfold.get_run(ended.info.run_id)
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"loss": 0.5})
    assert runfold.get_run(current.info.run_id).data.metrics == {}
    with pytest.raises(NotFound):
        runfold.log_metric("loss", 0.5, run_id="f" * 32)


def test_asyncio_tasks_have_their_own_runs() -> None:
    async def work(number: int) -> tuple[int, str]:
        with runfold.start_run() as run:
            await asyncio.sleep(0)
            runfold.log_metric("number", number)
            await asyncio.sleep(0)
            return number, run.info.run_id

    async def main() -> list[tuple[int, str]]:
        return await asyncio.gather(*(work(number) for number in range(4)))

    for number, run_id in asyncio.run(main()):
        assert runfold.get_run(run_id).data.metrics == {"number": number}


def test_the_environment_names_the_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_RUN_ID", "shared")
    with runfold.start_run() as first:
        pass
    with runfold.start_run() as second:
        pass

    assert first.info.run_id == "shared"
    assert second.info.run_id != "shared"


def test_a_rank_other_than_the_first_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNFOLD_RUN_ID", "shared")
    monkeypatch.setenv("RANK", "1")
    with runfold.start_run():
        runfold.log_metric("loss", 1.0)

    found = runfold.get_run("shared")
    assert (found.info.status, found.data.metrics) == ("RUNNING", {"loss": 1.0})


def test_an_offline_run_has_a_name_and_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNFOLD_OFFLINE", "1")
    with runfold.start_run() as run:
        runfold.log_metric("loss", 1.0)
    with runfold.start_run(tags={"mlflow.runName": "mine"}) as named:
        pass
    monkeypatch.delenv("RUNFOLD_OFFLINE")
    sync()

    assert named.info.run_name == "mine"
    assert run.info.run_name
    assert runfold.get_run(run.info.run_id).info.run_name == run.info.run_name
    assert runfold.get_run(named.info.run_id).info.run_name == "mine"


def test_a_tracking_uri_can_be_a_folder(workspace: Path) -> None:
    assert not runfold.is_tracking_uri_set()
    runfold.set_tracking_uri("file:./elsewhere")
    assert runfold.is_tracking_uri_set()
    with runfold.start_run():
        pass

    assert runfold.get_tracking_uri() == f"sqlite:///{workspace}/elsewhere/runfold.db"
    assert (workspace / "elsewhere" / "runfold.db").exists()


def test_an_unknown_scheme_is_refused_at_once() -> None:
    with pytest.raises(InvalidValue, match="databricks"):
        runfold.set_tracking_uri("databricks:profile")
