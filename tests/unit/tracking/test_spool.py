from __future__ import annotations

import logging
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runfold.domain.metric import Metric
from runfold.tracking import records
from runfold.tracking.left_spool import LeftSpool, take_left_spools
from runfold.tracking.records import Record, SpoolInfo
from runfold.tracking.spool import Spool

INFO = SpoolInfo(tracking_uri="http://ml.example", run_id="abc", host="node", pid=1)
CHUNK = 2**16


def point(step: int) -> bytes:
    return records.encode_metric(b"loss", step / 2, 1000 + step, step)


def steps_of(found: list[Record]) -> list[int]:
    return [record.step for record in found if isinstance(record, Metric)]


def drain(spool: Spool | LeftSpool) -> list[Record]:
    found: list[Record] = []
    while data := spool.read(CHUNK):
        batch = list(records.read_records(data))
        found += [record for record, _ in batch]
        spool.advance(sum(size for _, size in batch))
    return found


def test_records_are_read_in_the_order_they_came(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO)
    for step in range(5000):
        spool.append(point(step))

    assert steps_of(drain(spool)) == list(range(5000))
    assert spool.is_delivered
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_a_spool_with_waiting_records_stays_on_disk(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO)
    spool.append(point(1))
    spool.append(point(2))
    first = spool.read(1)
    [(_, size), *_] = records.read_records(first)
    spool.advance(size)
    spool.close()

    [left] = take_left_spools(tmp_path)

    assert left.info == INFO
    assert steps_of(drain(left)) == [2]
    left.close()
    assert list(tmp_path.iterdir()) == []


def test_nobody_takes_a_spool_that_is_in_use(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO)
    spool.append(point(1))
    spool_of_others = list(take_left_spools(tmp_path))
    spool.close()
    [left] = take_left_spools(tmp_path)

    assert spool_of_others == []
    assert list(take_left_spools(tmp_path)) == []
    left.close()


def test_spools_of_one_run_can_be_told_apart(tmp_path: Path) -> None:
    for run_id in ("abc", "abcdef"):
        spool = Spool(tmp_path, SpoolInfo(tracking_uri="", run_id=run_id, host="", pid=1))
        spool.append(point(1))
        spool.close()

    [left] = take_left_spools(tmp_path, run_id="abc")

    assert left.info.run_id == "abc"
    left.close()


def test_a_killed_process_loses_nothing_that_append_returned_from(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from runfold.tracking import records
from runfold.tracking.spool import Spool
spool = Spool(Path(sys.argv[1]), records.SpoolInfo(tracking_uri="", run_id="abc", host="", pid=1))
step = 0
while True:
    spool.append(records.encode_metric(b"loss", 0.5, 1, step))
    step += 1
    if step % 1000 == 0:
        print(step, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(20):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)

    [left] = take_left_spools(tmp_path)
    steps = steps_of(drain(left))
    left.close()

    assert len(steps) >= acknowledged
    assert steps == list(range(len(steps)))


def test_a_torn_record_at_the_end_is_left_out(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO)
    spool.append(point(1))
    spool.append(point(2))
    spool.close()
    os.truncate(spool.path, spool.path.stat().st_size - 3)

    [left] = take_left_spools(tmp_path)

    assert steps_of(drain(left)) == [1]
    assert left.n_damaged_bytes == len(point(2)) - 3
    left.close()


def test_records_behind_a_damaged_one_are_still_read(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO)
    for step in range(3):
        spool.append(point(step))
    spool.close()
    content = bytearray(spool.path.read_bytes())
    content[-len(point(1)) * 2 + 10] ^= 0xFF
    spool.path.write_bytes(content)

    [left] = take_left_spools(tmp_path)

    assert steps_of(drain(left)) == [0, 2]
    left.close()


def test_a_damaged_note_of_delivery_sends_everything_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO)
    spool.append(point(1))
    spool.append(point(2))
    spool.advance(len(point(1)))
    spool.close()
    content = bytearray(spool.path.read_bytes())
    content[9] ^= 0xFF
    spool.path.write_bytes(content)

    [left] = take_left_spools(tmp_path)

    assert steps_of(drain(left)) == [1, 2]
    left.close()


def test_a_long_spool_gives_delivered_space_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO)
    block = b"".join(point(step) for step in range(1000))
    for _ in range(300):
        spool.append(block)
    n_before = spool.path.stat().st_size
    drain(spool)
    spool.append(point(7))

    assert n_before > 8 * 2**20
    assert spool.path.stat().st_size < 1000
    assert steps_of(drain(spool)) == [7]
    spool.close()


def test_threads_append_whole_records(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO)

    def work(first: int) -> None:
        for step in range(first, first + 2000):
            spool.append(point(step))

    threads = [threading.Thread(target=work, args=(n * 2000,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(steps_of(drain(spool))) == list(range(16000))
    spool.close()


@pytest.fixture
def file_size_limit() -> Iterator[None]:
    """Lets no file of this process grow beyond 4 KiB: what a full disk looks like, without filling one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("file_size_limit")
def test_a_full_disk_is_said_once_and_costs_no_record(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool(tmp_path, INFO)
    with caplog.at_level(logging.WARNING, logger="runfold"):
        for step in range(1000):
            spool.append(point(step))
        in_memory = steps_of(drain(spool))
        for step in range(1000, 1010):
            spool.append(point(step))

    assert in_memory == list(range(1000))
    assert steps_of(drain(spool)) == list(range(1000, 1010))
    assert [message for message in caplog.messages if "disk is full" in message] == caplog.messages
    assert len(caplog.messages) == 1
    spool.close()


@pytest.mark.usefixtures("file_size_limit")
def test_a_full_disk_and_a_full_memory_count_what_they_lose(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO, max_buffered=10)
    for step in range(1000):
        spool.append(point(step))

    assert len(steps_of(drain(spool))) + spool.n_dropped == 1000
    assert spool.n_dropped > 0
    assert spool.is_delivered
    spool.close()


def test_a_closed_spool_takes_nothing_and_writes_nowhere(tmp_path: Path) -> None:
    spool = Spool(tmp_path, INFO)
    spool.append(point(1))
    spool.close()
    spool.close()
    with (tmp_path / "other").open("wb") as other:  # gets the number of a descriptor that the spool had
        assert not spool.append(point(2))
        assert other.tell() == 0
    assert (tmp_path / "other").read_bytes() == b""
