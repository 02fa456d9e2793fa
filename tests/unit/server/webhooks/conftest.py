from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.server.webhooks.receiver import Receiver, run_receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver() as receiver:
        yield receiver


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
