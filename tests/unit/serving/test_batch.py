from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from runfold.serving.batch import Batcher, Busy, Job, ModelFault, groups, run
from runfold.serving.payload import Plain, Tensors


class Doubling:
    """A model that doubles, fails on negative rows, and remembers how many rows each call had."""

    def __init__(self, *, joins: bool = True) -> None:
        self.joins = joins
        self.calls: list[int] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def predict(self, payload: Any, params: Any) -> Any:
        assert self.may_answer.wait(10)
        values = payload.natural()
        self.calls.append(len(values))
        if (values < 0).any():
            raise ValueError("negative")
        return values[:, 0] * 2 * (params or {}).get("factor", 1)


def rows(*values: float) -> Tensors:
    return Tensors(np.array([[value] for value in values]))


def with_batcher(work: Callable[[Batcher, Callable[..., asyncio.Future[Any]]], Any], **limits: Any) -> Any:
    async def conversation() -> Any:
        loop = asyncio.get_running_loop()
        batcher = Batcher(loop, **{"max_rows": 100, "max_waiting": 100, **limits})

        def submit(model: Any, payload: Any, params: Any = None) -> asyncio.Future[Any]:
            answer = loop.create_future()
            batcher.submit(Job(model, payload, params, list, answer.set_result))
            return answer

        try:
            return await work(batcher, submit)
        finally:
            await loop.run_in_executor(None, batcher.close)

    return asyncio.run(conversation())


def job(model: Any, payload: Any, params: Any = None, write: Any = list) -> Job:
    return Job(model, payload, params, write, None)  # type: ignore[arg-type]


def test_requests_that_wait_are_joined_into_one_call() -> None:
    model = Doubling()

    async def work(_batcher: Batcher, submit: Callable[..., asyncio.Future[Any]]) -> list[Any]:
        model.may_answer.clear()
        jobs = [submit(model, rows(1.0))]
        while len(jobs) < 5:
            jobs.append(submit(model, rows(float(len(jobs)), 7.0)))
        model.may_answer.set()
        return await asyncio.gather(*jobs)

    answers = with_batcher(work)

    assert answers == [[2.0], [2.0, 14.0], [4.0, 14.0], [6.0, 14.0], [8.0, 14.0]]
    assert sum(model.calls) == 9
    assert len(model.calls) <= 2


def test_a_request_is_not_delayed_when_the_model_is_idle() -> None:
    model = Doubling()

    async def work(_batcher: Batcher, submit: Callable[..., asyncio.Future[Any]]) -> None:
        for value in range(20):
            assert await submit(model, rows(float(value))) == [value * 2.0]

    with_batcher(work, max_delay_s=60.0)

    assert model.calls == [1] * 20


def test_a_full_queue_refuses_and_says_when_to_come_back() -> None:
    model = Doubling()

    async def work(batcher: Batcher, submit: Callable[..., asyncio.Future[Any]]) -> None:
        model.may_answer.clear()
        jobs = [submit(model, rows(1.0)) for _ in range(3)]
        with pytest.raises(Busy, match="3 requests wait"):
            submit(model, rows(1.0))
        model.may_answer.set()
        await asyncio.gather(*jobs)
        assert batcher.n_waiting == 0
        assert await submit(model, rows(4.0)) == [8.0]

    with_batcher(work, max_waiting=3)


def test_a_fault_stays_with_its_request() -> None:
    model = Doubling()
    jobs = [job(model, rows(1.0)), job(model, rows(-1.0)), job(model, rows(3.0))]

    answers = run(jobs)

    assert answers[0] == [2.0]
    assert isinstance(answers[1], ValueError)
    assert answers[2] == [6.0]


def test_a_model_that_does_not_answer_row_by_row_is_no_longer_joined() -> None:
    class Summing(Doubling):
        def predict(self, payload: Any, params: Any) -> Any:
            return super().predict(payload, params).sum(keepdims=True)

    model = Summing()
    jobs = [job(model, rows(1.0, 2.0)), job(model, rows(3.0))]

    assert run(jobs) == [[6.0], [6.0]]
    assert not model.joins
    assert [len(group) for group in groups(jobs, 100)] == [1, 1]


def test_only_what_is_alike_is_joined() -> None:
    model, other = Doubling(), Doubling()
    jobs = [
        job(model, rows(1.0)),
        job(model, rows(1.0), {"factor": 2}),
        job(other, rows(1.0)),
        job(model, Tensors(np.zeros((1, 2)))),
        job(model, rows(2.0)),
        job(model, Plain({"x": 1})),
    ]

    found = [[jobs.index(member) for member in group] for group in groups(jobs, 100)]

    assert sorted(found) == [[0, 4], [1], [2], [3], [5]]


def test_a_batch_has_no_more_rows_than_allowed() -> None:
    model = Doubling()
    jobs = [job(model, rows(*range(4))) for _ in range(5)] + [job(model, rows(*range(30)))]

    assert sorted(sum(member.n_rows for member in group) for group in groups(jobs, 10)) == [4, 8, 8, 30]


def test_code_of_a_model_cannot_end_the_process() -> None:
    class Leaving(Doubling):
        def predict(self, payload: Any, params: Any) -> Any:
            raise SystemExit(3)

    answers = run([job(Leaving(), rows(1.0))])

    assert isinstance(answers[0], ModelFault)


def test_an_answer_that_cannot_be_written_is_the_fault_of_its_request_alone() -> None:
    def refuse(_: Any) -> Any:
        raise NotImplementedError("no form")

    model = Doubling()

    answers = run([job(model, rows(1.0), write=refuse), job(model, rows(2.0))])

    assert isinstance(answers[0], NotImplementedError)
    assert answers[1] == [4.0]


def test_nobody_predicts_for_requests_that_were_given_up() -> None:
    model = Doubling()
    left = job(model, rows(1.0))
    left.is_given_up = True

    assert run([left]) == [None]
    assert model.calls == []


class Watched(Doubling):
    def __init__(self) -> None:
        super().__init__()
        self.threads: list[str] = []

    def predict(self, payload: Any, params: Any) -> Any:
        self.threads.append(threading.current_thread().name)
        return super().predict(payload, params)


def test_sizes_that_have_proved_quick_are_called_in_the_event_loop() -> None:
    model = Watched()

    async def work(batcher: Batcher, submit: Callable[..., asyncio.Future[Any]]) -> None:
        await submit(model, rows(1.0))
        batcher._seconds_by_size.update(dict.fromkeys(range(8), 1e-6) | {8: 1.0})
        for n_rows in (1, 100, 200):
            await submit(model, rows(*range(n_rows)))

    with_batcher(work)
    assert [name == "runfold-model" for name in model.threads] == [True, False, False, True]
