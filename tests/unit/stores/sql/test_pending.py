"""Versions whose files wait to be read, shared by the servers of one store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.domain.model_files import ModelFile, summed_up
from runfold.domain.promotion import NewPromotion
from runfold.domain.registered_model import (
    CardChanges,
    ModelCard,
    NewModelVersion,
    PendingVersion,
    Stage,
    VersionStatus,
)
from runfold.domain.webhook import Event, NewWebhook
from runfold.errors import InvalidState, InvalidValue
from runfold.stores.registry import ModelQuery
from runfold.stores.sql.store import SqlStore

SETTINGS = StoreSettings(durability="process")
LISTING = (ModelFile(path="MLmodel", size_bytes=3, sha256="aa"), ModelFile(path="w.bin", size_bytes=4, sha256="bb"))
FOUND = ModelCard(algorithm="random forest", framework="scikit-learn")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runfold.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    store = SqlStore(str(path), SETTINGS)
    yield store
    store.close()


def add_pending(store: SqlStore, name: str = "churn", *, card: ModelCard | None = None) -> int:
    new = NewModelVersion(name=name, source="s3://b/m", status=VersionStatus.PENDING, card=card or ModelCard())
    return store.create_model_version(new).version


@pytest.fixture
def churn(store: SqlStore) -> str:
    """A model with a ready version 1 and a pending version 2."""
    store.create_registered_model("churn")
    store.create_model_version(NewModelVersion(name="churn", source="s3://b/m"))
    add_pending(store)
    return "churn"


def claim(store: SqlStore, *, lease_ms: int = 60_000) -> PendingVersion:
    claimed = store.claim_registration(lease_ms=lease_ms)
    assert claimed is not None
    return claimed


ACTS: dict[str, Callable[[SqlStore, str], object]] = {
    "alias": lambda store, name: store.set_model_alias(name, "champion", 2),
    "stage": lambda store, name: store.transition_model_version(name, 2, Stage.PRODUCTION),
    "promotion": lambda store, name: store.create_promotion(NewPromotion(name=name, version=2, alias="champion")),
    "copy": lambda store, name: store.create_model_version(NewModelVersion(name=name, source=f"models:/{name}/2")),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_leads_to_a_version_that_is_not_ready(store: SqlStore, churn: str, act: str) -> None:
    with pytest.raises(InvalidState, match="being registered"):
        ACTS[act](store, churn)
    store.fail_registration(claim(store), "It would run harmful code.")
    with pytest.raises(InvalidState, match="failed: It would run harmful code"):
        ACTS[act](store, churn)


def test_the_newest_and_latest_versions_are_those_that_are_ready(store: SqlStore, churn: str) -> None:
    before = store.get_registered_model(churn)
    assert before.newest is not None
    assert (before.n_versions, before.newest.version, before.latest_versions[0].version) == (2, 1, 1)

    store.finish_registration(claim(store), card=FOUND, listing=LISTING)

    after = store.get_registered_model(churn)
    assert after.newest is not None
    assert (after.newest.version, after.latest_versions[0].version) == (2, 2)
    query = ModelQuery(filter="algorithm = 'random forest'")
    assert [model.name for model in store.search_registered_models(query).items] == [churn]


def test_what_was_told_wins_over_what_the_files_say(store: SqlStore, churn: str) -> None:
    number = add_pending(store, card=ModelCard(algorithm="forest of ours"))
    store.update_model_card(churn, number, CardChanges(owner="ada"))
    store.fail_registration(claim(store), "no")

    assert store.finish_registration(claim(store), card=FOUND, listing=LISTING)

    version = store.get_model_version(churn, number)
    card = version.card
    assert (card.algorithm, card.framework, card.owner) == ("forest of ours", "scikit-learn", "ada")
    assert (version.status, version.files) == (VersionStatus.READY, summed_up(LISTING))
    assert store.list_model_version_files(churn, number) == LISTING


def test_versions_are_found_by_their_status(store: SqlStore, churn: str) -> None:
    found = store.search_model_versions(ModelQuery(filter="status = 'PENDING_REGISTRATION'"))
    assert [version.version for version in found.items] == [2]


def test_a_version_is_taken_by_one_server(store: SqlStore, churn: str, path: Path) -> None:
    others = [SqlStore(str(path), SETTINGS) for _ in range(3)]
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda one: one.claim_registration(lease_ms=60_000), [store, *others]))
    for other in others:
        other.close()
    assert sum(one is not None for one in claimed) == 1


def test_a_version_of_a_dead_server_is_taken_over_and_the_dead_one_writes_nothing(store: SqlStore, churn: str) -> None:
    dead = claim(store, lease_ms=0)
    heir = claim(store)
    assert (dead.n_attempts, heir.n_attempts) == (1, 2)

    assert store.find_registration(dead) is None
    assert not store.keep_registration(dead, lease_ms=60_000)
    assert not store.finish_registration(dead, card=FOUND, listing=LISTING)
    assert not store.fail_registration(dead, "no")
    assert store.finish_registration(heir, card=FOUND, listing=LISTING)
    assert store.claim_registration(lease_ms=0) is None


def test_a_lease_that_is_renewed_keeps_others_away(store: SqlStore, churn: str) -> None:
    held = claim(store, lease_ms=0)
    assert store.keep_registration(held, lease_ms=60_000)
    assert store.claim_registration(lease_ms=60_000) is None


def test_what_is_given_back_counts_only_when_it_was_tried(store: SqlStore, churn: str) -> None:
    store.release_registration(claim(store))
    again = claim(store)
    assert again.n_attempts == 1
    store.release_registration(again, is_attempt=True)
    assert claim(store).n_attempts == 2


def test_a_version_that_was_deleted_meanwhile_stays_away(store: SqlStore, churn: str) -> None:
    pending = claim(store)
    store.delete_model_version(churn, 2)
    assert not store.finish_registration(pending, card=FOUND, listing=LISTING)
    assert store.claim_registration(lease_ms=0) is None


def test_a_model_may_be_renamed_meanwhile(store: SqlStore, churn: str) -> None:
    pending = claim(store)
    store.rename_registered_model(churn, "loyalty")
    now = store.find_registration(pending)
    assert now is not None
    assert now.name == "loyalty"
    assert store.finish_registration(pending, card=FOUND, listing=LISTING)
    assert store.get_model_version("loyalty", 2).status is VersionStatus.READY


def test_webhooks_are_told_when_it_is_ready_or_failed(store: SqlStore, churn: str) -> None:
    events = (Event.VERSION_CREATED, Event.VERSION_FAILED)
    webhook = store.create_webhook(NewWebhook(name="w", url="https://hooks.invalid/", events=events))
    add_pending(store)
    assert store.list_deliveries(webhook.webhook_id) == ()

    store.finish_registration(claim(store), card=FOUND, listing=LISTING)
    store.fail_registration(claim(store), "It would run harmful code.")

    failed, created = store.list_deliveries(webhook.webhook_id)
    assert (created.event, failed.event) == events
    assert "harmful" in failed.body


def test_a_list_of_files_must_fit_their_sum(store: SqlStore, churn: str) -> None:
    files = summed_up(LISTING)
    made = store.create_model_version(NewModelVersion(name=churn, source="s3://b/m", files=files, listing=LISTING))
    assert store.list_model_version_files(churn, made.version) == LISTING
    copied = store.create_model_version(NewModelVersion(name=churn, source=f"models:/{churn}/{made.version}"))
    assert store.list_model_version_files(churn, copied.version) == LISTING
    with pytest.raises(InvalidValue, match="one by one"):
        store.create_model_version(NewModelVersion(name=churn, source="s3://b/m", files=files, listing=LISTING[:1]))
