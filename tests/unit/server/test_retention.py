"""Passes of rules on a server: what goes, what stays, what comes back, and what a killed pass leaves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Place, PlaceKind
from runfold.domain.metric import Metric
from runfold.domain.retention import DAY_MS, RetentionRule, Retires, Why
from runfold.domain.run import NewRun, RunBatch
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.errors import InvalidState, NotFound
from runfold.server import create_app
from runfold.server.retention.candidates import weigh
from runfold.server.retention.passes import Retention
from runfold.stores.audit import AuditQuery
from runfold.stores.sql.store import SqlStore
from runfold.testing.retention import *  # noqa: F403 - the suite is its tests
from runfold.testing.stores.records import unique

OLD_MS = 1_000_000_000_000


class House:
    """A server with its store and files, and an experiment of its own for each test."""

    def __init__(self, client: TestClient, store: SqlStore, retention: Retention) -> None:
        self.client = client
        self.store = store
        self.retention = retention
        self.begin()

    def begin(self) -> None:
        self.experiment_id = self.store.create_experiment(unique("house"))

    def run(self, value: float | None = None, *, tags: dict[str, str] | None = None, ended_ms: int = OLD_MS) -> str:
        new = NewRun(experiment_id=self.experiment_id, start_time_ms=ended_ms, tags=tags or {})
        run_id = self.store.create_run(new).info.run_id
        if value is not None:
            self.store.log_batch(run_id, RunBatch(metrics=(Metric("acc", value, 1, 0),)))
        if ended_ms:
            self.store.update_run(run_id, status=RunStatus.FINISHED, end_time_ms=ended_ms)
        return run_id

    def put(self, run_id: str, path: str, content: bytes) -> None:
        url = f"/api/2.0/mlflow-artifacts/artifacts/{self.experiment_id}/{run_id}/artifacts/{path}"
        assert self.client.put(url, content=content).status_code == 200

    def has(self, run_id: str, path: str) -> bool:
        return self.client.get("/get-artifact", params={"run_id": run_id, "path": path}).status_code == 200

    def rule(self, **fields: Any) -> RetentionRule:
        return self.store.save_retention_rule(
            RetentionRule(
                **{"name": unique("rule"), "place": Place(PlaceKind.EXPERIMENT, self.experiment_id), **fields}
            )
        )

    def is_there(self, run_id: str) -> bool:
        return self.store.get_run(run_id).info.lifecycle_stage is LifecycleStage.ACTIVE


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    store = SqlStore(f"sqlite:///{folder}/runfold.db", StoreSettings(durability="process"))
    app = create_app(ServerSettings(), store, LocalArtifacts(folder / "files"))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield House(client, store, app.state.services.retention)


@pytest.fixture
def house(whole: House) -> House:
    whole.begin()
    return whole


@pytest.fixture
def store(whole: House) -> SqlStore:
    return whole.store


def test_the_best_of_each_parent_stay_and_the_rest_goes_to_the_trash_and_then_for_good(house: House) -> None:
    runs = {}
    for parent in ("a" * 32, "b" * 32):
        for value in (0.1, 0.4, 0.3, 0.2):
            runs[parent, value] = house.run(value, tags={"mlflow.parentRunId": parent})
    house.put(runs["a" * 32, 0.1], "w.bin", b"12345")
    rule = house.rule(best_by="metrics.acc DESC", keep_best=2, per="parent", trash_days=0)
    plan = house.retention.plan(rule)
    assert (plan.n_going, plan.n_staying, plan.n_bytes, plan.whys) == (4, 4, 5, {"best": 4})
    assert all(map(house.is_there, runs.values()))
    done = house.retention.apply(rule.key)
    assert (done.n_retired, done.n_bytes, done.n_purged, done.error) == (4, 5, 0, "")
    assert {value for (_, value), run_id in runs.items() if house.is_there(run_id)} == {0.4, 0.3}
    assert house.retention.apply(rule.key).n_purged == 4
    with pytest.raises(NotFound):
        house.store.get_run(runs["a" * 32, 0.1])
    assert [one.n_purged for one in house.store.list_retention_passes(rule.name)] == [4, 0]


def test_starred_registered_running_and_young_runs_never_go(house: House) -> None:
    starred = house.run(tags={"runfold.starred": "true"})
    registered = house.run()
    house.put(registered, "m/MLmodel", b"flavors:\n  python_function:\n    loader_module: m\n")
    name = unique("model")
    house.store.create_registered_model(name)
    source = f"{house.store.get_run(registered).info.artifact_uri}/m"
    made = house.client.post(
        "/api/2.0/mlflow/model-versions/create", json={"name": name, "source": source, "run_id": registered}
    )
    assert made.status_code == 200, made.text
    running = house.run(ended_ms=0)
    young = house.run(ended_ms=time.time_ns() // 1_000_000)
    other = house.run()
    plan = house.retention.plan(house.rule())
    assert {one.run_id: one.why for one in plan.staying} == {
        starred: Why.PROTECTED,
        registered: Why.REGISTERED,
        running: Why.RUNNING,
        young: Why.YOUNG,
    }
    assert [one.run_id for one in plan.going] == [other]


def test_files_below_a_path_go_when_their_time_in_the_trash_is_over(house: House) -> None:
    run_id, starred = house.run(), house.run()
    for one in (run_id, starred):
        house.put(one, "checkpoints/1.bin", b"12345")
        house.put(one, "model.bin", b"1")
    rule = house.rule(retires=Retires.FILES, path="checkpoints", trash_days=0)
    assert house.retention.plan(rule).n_bytes == 10
    assert (house.retention.apply(rule.key).n_retired, house.has(run_id, "checkpoints/1.bin")) == (2, True)
    assert house.retention.plan(rule).n_going == 0, "they wait in the trash"
    house.store.set_tag(starred, "runfold.starred", "true")
    assert house.retention.apply(rule.key).n_purged == 1
    assert [house.has(one, "checkpoints/1.bin") for one in (run_id, starred)] == [False, True]
    assert house.has(run_id, "model.bin")
    assert house.is_there(run_id)
    assert house.store.find_holders([run_id])[0].n_bytes == 1


def test_what_came_back_from_the_trash_is_not_purged(house: House) -> None:
    run_id = house.run()
    rule = house.rule(trash_days=0)
    house.retention.apply(rule.key)
    house.store.restore_runs([run_id])
    house.store.set_tag(run_id, "runfold.starred", "true")
    assert house.retention.apply(rule.key).n_purged == 0
    assert house.is_there(run_id)


def test_one_pass_of_a_rule_at_a_time_and_a_killed_one_is_taken_over(house: House) -> None:
    kept_by_others = house.rule()
    house.store.begin_retention_pass(kept_by_others.key, "elsewhere", by="", lease_s=300)
    with pytest.raises(InvalidState):
        house.retention.apply(kept_by_others.key)
    run_ids = [house.run() for _ in range(3)]
    rule = house.rule()
    killed = house.store.begin_retention_pass(rule.key, "killed", by="", lease_s=-1)
    house.store.retire(killed, "killed", house.retention.plan(rule).going[:1], path="", lease_s=-1)
    assert house.retention.apply(rule.key).n_retired == 2
    assert not any(map(house.is_there, run_ids))
    with pytest.raises(InvalidState):
        house.store.retire(killed, "killed", (), path="", lease_s=300)


def test_many_servers_at_once_send_each_run_to_the_trash_once(house: House) -> None:
    run_ids = [house.run() for _ in range(20)]
    rule = house.rule()

    def work(_: int) -> int:
        try:
            return house.retention.apply(rule.key).n_retired
        except InvalidState:
            return 0

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(work, range(8))) == len(run_ids)


def test_a_rule_is_about_its_place(house: House) -> None:
    vision = unique("ws-").lower().replace("_", "-")
    house.store.create_workspace(vision)
    there = house.store.in_workspace(vision)
    ids = {name: there.create_experiment(name) for name in ("team/a", "team/b/c", "other")}
    for experiment_id in ids.values():
        house.experiment_id = experiment_id
        house.run()
    for place, n in (("team", 2), ("team/b", 1), ("tea", 0)):
        rule = RetentionRule(name="r", place=Place(PlaceKind.FOLDER, place, vision))
        assert house.retention.plan(rule).n_going == n
    assert house.retention.plan(RetentionRule(name="r", place=Place(PlaceKind.WORKSPACE, vision))).n_going == 3
    assert house.retention.plan(RetentionRule(name="r")).n_going >= 3


def test_a_rule_is_due_once_its_time_has_come(house: House) -> None:
    later, now = house.rule(), house.rule(next_time_ms=1)
    resting = house.rule(next_time_ms=1, is_active=False)
    due = house.store.due_retention_rules()
    assert [one.key in due for one in (later, now, resting)] == [False, True, False]
    house.retention.apply(now.key)
    assert now.key not in house.store.due_retention_rules()


def test_what_a_pass_does_stands_in_the_audit(house: House) -> None:
    run_id = house.run()
    rule = house.rule()
    house.retention.apply(rule.key, by="ann")
    found = house.store.search_audit(AuditQuery(filter=f"object = 'run:{run_id}'"))
    assert [(one.act.user, one.act.action) for one in found.items] == [("ann", "retention/retire")]
    assert rule.name in found.items[0].act.detail


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    runs=st.lists(
        st.tuples(
            st.sampled_from([None, 0.1, 0.2, float("nan"), float("inf")]),
            st.sampled_from(["", "a" * 32, "b" * 32]),
            st.integers(1, 3),
            st.booleans(),
        ),
        max_size=8,
    ),
    keep_best=st.integers(1, 2),
    keep_last=st.integers(0, 2),
    direction=st.sampled_from(["ASC", "DESC"]),
)
def test_from_records_to_decisions_nothing_is_lost(
    house: House, runs: list[tuple[float | None, str, int, bool]], keep_best: int, keep_last: int, direction: str
) -> None:
    """The records of the store against the lists that made them."""
    house.begin()
    made = {}
    for value, parent, start, is_match in runs:
        tags = {"kind": "x" if is_match else "y"} | ({"mlflow.parentRunId": parent} if parent else {})
        made[house.run(value, tags=tags, ended_ms=OLD_MS + start)] = (value, parent, start, is_match)
    rule = house.rule(
        filter="tags.kind = 'x'",
        best_by=f"metrics.acc {direction}",
        keep_best=keep_best,
        keep_last=keep_last,
        per="parent",
    )
    stays = {one.candidate.run_id for one in weigh(house.store, rule, OLD_MS + 400 * DAY_MS) if one.why is not None}
    expected = set()
    for group in ("", "a" * 32, "b" * 32):
        own = [(run_id, *made[run_id]) for run_id in made if made[run_id][1] == group and made[run_id][3]]
        newest = sorted(own, key=lambda one: (-one[3], one[0]))
        expected |= {one[0] for one in newest[:keep_last]}
        valued = [one for one in newest if one[1] is not None and one[1] == one[1]]
        expected |= {
            one[0] for one in sorted(valued, key=lambda one: one[1] * (1 if direction == "ASC" else -1))[:keep_best]
        }
    assert stays == expected
