"""`runfold users link`, `unlink` and `identities`, against a server with users."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from click.testing import CliRunner, Result

from runfold.cli import main
from runfold.config import StoreSettings
from runfold.domain.access import Role
from runfold.domain.identity import Identity, IdentityRules
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from runfold.testing.stores.records import unique
from tests.integration.servers import ServerProcess

ISSUER = "https://id.example.com"
Command = Callable[..., Result]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("server"), auth=True)
    process.start()
    with closing(SqlStore(process.store_uri, StoreSettings())) as records:
        records.finish_setup(records.begin_setup(), "root", PASSWORD)
    yield process
    process.stop()


@pytest.fixture
def records(server: ServerProcess) -> Iterator[SqlStore]:
    with closing(SqlStore(server.store_uri, StoreSettings())) as store:
        yield store


@pytest.fixture
def command(server: ServerProcess, records: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command as a user; as the administrator unless another one is named."""
    monkeypatch.setenv("RUNFOLD_TRACKING_URI", server.uri)

    def run(*words: str, by: str = "root") -> Result:
        monkeypatch.setenv("RUNFOLD_TRACKING_TOKEN", records.create_token(by, scope=Role.MANAGER).secret)
        return CliRunner().invoke(main, ["users", *words])

    return run


@pytest.fixture
def ann(records: SqlStore) -> str:
    return records.create_user(unique("ann"), password=PASSWORD).name


def test_a_link_is_made_listed_and_taken_back(command: Command, records: SqlStore, ann: str) -> None:
    subject = unique("subject")
    made = command("link", ann, subject, "--issuer", ISSUER)
    assert (made.exit_code, made.output) == (0, f"{subject} of {ISSUER} signs in as {ann}.\n")
    assert command("link", ann, subject, "--issuer", ISSUER).exit_code == 0, "again is no error"
    known = Identity(issuer=ISSUER, subject=subject, name="elsewhere", shown="ann@example.com")
    assert records.sign_in_identity(known, IdentityRules()).name == ann
    (line,) = command("identities", ann).stdout.splitlines()[1:]
    assert [word in line for word in (ISSUER, subject, "ann@example.com")] == [True] * 3
    (told,) = json.loads(command("identities", ann, "--json").stdout)
    assert (told["issuer"], told["subject"], told["shown"]) == (ISSUER, subject, "ann@example.com")
    assert told["since_ms"] <= told["last_sign_in_ms"]
    gone = command("unlink", ann, subject, "--issuer", ISSUER)
    assert (gone.exit_code, gone.output) == (0, f"{subject} of {ISSUER} signs in as {ann} no more.\n")
    assert command("identities", ann, "--json").stdout == "[]\n"


def test_what_cannot_be_is_refused_in_words(command: Command, records: SqlStore, ann: str) -> None:
    subject, ben = unique("subject"), records.create_user(unique("ben")).name
    robot = records.create_user(unique("robot"), is_service=True).name
    records.link_identity(ben, issuer=ISSUER, subject=subject)
    refused = {
        "taken": command("link", ann, subject, "--issuer", ISSUER),
        "a service": command("link", robot, unique("subject"), "--issuer", ISSUER),
        "nobody": command("link", unique("nobody"), subject, "--issuer", ISSUER),
        "no issuer": command("link", ann, subject),
        "not linked": command("unlink", ann, subject, "--issuer", ISSUER),
        "the last way": command("unlink", ben, subject, "--issuer", ISSUER),
    }
    assert {case: result.exit_code for case, result in refused.items()} == {
        **dict.fromkeys(("taken", "the last way"), 5),
        **dict.fromkeys(("a service", "no issuer"), 2),
        **dict.fromkeys(("nobody", "not linked"), 3),
    }
    said = {case: result.output for case, result in refused.items()}
    assert "signs in as another user here" in said["taken"]
    assert "signs in by tokens alone" in said["a service"]
    assert "--issuer" in said["no issuer"]
    assert f"runfold users invite {ben}" in said["the last way"]
    assert [case for case, words in said.items() if "Traceback" in words] == []
    assert [one.subject for one in records.get_ways(ben).identities] == [subject]


def test_it_is_told_of_who_has_no_password(command: Command, records: SqlStore) -> None:
    ben = records.create_user(unique("ben")).name
    assert command("identities", ben).stderr == f"{ben} has no password.\n"


def test_others_see_their_own_links_and_change_none(command: Command, records: SqlStore, ann: str) -> None:
    subject, ben = unique("subject"), records.create_user(unique("ben"), password=PASSWORD).name
    records.link_identity(ann, issuer=ISSUER, subject=subject)
    assert subject in command("identities", ann, by=ann).stdout
    assert command("identities", ann, by=ben).exit_code == 3
    for words in (("link", ben, unique("subject")), ("unlink", ann, subject)):
        for by in (ann, ben):
            refused = command(*words, "--issuer", ISSUER, by=by)
            assert (refused.exit_code, "administrators" in refused.output) == (6, True)
