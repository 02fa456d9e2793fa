"""Versions whose files wait to be read, shared by several stores on one database of either engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from runfold.domain.model_files import ModelFile
from runfold.domain.registered_model import ModelCard, NewModelVersion, VersionStatus
from runfold.stores.sql.store import SqlStore
from runfold.testing.stores.records import new_model

N_VERSIONS = 6
LISTING = (ModelFile(path="MLmodel", size_bytes=3, sha256="aa"),)


def test_each_version_is_read_by_one_server_and_ready(stores: list[SqlStore]) -> None:
    name = new_model(stores[0])
    for _ in range(N_VERSIONS):
        stores[0].create_model_version(NewModelVersion(name=name, source="s3://b/m", status=VersionStatus.PENDING))

    def work_off(store: SqlStore) -> list[int]:
        done: list[int] = []
        while store.backlog().n_pending_versions:
            claimed = store.claim_registration(lease_ms=60_000)
            if claimed is not None:
                assert store.keep_registration(claimed, lease_ms=60_000)
                assert store.finish_registration(claimed, card=ModelCard(task="t"), listing=LISTING)
                done.append(claimed.version.version)
        return done

    with ThreadPoolExecutor(len(stores)) as pool:
        done = [version for versions in pool.map(work_off, stores) for version in versions]

    assert sorted(done) == list(range(1, N_VERSIONS + 1))
    newest = stores[1].get_registered_model(name).newest
    assert newest is not None
    assert (newest.version, newest.card.task) == (N_VERSIONS, "t")
    assert stores[2].list_model_version_files(name, N_VERSIONS) == LISTING
