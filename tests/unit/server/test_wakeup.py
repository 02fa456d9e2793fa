from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread

import pytest

from runfold.server.wakeup import Wakeup


@pytest.mark.anyio
async def test_results_and_errors_come_back_from_other_threads() -> None:
    wakeup, done, failed = Wakeup(), Future[int](), Future[int]()
    Thread(target=lambda: (done.set_result(7), failed.set_exception(ValueError("no")))).start()
    assert await wakeup.wait(done) == 7
    with pytest.raises(ValueError, match="no"):
        await wakeup.wait(failed)


@pytest.mark.anyio
async def test_what_is_complete_already_does_not_wait() -> None:
    done = Future[str]()
    done.set_result("at once")
    assert await Wakeup().wait(done) == "at once"


@pytest.mark.anyio
async def test_thousands_of_futures_all_wake_their_waiters() -> None:
    wakeup = Wakeup()
    futures = [Future[int]() for _ in range(5000)]
    waits = [asyncio.ensure_future(wakeup.wait(future)) for future in futures]
    with ThreadPoolExecutor(4) as threads:
        for number, future in enumerate(futures):
            threads.submit(future.set_result, number)
        assert await asyncio.gather(*waits) == list(range(5000))


@pytest.mark.anyio
async def test_a_cancelled_wait_cancels_what_has_not_begun() -> None:
    future = Future[int]()
    wait = asyncio.ensure_future(Wakeup().wait(future))
    await asyncio.sleep(0)
    wait.cancel()
    with pytest.raises(asyncio.CancelledError):
        await wait
    assert future.cancelled()


def test_one_bridge_serves_one_loop_after_the_other() -> None:
    wakeup = Wakeup()
    for number in range(3):
        future = Future[int]()
        Thread(target=future.set_result, args=(number,)).start()
        assert asyncio.run(wakeup.wait(future)) == number
