import json

from runfold.config import StoreSettings
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.run import NewRun
from runfold.stores.sql.store import SqlStore


def record(uri: str, *datasets: Dataset) -> None:
    store = SqlStore(uri, StoreSettings(durability="process"))
    run_id = store.create_run(NewRun(experiment_id="0")).info.run_id
    store.log_inputs(run_id, [DatasetUse(dataset=dataset) for dataset in datasets])
    store.close()


def test_datasets_are_listed_and_shown(uri: str, run) -> None:
    old = Dataset(name="wine", digest="d1", source_type="local", source='{"path": "old.csv"}')
    new = Dataset(name="wine", digest="d2", source_type="s3", source='{"uri": "s3://b/new.csv"}', schema='{"c": 1}')
    record(uri, old, new)

    listed = json.loads(run("datasets", "list", "--text", "WIN", "--json").stdout)
    assert [(one["digest"], one["n_runs"]) for one in listed] == [("d2", 1), ("d1", 1)]
    assert "wine" in run("datasets", "list").stdout
    assert len(run("datasets", "list", "-t", "absent").stdout.splitlines()) == 1

    assert "s3://b/new.csv" in run("datasets", "show", "wine").stdout
    assert json.loads(run("datasets", "show", "wine", "d1", "--json").stdout)["source"] == '{"path": "old.csv"}'
    assert run("datasets", "show", "absent").exit_code == 3
    assert run("datasets", "show", "wine", "d3").exit_code == 3
