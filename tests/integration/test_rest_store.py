"""The REST store beside the SQL store on the same records: what they answer must be equal."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from runfold.config import ClientSettings, StoreSettings
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.keys import KeyKind
from runfold.domain.metric import Metric, Series
from runfold.domain.run import FinishedRun, NewRun, RunBatch
from runfold.domain.states import RunStatus, ViewType
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.stores.base import ExperimentQuery, RunColumns, RunQuery, SeriesQuery, TrackingStore
from runfold.stores.open import open_store
from runfold.stores.rest.store import RestStore
from tests.integration.servers import ServerProcess

DATASET = Dataset(name="points", digest="1234", source_type="local", source='{"uri":"a"}', schema="{}", profile="{}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def rest(server: ServerProcess) -> Iterator[RestStore]:
    store = RestStore(server.uri, ClientSettings())
    yield store
    store.close()


@pytest.fixture
def direct(server: ServerProcess) -> Iterator[TrackingStore]:
    store = open_store(server.store_uri, StoreSettings(durability="process"))
    yield store
    store.close()


@pytest.fixture
def experiment_id(rest: RestStore, request: pytest.FixtureRequest) -> str:
    return rest.create_experiment(request.node.name, tags={"team": "vision"})


def new_run(rest: RestStore, experiment_id: str, **values: object) -> str:
    run = rest.create_run(NewRun(experiment_id=experiment_id, start_time_ms=1000, **values))  # type: ignore[arg-type]
    return run.info.run_id


def test_experiments_are_the_same(rest: RestStore, direct: TrackingStore, experiment_id: str) -> None:
    rest.set_experiment_tag(experiment_id, "note", "größer")
    rest.delete_experiment_tag(experiment_id, "team")
    rest.rename_experiment(experiment_id, "renamed")

    found = rest.get_experiment(experiment_id)
    assert found == direct.get_experiment(experiment_id)
    assert (found.name, found.tags) == ("renamed", {"note": "größer"})
    assert rest.find_experiment_by_name("renamed") == found
    assert rest.find_experiment_by_name("no such name") is None
    query = ExperimentQuery(filter="name = 'renamed'", max_results=1)
    assert rest.search_experiments(query) == direct.search_experiments(query)
    assert rest.summarize_experiments() == direct.summarize_experiments()


def test_experiments_go_to_the_trash_and_back(rest: RestStore, experiment_id: str) -> None:
    rest.delete_experiment(experiment_id)
    deleted = rest.search_experiments(ExperimentQuery(view_type=ViewType.DELETED_ONLY))
    rest.restore_experiment(experiment_id)

    assert experiment_id in [one.experiment_id for one in deleted.items]
    assert rest.get_experiment(experiment_id).lifecycle_stage == "active"


def test_a_run_with_everything_is_the_same(rest: RestStore, direct: TrackingStore, experiment_id: str) -> None:
    parent = new_run(rest, experiment_id)
    run_id = new_run(rest, experiment_id, run_id="own-id", run_name="mine", user_id="me", parent_run_id=parent)
    values = [0.5, math.nan, math.inf, -math.inf, -0.0, 1e300]
    points = tuple(Metric("loss", value, 2000 + step, step - 2) for step, value in enumerate(values))
    batch = RunBatch(metrics=points, params=(("lr", "0.1"),), tags=(("note", "größer"),))
    rest.log_batch(run_id, batch)
    rest.submit_batch(run_id, batch).result()
    rest.log_inputs(run_id, [DatasetUse(dataset=DATASET, tags={"mlflow.data.context": "training"})])
    rest.log_inputs(run_id, [DatasetUse(dataset=DATASET, is_output=True)])
    rest.set_tag(run_id, "a/b", "c")
    info = rest.update_run(run_id, status=RunStatus.FINISHED, end_time_ms=9000, run_name="other")

    found = rest.get_run(run_id)
    assert repr(found) == repr(direct.get_run(run_id))  # by text, since NaN is not equal to itself
    assert (found.info.run_id, found.info.run_name, found.info.parent_run_id) == ("own-id", "other", parent)
    assert info == found.info
    assert len(found.datasets) == 2
    assert repr(rest.get_metric_history(run_id, "loss")) == repr(direct.get_metric_history(run_id, "loss"))
    [ours], [theirs] = (store.get_series([run_id], ["loss"]) for store in (rest, direct))
    assert columns(ours) == columns(theirs)
    query = SeriesQuery(run_ids=(run_id,), keys=("loss",), n_buckets=3)
    assert rest.sample_series(query) == direct.sample_series(query)


def columns(series: Series) -> list[bytes]:
    return [np.asarray(column).tobytes() for column in (series.steps, series.timestamps_ms, series.values)]


def test_searches_are_the_same(rest: RestStore, direct: TrackingStore, experiment_id: str) -> None:
    for number in range(7):
        run_id = new_run(rest, experiment_id)
        batch = RunBatch(metrics=(Metric("loss", number / 2, 1, 1),), params=(("n", str(number)), ("x", "y")))
        rest.log_batch(run_id, batch)
    query = RunQuery(
        experiment_ids=(experiment_id,),
        filter="params.n > 1",
        order_by=("metrics.loss DESC",),
        max_results=3,
        columns=RunColumns(params=("n",), tags=(), datasets=False),
    )

    page = rest.search_runs(query)
    assert page == direct.search_runs(query)
    assert [run.params for run in page.items] == [{"n": "6"}, {"n": "5"}, {"n": "4"}]
    assert page.next_token
    ids = [experiment_id]
    assert rest.search_keys(ids, kinds=[KeyKind.PARAM]) == direct.search_keys(ids, kinds=[KeyKind.PARAM])
    assert rest.search_key_values(ids, KeyKind.PARAM, "x") == (("y", 7),)
    assert rest.search_datasets(ids) == direct.search_datasets(ids)
    assert rest.changed_runs(ids, after=-1) == direct.changed_runs(ids, after=-1)
    assert rest.changed_runs(ids, after=0, max_results=2) == direct.changed_runs(ids, after=0, max_results=2)


def test_a_finished_run_is_registered_once(rest: RestStore, direct: TrackingStore, experiment_id: str) -> None:
    finished = FinishedRun(
        run=NewRun(experiment_id=experiment_id, run_name="paper", start_time_ms=1, tags={"a": "b"}),
        status=RunStatus.FAILED,
        end_time_ms=5,
        batch=RunBatch(metrics=(Metric("loss", math.nan, 1, 1), Metric("loss", 0.5, 2, 2)), params=(("lr", "1"),)),
        datasets=(DatasetUse(dataset=DATASET),),
        idempotency_key=experiment_id,
    )

    first, second = rest.register_run(finished), rest.register_run(finished)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.run == first.run == direct.get_run(first.run.info.run_id)
    assert (first.run.info.status, first.run.metrics["loss"].last) == (RunStatus.FAILED, 0.5)


def test_things_of_a_run_can_be_removed(rest: RestStore, experiment_id: str) -> None:
    run_id = new_run(rest, experiment_id)
    points = tuple(Metric("loss", 1.0, step, step) for step in range(5))
    rest.log_batch(run_id, RunBatch(metrics=points, params=(("lr", "1"),), tags=(("a", "b"),)))
    rest.delete_metric(run_id, "loss", after_step=2)
    rest.delete_param(run_id, "lr")
    rest.delete_tag(run_id, "a")

    found = rest.get_run(run_id)
    assert (found.metrics["loss"].step, found.params, "a" in found.tags) == (2, {}, False)


def test_runs_are_moved_deleted_restored_and_purged(rest: RestStore, experiment_id: str) -> None:
    one, other = new_run(rest, experiment_id), new_run(rest, experiment_id)
    target = rest.create_experiment("target")
    rest.move_runs([one], target)
    rest.heartbeat([one])
    rest.delete_runs([one, other])
    rest.restore_runs([other])
    would_go = rest.purge(run_ids=[one])
    went = rest.purge(run_ids=[one], dry_run=False)

    assert (would_go.n_runs, would_go.is_dry_run, went.n_runs, went.is_dry_run) == (1, True, 1, False)
    assert rest.get_run(other).info.lifecycle_stage == "active"
    with pytest.raises(NotFound):
        rest.get_run(one)


def test_views_are_saved(rest: RestStore) -> None:
    view = rest.save_view(scope="experiment:1", name="mine", state="{}")
    changed = rest.save_view(scope="experiment:1", name="ours", state="{}", view_id=view.view_id)

    assert rest.list_views("experiment:1") == (changed,)
    assert rest.get_view(view.view_id) == changed
    rest.delete_view(view.view_id)
    assert rest.list_views("experiment:1") == ()


def test_errors_keep_their_meaning(rest: RestStore, experiment_id: str) -> None:
    with pytest.raises(NotFound) as missing:
        rest.get_run("f" * 32)
    assert (missing.value.kind, missing.value.key) == ("run", "f" * 32)
    name = rest.get_experiment(experiment_id).name
    with pytest.raises(AlreadyExists):
        rest.create_experiment(name)
    run_id = new_run(rest, experiment_id)
    with pytest.raises(AlreadyExists):
        new_run(rest, experiment_id, run_id=run_id)
    rest.log_batch(run_id, RunBatch(params=(("lr", "1"),)))
    with pytest.raises(InvalidValue, match="lr"):
        rest.log_batch(run_id, RunBatch(params=(("lr", "2"),)))
    with pytest.raises(InvalidValue, match="character"):
        rest.search_runs(RunQuery(experiment_ids=(experiment_id,), filter="metrics.loss <"))


def test_a_server_that_lives_answers_a_ping(rest: RestStore) -> None:
    rest.ping()
