"""The server against its own document, with users: whatever somebody without rights sends, nothing breaks or leaks.

As `test_openapi`, aimed at records which the callers may not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_role, parse_subject
from runfold.domain.audit import ChainCheck
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.logged_model import NewLoggedModel
from runfold.domain.metric import Metric
from runfold.domain.registered_model import NewModelVersion
from runfold.domain.run import NewRun, RunBatch
from runfold.server import create_app
from runfold.stores.sql.store import SqlStore
from tests.contract.test_openapi import _HONEST, _SENT, LEFT_OUT, OPERATIONS, aim

# Texts that nothing but the records of somebody else holds.
SECRETS = ("theirs-3f9a", "run-3f9a", "param-3f9a", "tag-3f9a", "model-3f9a")
# Of a dataset that nobody but `admin` is told of, and which runs and models use that the others may read.
OF_A_DATASET = ("dataset-3f9a", "digest-3f9a", "source-3f9a", "schema-3f9a", "profile-3f9a", "context-3f9a")
# Who has no role, or one on something else.
OTHERS = ("stranger", "reader", "contributor")


@dataclass
class Guarded:
    """A server on which nobody but `admin` may read what the secrets stand in.

    Attributes:
        records: values of fields, of records that nobody else may read.
        open_records: the same, of records that readers may read, which use the dataset that they may not.
    """

    client: TestClient
    store: SqlStore
    headers: dict[str, dict[str, str]]
    records: dict[str, object]
    open_records: dict[str, object]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder: Path = tmp_path_factory.mktemp("guarded")
    store = SqlStore(f"sqlite:///{folder}/runfold.db", StoreSettings(durability="process"))
    experiment_id = store.create_experiment(SECRETS[0])
    run_id = store.create_run(NewRun(experiment_id=experiment_id, run_name=SECRETS[1])).info.run_id
    store.log_batch(run_id, RunBatch(params=((SECRETS[2], "1"),), tags=((SECRETS[3], "x"),)))
    store.create_registered_model(SECRETS[4])
    headers = {"": {}}
    own = store.create_experiment("open to readers")
    open_records = use_dataset(store, own)
    for name in (*OTHERS, "admin"):
        store.create_user(name, password="correct horse battery", is_admin=name == "admin")
        if name in ("reader", "contributor"):  # of something else
            subject = parse_subject(f"user:{name}")
            for place in (f"experiment:{own}", "model:open-model"):
                store.set_grant(Grant(subject=subject, place=parse_place(place), role=parse_role(name)))
            denial = Grant(subject=subject, place=parse_place(f"dataset:{OF_A_DATASET[0]}"), role=Role.NONE)
            store.set_grant(denial)
        headers[name] = {"Authorization": f"Bearer {store.create_token(name, scope=Role.MANAGER).secret}"}
    app = create_app(ServerSettings(auth=True, request_timeout_s=10), store, LocalArtifacts(folder / "files"))
    records: dict[str, object] = {
        "run_id": run_id,
        "run_uuid": run_id,
        "run_ids": [run_id],
        "experiment_id": experiment_id,
        "experiment_ids": [experiment_id, own],
        "source_run_id": run_id,
        "scope": f"experiment:{experiment_id}",
        "place": f"experiment:{experiment_id}",
    }
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield Guarded(client, store, headers, records, open_records)


def use_dataset(store: SqlStore, experiment_id: str) -> dict[str, object]:
    """Note the dataset wherever one can be noted: with a run, a logged model and a registered version of these ids."""
    name, digest, source, schema, profile, context = OF_A_DATASET
    run_id = store.create_run(NewRun(experiment_id=experiment_id)).info.run_id
    model_id = store.create_logged_model(NewLoggedModel(experiment_id=experiment_id, name="open")).model_id
    dataset = Dataset(name=name, digest=digest, source_type=source, source=source, schema=schema, profile=profile)
    store.log_inputs(run_id, [DatasetUse(dataset=dataset, tags={"mlflow.data.context": context})])
    store.log_batch(run_id, RunBatch(metrics=(Metric("auc", 0.5, 1, 0, model_id, name, digest),)))
    store.create_registered_model("open-model")
    store.create_model_version(NewModelVersion(name="open-model", source="s", run_id=run_id, model_id=model_id))
    return {
        "run_id": run_id,
        "run_ids": [run_id],
        "experiment_id": experiment_id,
        "experiment_ids": [experiment_id],
        "model_id": model_id,
        "name": "open-model",
        "version": 1,
        "by": ["dataset.name"],
        "fields": ["dataset.name", "dataset.digest"],
        "place": f"dataset:{name}",
    }


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(
    "operation",
    [pytest.param(one, id=one.label) for one in OPERATIONS if one.path not in LEFT_OUT],
)
def test_no_request_breaks_the_server_or_tells_of_foreign_records(
    guarded: Guarded, operation: schemathesis.schemas.APIOperation, mode: GenerationMode
) -> None:
    has_fields = operation.query or any(body.media_type == "application/json" for body in operation.body)
    if mode is GenerationMode.NEGATIVE and not has_fields:
        return  # a call without fields cannot be called wrongly

    others, records = cycle(OTHERS), cycle((guarded.records, guarded.open_records))

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case) -> None:
        sent = case.as_transport_kwargs(base_url="http://localhost")
        if mode is GenerationMode.POSITIVE:
            aim(sent, next(records))
        kept = {_SENT[name]: value for name, value in sent.items() if name in _SENT}
        if isinstance(kept.get("content"), dict):  # the fields of a form
            kept["data"] = kept.pop("content")
        own = {name: value for name, value in (kept.pop("headers", None) or {}).items() if name != "Authorization"}
        for who in ("", next(others)):
            answer = guarded.client.request(**kept, headers={**own, **guarded.headers[who]})
            assert answer.status_code < 500 or answer.status_code in _HONEST, (sent, answer.text)
            # What somebody sends may come back in the answer; what they cannot know must not.
            told = f"{answer.headers} {answer.text}"
            leaked = [secret for secret in SECRETS + OF_A_DATASET if secret in told and secret not in str(sent)]
            assert not leaked, (who, sent, answer.text)

    check()


@pytest.mark.slow
def test_the_audit_is_sound_after_all_that(guarded: Guarded) -> None:
    guarded.store.record_acts([]).result()
    chain = ChainCheck()
    while some := guarded.store.read_audit(after=chain.number):
        chain.follow(some)
    chain.end(guarded.store.audit_head())
    assert chain.n_records > 0
