"""Datasets that runs used."""

from __future__ import annotations

import pytest

from runfold.domain import limits
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.errors import InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import new_experiment, new_run, unique


def dataset(name: str = "wine", digest: str = "d1", **fields: str) -> Dataset:
    return Dataset(name=name, digest=digest, **{"source_type": "local", "source": '{"path": "x"}', **fields})


def test_datasets_read_back_in_the_order_of_use(store: TrackingStore) -> None:
    run_id = new_run(store)
    uses = (
        DatasetUse(dataset=dataset("wine", schema="{}", profile='{"rows": 3}'), tags={"mlflow.data.context": "train"}),
        DatasetUse(dataset=dataset("digits"), is_output=True),
        DatasetUse(dataset=dataset("wine", "d2")),
    )
    store.log_inputs(run_id, uses)
    assert store.get_run(run_id).datasets == uses
    assert store.get_run(run_id).datasets[0].context == "train"


def test_the_same_dataset_again_only_adds_tags(store: TrackingStore) -> None:
    run_id = new_run(store)
    store.log_inputs(run_id, [DatasetUse(dataset=dataset(), tags={"a": "1", "b": "1"})])
    store.log_inputs(run_id, [DatasetUse(dataset=dataset(), tags={"b": "2", "c": "3"})])
    assert store.get_run(run_id).datasets == (DatasetUse(dataset=dataset(), tags={"a": "1", "b": "2", "c": "3"}),)


def test_one_dataset_can_go_in_and_come_out(store: TrackingStore) -> None:
    run_id = new_run(store)
    uses = (DatasetUse(dataset=dataset()), DatasetUse(dataset=dataset(), is_output=True))
    store.log_inputs(run_id, uses)
    store.log_inputs(run_id, uses)
    assert store.get_run(run_id).datasets == uses


def test_the_same_name_and_digest_are_one_dataset_within_an_experiment(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    first, second, elsewhere = new_run(store, experiment_id), new_run(store, experiment_id), new_run(store)
    store.log_inputs(first, [DatasetUse(dataset=dataset(profile="first"))])
    store.log_inputs(second, [DatasetUse(dataset=dataset(profile="second"))])
    store.log_inputs(elsewhere, [DatasetUse(dataset=dataset(profile="other"))])
    profiles = [store.get_run(run_id).datasets[0].dataset.profile for run_id in (first, second, elsewhere)]
    assert profiles == ["first", "first", "other"]


@pytest.mark.parametrize(
    "use",
    [
        DatasetUse(dataset=dataset("")),
        DatasetUse(dataset=dataset(digest="")),
        DatasetUse(dataset=dataset("n" * (limits.MAX_DATASET_NAME + 1))),
        DatasetUse(dataset=dataset(digest="d" * (limits.MAX_DATASET_DIGEST + 1))),
        DatasetUse(dataset=dataset(source="s" * (limits.MAX_DATASET_SOURCE + 1))),
        DatasetUse(dataset=dataset(schema="s" * (limits.MAX_DATASET_SCHEMA + 1))),
        DatasetUse(dataset=dataset("a\x00b")),
        DatasetUse(dataset=dataset(source="a\ud800b")),
        DatasetUse(dataset=dataset(source_type="a\x00b")),
        DatasetUse(dataset=dataset(), tags={"k" * (limits.MAX_INPUT_TAG_KEY + 1): "v"}),
        DatasetUse(dataset=dataset(), tags={"k": "v" * (limits.MAX_INPUT_TAG_VALUE + 1)}),
        DatasetUse(dataset=dataset(), tags={"k": "a\x00b"}),
        DatasetUse(dataset=dataset(), tags={"k": "a\ud800b"}),
    ],
)
def test_a_dataset_that_cannot_be_kept_refuses_the_whole_call(store: TrackingStore, use: DatasetUse) -> None:
    run_id = new_run(store)
    with pytest.raises(InvalidValue):
        store.log_inputs(run_id, [DatasetUse(dataset=dataset()), use])
    assert store.get_run(run_id).datasets == ()


def test_too_many_datasets_are_refused(store: TrackingStore) -> None:
    run_id = new_run(store)
    uses = [DatasetUse(dataset=dataset(f"set-{number}")) for number in range(limits.MAX_INPUT_DATASETS + 1)]
    with pytest.raises(InvalidValue):
        store.log_inputs(run_id, uses)
    store.log_inputs(run_id, uses[1:])
    assert len(store.get_run(run_id).datasets) == limits.MAX_INPUT_DATASETS


def test_long_fields_are_kept_to_the_letter(store: TrackingStore) -> None:
    run_id = new_run(store)
    use = DatasetUse(
        dataset=dataset(
            "n" * limits.MAX_DATASET_NAME,
            "d" * limits.MAX_DATASET_DIGEST,
            source="é" * limits.MAX_DATASET_SOURCE,
            schema="s" * 100_000,
            profile="p" * 1_000_000,
        ),
        tags={"k" * limits.MAX_INPUT_TAG_KEY: "v" * limits.MAX_INPUT_TAG_VALUE},
    )
    store.log_inputs(run_id, [use])
    assert store.get_run(run_id).datasets == (use,)


def test_a_workspace_lists_its_datasets_the_newest_first(store: TrackingStore) -> None:
    name, experiment_id = unique("Wine%"), new_experiment(store)
    first, second, elsewhere = new_run(store, experiment_id), new_run(store, experiment_id), new_run(store)
    for run_id, digest in ((first, "d1"), (second, "d1"), (elsewhere, "d1"), (second, "d2")):
        store.log_inputs(run_id, [DatasetUse(dataset=dataset(name, digest))])
    store.delete_runs([second])

    page = store.list_datasets(name=name)

    assert [(one.digest, one.n_runs) for one in page.items] == [("d2", 0), ("d1", 2)]
    assert set(page.items[1].experiment_ids) == {experiment_id, store.get_run(elsewhere).info.experiment_id}
    assert page.next_token == ""


def test_pages_of_datasets_put_together_are_the_whole(store: TrackingStore) -> None:
    name, run_id = unique("paged_"), new_run(store)
    store.log_inputs(run_id, [DatasetUse(dataset=dataset(f"{name}{n}")) for n in range(5)])
    found, token = [], ""
    for _ in range(3):
        page = store.list_datasets(text=name.upper(), max_results=2, page_token=token)
        found += [one.name for one in page.items]
        token = page.next_token
    assert (found, token) == ([f"{name}{n}" for n in (4, 3, 2, 1, 0)], "")
    assert store.list_datasets(text=name.replace("_", "%")).items == ()
    with pytest.raises(InvalidValue):
        store.list_datasets(page_token="x")  # noqa: S106 (no password)


def test_a_dataset_is_read_by_name_and_digest(store: TrackingStore) -> None:
    name = unique("read")
    kept = dataset(name, schema="{}", profile="{}")
    store.log_inputs(new_run(store), [DatasetUse(dataset=kept), DatasetUse(dataset=dataset(name, "d2"))])
    assert store.get_dataset(name, "d1") == kept
    for absent in (unique("absent"), "a\0b"):
        with pytest.raises(NotFound):
            store.get_dataset(absent, "d1")


def test_names_of_datasets_hold_in_a_workspace(store: TrackingStore) -> None:
    name = unique("mine")
    store.log_inputs(new_run(store), [DatasetUse(dataset=dataset(name))])
    workspace = unique("tenant").lower()
    store.create_workspace(workspace)
    other = store.in_workspace(workspace)
    assert other.list_datasets(name=name).items == ()
    with pytest.raises(NotFound):
        other.get_dataset(name, "d1")
