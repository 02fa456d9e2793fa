"""`runfold login` by a page of the server, from a terminal that has a browser beside it or none."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from click.testing import CliRunner, Result

from runfold.cli import main
from runfold.config import StoreSettings
from runfold.domain.access import Role
from runfold.errors import NotFound, PermissionDenied, Unauthenticated, Unavailable
from runfold.stores.rest import mlflow_credentials
from runfold.stores.rest.letting_in import LettingIn
from runfold.stores.sql.access.waiting import MAX_WAITING_AT_ADDRESS
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from tests.conftest import NewDatabase
from tests.integration.servers import ServerProcess

CALLS = "/api/runfold/v1"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    new_database: NewDatabase = request.getfixturevalue("new_postgres_database")
    uri = new_database() if request.param == "postgresql" else None
    started = ServerProcess(tmp_path_factory.mktemp("server"), store_uri=uri, processes=2, auth=True)
    try:
        started.start()
        with closing(SqlStore(started.store_uri, StoreSettings())) as records:
            records.finish_setup(records.begin_setup(), "root", PASSWORD)
            records.create_user("ann", password=PASSWORD)
        yield started
    finally:
        started.stop()


@pytest.fixture
def ann(server: ServerProcess) -> Iterator[httpx2.Client]:
    """A browser that is signed in."""
    headers = {"X-Runfold-Page": "1", "Origin": server.uri}
    with httpx2.Client(base_url=server.uri, headers=headers) as browser:
        signed_in = browser.post(f"{CALLS}/sessions/create", json={"name": "ann", "password": PASSWORD})
        assert signed_in.status_code == 200
        yield browser


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


class Terminal:
    """A `runfold login` that waits, and what it has opened in its browser."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._opened = threading.Event()
        self.page = ""
        monkeypatch.setattr("webbrowser.open", self._open)

    def _open(self, page: str) -> None:
        self.page = page
        self._opened.set()

    def login(self, threads: ThreadPoolExecutor, *words: str) -> tuple[Future[Result], str]:
        """The command, and the code that stands in the address it opened."""
        running = threads.submit(run, "login", *words)
        assert self._opened.wait(60)
        return running, parse_qs(urlsplit(self.page).query)["code"][0]


def decide(browser: httpx2.Client, code: str, *, lets_in: bool) -> int:
    answer = browser.post(f"{CALLS}/programs/decide", json={"code": code, "lets_in": lets_in})
    return int(answer.status_code)


def test_a_terminal_is_let_in_by_a_browser_and_signed_out_again(
    server: ServerProcess, ann: httpx2.Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor() as threads:
        words = (server.uri, "--scope", "log", "--days", "7", "--mlflow")
        running, code = Terminal(monkeypatch).login(threads, *words)
        shown = ann.post(f"{CALLS}/programs/show", json={"code": code.lower()}).json()
        assert (shown["scope"], shown["days"], shown["address"]) == ("contributor", 7, "127.0.0.1")
        assert shown["program"].startswith("runfold login on ")
        assert decide(ann, code, lets_in=True) == 200
        assert decide(ann, code, lets_in=True) == 404, "once"
        result = running.result(60)
    assert result.exit_code == 0, result.output
    assert f"{code[:4]}-{code[4:]}" in result.output
    assert "rft_" not in result.output
    assert run("whoami", server.uri).output == "ann, with the scope log.\n"
    file = home / ".mlflow" / "credentials"
    assert file.stat().st_mode & 0o777 == 0o600
    name, secret = mlflow_credentials.read(file)
    with httpx2.Client(base_url=server.uri, auth=(name, secret)) as mlflow:
        assert mlflow.get("/api/2.0/mlflow/users/get", params={"username": "ann"}).status_code == 200
    assert run("logout", server.uri).exit_code == 0
    assert mlflow_credentials.read(file) == ("", "")
    assert run("whoami", server.uri).exit_code == 6


def test_who_is_refused_gets_nothing(
    server: ServerProcess, ann: httpx2.Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(ann.post(f"{CALLS}/tokens/list", json={}).json().get("tokens", []))
    with ThreadPoolExecutor() as threads:
        running, code = Terminal(monkeypatch).login(threads, server.uri)
        assert decide(ann, code, lets_in=False) == 200
        result = running.result(60)
    assert result.exit_code == 6
    assert "said no" in result.output
    assert len(ann.post(f"{CALLS}/tokens/list", json={}).json().get("tokens", [])) == before
    assert not (home / "config").exists()


def test_a_machine_without_a_browser_prints_where_to_go(
    server: ServerProcess, ann: httpx2.Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = threading.Event()
    told: list[str] = []

    def echo(text: str, *, err: bool = False) -> None:
        told.append(text)
        printed.set()

    monkeypatch.setattr("webbrowser.open", lambda page: told.append("a browser was opened"))
    monkeypatch.setattr("click.echo", echo)
    with ThreadPoolExecutor() as threads:
        running = threads.submit(run, "login", server.uri, "--no-browser")
        assert printed.wait(60)
        code = re.search(r"code ([A-Z]{4}-[A-Z]{4})", told[0])
        assert code is not None
        assert f"{server.uri}/let-in?code=" in told[0]
        assert decide(ann, code[1], lets_in=True) == 200
        assert running.result(60).exit_code == 0
    assert "a browser was opened" not in told


def test_neither_tokens_nor_strangers_let_a_program_in(server: ServerProcess, ann: httpx2.Client, home: Path) -> None:
    secret = ann.post(f"{CALLS}/tokens/create", json={"name": "t", "scope": "manager"}).json()["secret"]
    with closing(LettingIn(server.uri)) as waiting:
        asked = waiting.ask("a program", scope=Role.MANAGER, days=1)
    with httpx2.Client(base_url=server.uri, headers={"Authorization": f"Bearer {secret}"}) as program:
        assert decide(program, asked.code, lets_in=True) == 403
        assert program.post(f"{CALLS}/programs/show", json={"code": asked.code}).status_code == 403
    with httpx2.Client(base_url=server.uri) as stranger:
        assert decide(stranger, asked.code, lets_in=True) == 401
    # A page of somebody else's cannot send the header that changes need.
    del ann.headers["X-Runfold-Page"]
    assert decide(ann, asked.code, lets_in=True) == 403


def test_the_store_lets_in_once_as_a_user_who_is_there(server: ServerProcess) -> None:
    with closing(SqlStore(server.store_uri, StoreSettings())) as store:
        store.create_user("leaving", password=PASSWORD)
        made = store.begin_waiting("p", address="192.0.2.1", scope=Role.READER, days=3)
        assert made.secret not in repr(made)
        assert store.collect_waiting(made.secret) is None
        store.decide_waiting(made.waiting.code, user="ann", lets_in=True)
        token = store.collect_waiting(made.secret)
        assert token is not None
        assert (token.token.user, token.token.scope, token.token.name) == ("ann", Role.READER, "p")
        for secret in (made.secret, made.secret + "x"):
            with pytest.raises(Unauthenticated):
                store.collect_waiting(secret)
        second = store.begin_waiting("p", address="192.0.2.1", scope=Role.READER, days=3)
        store.decide_waiting(second.waiting.code, user="leaving", lets_in=True)
        store.update_user("leaving", is_active=False)
        with pytest.raises(Unauthenticated):
            store.collect_waiting(second.secret)
        third = store.begin_waiting("p", address="192.0.2.1", scope=Role.READER, days=3)
        store.decide_waiting(third.waiting.code, user="ann", lets_in=False)
        with pytest.raises(PermissionDenied):
            store.collect_waiting(third.secret)
        for code in (made.waiting.code, third.waiting.code, "", "\0", "x" * 1000):
            with pytest.raises(NotFound):
                store.get_waiting(code)


def test_one_address_does_not_fill_the_table(server: ServerProcess) -> None:
    with closing(SqlStore(server.store_uri, StoreSettings())) as store:
        for _ in range(MAX_WAITING_AT_ADDRESS):
            store.begin_waiting("p", address="192.0.2.9", scope=Role.READER, days=1)
        with pytest.raises(Unavailable):
            store.begin_waiting("p", address="192.0.2.9", scope=Role.READER, days=1)
        store.begin_waiting("p", address="192.0.2.10", scope=Role.READER, days=1)
