"""How many requests a caller may make."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Role
from runfold.server import create_app
from runfold.server.callers.rates import BURST_S, Rates
from runfold.stores.sql.store import SqlStore


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_burst_passes_and_then_as_many_as_time_gives() -> None:
    clock = Clock()
    rates = Rates(now_s=clock)
    assert [rates.wait_s("ann", 2.0) for _ in range(int(2 * BURST_S))] == [0.0] * int(2 * BURST_S)
    assert rates.wait_s("ann", 2.0) == pytest.approx(0.5)
    assert rates.wait_s("ben", 2.0) == 0.0
    clock.now_s += 0.5
    assert rates.wait_s("ann", 2.0) == 0.0
    assert rates.wait_s("ann", 2.0) == pytest.approx(0.5)


@given(
    per_s=st.floats(0.1, 50.0),
    gaps=st.lists(st.floats(0.0, 3.0), min_size=1, max_size=200),
)
def test_nobody_gets_more_than_the_burst_and_the_rate(per_s: float, gaps: list[float]) -> None:
    clock = Clock()
    rates = Rates(now_s=clock)
    n_passed = 0
    for gap in gaps:
        clock.now_s += gap
        n_passed += rates.wait_s("ann", per_s) == 0.0
        assert n_passed <= max(1.0, per_s * BURST_S) + per_s * clock.now_s + 1e-6


@pytest.mark.parametrize("auth", [False, True])
def test_a_caller_above_the_limit_is_told_when_to_come_again(tmp_path: Path, auth: bool) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runfold.db", StoreSettings(durability="process"))
    headers = []
    for name in ("ann", "ben"):
        store.create_user(name, password="correct horse battery")
        headers.append({"Authorization": f"Bearer {store.create_token(name, scope=Role.MANAGER).secret}"})
    app = create_app(ServerSettings(auth=auth, max_requests_per_s=0.2), store, LocalArtifacts(tmp_path / "files"))
    with TestClient(app, base_url="http://localhost") as client:

        def ask(who: int) -> int:
            answer = client.post("/api/runfold/v1/experiments/list", json={}, headers=headers[who])
            if answer.status_code == 429:
                assert int(answer.headers["retry-after"]) >= 1
                assert answer.json()["error_code"] == "REQUEST_LIMIT_EXCEEDED"
            return answer.status_code

        assert [ask(0) for _ in range(3)] == [200, 200, 429]
        assert ask(1) == (200 if auth else 429)  # without users, both are one address
        assert client.get("/health").status_code == 200
