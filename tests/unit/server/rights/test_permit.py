"""What a call remembers of its caller, and of where things lie, while others change it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.run import NewRun
from runfold.errors import NotFound, Unauthenticated
from runfold.server.callers.own_threads import password_threads
from runfold.server.callers.sessions import Sessions
from runfold.server.callers.sign_in import Credential, SignIn
from runfold.server.rights.permit import Permit
from runfold.server.web.proxies import Proxies
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from runfold.wire.endpoints import ENDPOINTS

ANN = parse_subject("user:ann")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runfold.db", StoreSettings(durability="process"))) as store:
        store.create_user("ann", password=PASSWORD)
        yield store


@pytest.fixture
def sign_in(records: SqlStore) -> Iterator[SignIn]:
    settings = ServerSettings(auth=True)
    proxies = Proxies(settings.trusted_proxies, has_tls=False)
    with closing(SignIn(records, Sessions(records, settings, proxies), password_threads())) as made:
        yield made


def grant(records: SqlStore, place: str, role: Role = Role.READER) -> None:
    records.set_grant(Grant(subject=ANN, place=parse_place(place), role=role))


def permit_of(records: SqlStore, sign_in: SignIn, secret: str) -> Permit:
    credential = Credential(authorization=f"Bearer {secret}")
    endpoint = next(one for one in ENDPOINTS if one.name == "runs/changes")
    return Permit(records, sign_in, credential, endpoint, *sign_in.identify(credential))


@pytest.mark.parametrize("of", ["experiment", "run"])
def test_a_place_of_before_is_never_judged_by_grants_of_after(records: SqlStore, sign_in: SignIn, of: str) -> None:
    experiment_id = records.create_experiment("open/wine")
    run_id = records.create_run(NewRun(experiment_id=experiment_id)).info.run_id
    permit = permit_of(records, sign_in, records.create_token("ann", scope=Role.READER).secret)
    readable, asked = (
        (permit.readable_experiments, experiment_id) if of == "experiment" else (permit.readable_runs, run_id)
    )
    check = permit.check_experiments if of == "experiment" else permit.check_runs
    assert readable([asked]) == ()

    records.rename_experiment(experiment_id, "closed/wine")
    grant(records, "folder:open")
    sign_in.look_again()

    assert readable([asked]) == ()
    with pytest.raises(NotFound):
        check([asked], Role.READER)


def test_a_call_that_takes_long_knows_what_its_process_knows(records: SqlStore, sign_in: SignIn) -> None:
    experiment_id = records.create_experiment("open/wine")
    grant(records, "folder:open")
    token = records.create_token("ann", scope=Role.READER)
    permit = permit_of(records, sign_in, token.secret)
    assert permit.is_fresh
    assert permit.readable_experiments([experiment_id]) == (experiment_id,)

    grant(records, "folder:open", Role.NONE)
    sign_in.look_again()
    assert not permit.is_fresh
    assert permit.readable_experiments([experiment_id]) == ()
    assert permit.is_fresh

    records.revoke_token(token.token.token_id)
    sign_in.look_again()
    with pytest.raises(Unauthenticated):
        permit.readable_experiments([experiment_id])
