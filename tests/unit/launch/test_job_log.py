import threading

import pytest

from runfold.domain.job import JobId
from runfold.errors import InvalidValue, StorageFull, Unavailable
from runfold.launch import job_log
from runfold.launch.job_log import JobLogSender


class LogStore:
    """The log of a store, as `JobStore.append_job_log` promises it, that may be full or lose its answers.

    The only call of a store that a sender makes.
    """

    def __init__(self) -> None:
        self.content = b""
        self.is_full = False
        self.n_lost_answers = 0
        self.asked = threading.Semaphore(0)

    def append_job_log(self, job_id: JobId, attempt: int, start: int, content: bytes) -> None:
        self.asked.release()
        if self.is_full:
            raise StorageFull("the store")
        if start + len(content) > len(self.content):
            if start != len(self.content):
                raise InvalidValue("a gap, or a piece that is another one than before")
            self.content += content
        if self.n_lost_answers:
            self.n_lost_answers -= 1
            raise Unavailable("the answer was lost")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_log, "INTERVAL_S", 0.01)


@pytest.fixture
def store() -> LogStore:
    return LogStore()


@pytest.fixture
def log(store: LogStore) -> JobLogSender:
    return JobLogSender(store, "job", 1)  # type: ignore[arg-type]  # one call of a store


def test_a_piece_whose_answer_was_lost_is_there_once_though_more_was_written_since(store, log) -> None:
    store.n_lost_answers = 1
    log.write(b"one ")
    assert store.asked.acquire(timeout=20)
    log.write(b"two")
    assert log.close(20)
    assert store.content == b"one two"


def test_the_end_of_a_log_is_sent_once_there_is_room_though_nobody_waited_for_it(store, log) -> None:
    store.is_full = True
    log.write(b"the end")
    assert not log.close(0.05)
    store.is_full = False
    assert log.close(20)
    assert store.content == b"the end"


def test_output_that_there_was_no_room_for_is_left_out_and_counted(store, log, monkeypatch) -> None:
    monkeypatch.setattr(job_log, "MAX_WAITING_BYTES", 100)
    store.is_full = True
    log.write(b"a" * 90)
    log.write(b"b" * 30)
    log.write(b"c" * 5)
    log.write(b"d" * 30)
    store.is_full = False
    assert log.close(20)
    first, marked, rest = store.content.partition(b"\n[30 bytes are left out here: ")
    assert (first, bool(marked), rest.count(b"]\nccccc")) == (b"a" * 90, True, 1)
    assert b"[30 bytes are left out here" in rest
