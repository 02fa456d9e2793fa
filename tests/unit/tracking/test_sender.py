"""The sender with a clock of the test's own and a store that can be switched off."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runfold.config import StoreSettings
from runfold.domain.run import NewRun, RunBatch
from runfold.errors import PermissionDenied, RunfoldError, Unavailable
from runfold.stores.base import TrackingStore
from runfold.stores.open import open_store
from runfold.tracking.delivery import Delivery
from runfold.tracking.recorder import Recorder
from runfold.tracking.records import SpoolInfo
from runfold.tracking.sender import FIRST_HEARTBEAT_S, LONGEST_PAUSE_S, Channel, Sender
from runfold.tracking.spool import Spool


class Switch:
    """A store that raises `problem`, when there is one, before it does anything."""

    def __init__(self, store: TrackingStore) -> None:
        self.store = store
        self.problem: RunfoldError | None = None
        self.n_calls = 0

    def open(self) -> Any:
        self.n_calls += 1
        if self.problem is not None:
            raise self.problem
        return self.store


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Setting:
    """A run, its spool, and a sender that only moves when the test says so."""

    def __init__(self, folder: Path) -> None:
        self.store = open_store(str(folder / "runfold.db"), StoreSettings(durability="process"))
        self.run_id = self.store.create_run(NewRun(experiment_id="0")).info.run_id
        self.switch = Switch(self.store)
        self.clock = Clock()
        self.sender = Sender(
            self.switch.open, place="the store", interval_s=1.0, heartbeat_interval_s=30.0, clock=self.clock
        )
        info = SpoolInfo(tracking_uri="", run_id=self.run_id, host="", pid=1)
        self.spool = Spool(folder / "spool", info)
        self.channel = Channel(self.spool, Delivery(self.spool, self.switch.open, self._put_file))
        self.sender.add(self.channel)
        self.recorder = Recorder(self.run_id, self.spool.append, lambda: self.spool.append)

    @staticmethod
    def _put_file(run_id: str, copy: Path, path: str) -> None:
        raise PermissionDenied("No files today.")

    def run_for(self, seconds: float) -> None:
        end_s = self.clock.now_s + seconds
        while self.clock.now_s < end_s:
            self.clock.now_s += max(0.001, self.sender.step())

    def steps(self) -> list[int]:
        return [point.step for point in self.store.get_metric_history(self.run_id, "loss").items]


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    setting = Setting(tmp_path)
    yield setting
    setting.sender.stop()
    setting.store.close()


def test_an_hour_without_the_store_costs_no_point(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    setting.switch.problem = Unavailable("It is gone.")
    for minute in range(60):
        for second in range(60):
            setting.recorder.log_metric("loss", 0.5, 1_000 * second, minute * 60 + second)
        setting.run_for(60)
    n_calls = setting.switch.n_calls
    setting.switch.problem = None
    setting.run_for(2 * LONGEST_PAUSE_S)

    assert sorted(setting.steps()) == list(range(3600))
    assert setting.spool.is_delivered
    assert n_calls < 300  # it waits longer and longer
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert "does not take records" in warnings[0]
    assert "takes records again" in warnings[1]


def test_many_points_are_sent_in_batches_that_a_server_takes(setting: Setting) -> None:
    for step in range(2500):
        setting.recorder.log_metric("loss", 0.5, 1, step)
    setting.recorder.log_params({f"p{number}": number for number in range(150)})
    setting.sender.step()

    assert sorted(setting.steps()) == list(range(2500))
    assert len(setting.store.get_run(setting.run_id).params) == 150


def test_a_closed_channel_goes_when_it_is_empty(setting: Setting) -> None:
    setting.recorder.log_metric("loss", 0.5, 1, 1)
    setting.channel.is_open = False
    setting.sender.step()

    assert not setting.spool.path.exists()


def test_flush_says_what_keeps_it(setting: Setting) -> None:
    setting.switch.problem = PermissionDenied("You may not write here.")
    setting.recorder.log_metric("loss", 0.5, 1, 1)
    setting.sender.start()

    with pytest.raises(Unavailable, match=r"You may not write here\. The rest waits in .*runfold sync"):
        setting.sender.flush(setting.channel, timeout_s=30)
    setting.switch.problem = None
    setting.clock.now_s += 2 * LONGEST_PAUSE_S
    setting.sender.flush(setting.channel, timeout_s=30)
    assert setting.steps() == [1]


def test_an_outage_is_waited_for_once(setting: Setting) -> None:
    setting.switch.problem = Unavailable("It is gone.")
    setting.recorder.log_metric("loss", 0.5, 1, 1)
    setting.sender.step()
    setting.clock.now_s += 40
    begin_s = time.monotonic()

    with pytest.raises(Unavailable, match="It is gone"):
        setting.sender.flush(setting.channel, timeout_s=30)
    assert time.monotonic() - begin_s < 10


def test_a_refused_param_is_left_out_and_said_once(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    setting.store.log_batch(setting.run_id, RunBatch(params=(("lr", "1"),)))
    setting.recorder.log_params({"lr": "2", "depth": "3"})
    setting.recorder.log_metric("loss", 0.5, 1, 1)
    setting.sender.step()

    run = setting.store.get_run(setting.run_id)
    assert (run.params, setting.steps()) == ({"lr": "1", "depth": "3"}, [1])
    assert len(caplog.records) == 1


def test_a_file_that_can_not_be_stored_holds_nothing_up(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    setting.recorder.queue_file("files/1", "model.bin")
    setting.recorder.log_metric("loss", 0.5, 1, 1)
    setting.sender.step()

    assert setting.steps() == [1]
    assert "No files today" in caplog.text


def test_open_runs_are_said_to_live(setting: Setting) -> None:
    before = setting.store.get_run(setting.run_id).info.heartbeat_ms
    setting.run_for(FIRST_HEARTBEAT_S + 2)

    assert before is None
    assert setting.store.get_run(setting.run_id).info.heartbeat_ms is not None
