"""Signing in by a provider of OpenID Connect in a process of its own (oidc-provider-mock, on Authlib)."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from runfold.config import StoreSettings
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from tests.integration.servers import ServerProcess

PEOPLE = [
    {"sub": "1001", "preferred_username": "ann", "groups": ["vision", "admins", "elsewhere"]},
    {"sub": "1002", "preferred_username": "ben", "groups": []},
    {"sub": "1003", "preferred_username": "taken", "groups": []},
    {"sub": "1004"},
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    people = [word for person in PEOPLE for word in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *people]
    # Authlib asks for HTTPS otherwise; this is loopback.
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while not _answers(address):
        assert time.monotonic() < deadline, "the provider does not start"
        assert process.poll() is None, "the provider has ended"
        time.sleep(0.05)
    with urllib.request.urlopen(f"{address}/.well-known/openid-configuration") as told:
        issuer = json.load(told)["issuer"]
    yield issuer
    process.terminate()
    process.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=1) as told:
            return bool(told.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def server(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder: Path = tmp_path_factory.mktemp("server")
    (folder / "secret").write_text("the client's secret\n")
    settings = {
        "oidc_issuer": issuer,
        "oidc_client_id": "runfold",
        "oidc_client_secret_file": str(folder / "secret"),
        "oidc_groups": ["vision"],
        "oidc_admin_group": "admins",
    }
    started = ServerProcess(folder, auth=True, more=settings)
    started.start()
    with closing(SqlStore(started.store_uri, StoreSettings())) as records:
        records.finish_setup(records.begin_setup(), "root", PASSWORD)
        records.create_user("taken", password=PASSWORD)
    yield started
    started.stop()


@pytest.fixture
def browser(server: ServerProcess) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.uri, follow_redirects=False) as client:
        yield client


def go(browser: httpx2.Client, subject: str, *, next_page: str = "/") -> httpx2.Response:
    """To the provider, through its form, and back."""
    return browser.get(way_back(browser, subject, next_page=next_page))


def way_back(browser: httpx2.Client, subject: str, *, next_page: str = "/") -> str:
    led = browser.get("/oidc/start", params={"next": next_page})
    assert led.status_code == 303
    with httpx2.Client(follow_redirects=False) as at_provider:
        given = at_provider.post(led.headers["location"], data={"sub": subject})
    assert given.status_code in (302, 303), given.text
    return str(given.headers["location"])


def account(browser: httpx2.Client) -> dict[str, object]:
    answer = browser.get("/api/runfold/v1/account", headers={"X-Runfold-Page": "1"})
    assert answer.status_code == 200, answer.text
    user: dict[str, object] = answer.json()["user"]
    return user


def test_who_comes_by_the_provider_gets_an_account_and_the_groups_that_it_says(
    browser: httpx2.Client, server: ServerProcess
) -> None:
    back = go(browser, "1001", next_page="/experiments/0?tab=charts")
    assert (back.status_code, back.headers["location"]) == (303, "/experiments/0?tab=charts")
    found = account(browser)
    assert (found["name"], found["is_admin"]) == ("ann", True)
    with closing(SqlStore(server.store_uri, StoreSettings())) as records:
        # Of the provider's groups those that the settings name.
        assert {group.name: group.members for group in records.list_groups()} == {"vision": ("ann",)}
    with httpx2.Client(base_url=server.uri) as again:
        assert go(again, "1001").headers["location"] == "/"
        assert account(again) == found


def test_the_start_asks_for_a_code_with_pkce_state_and_nonce(browser: httpx2.Client) -> None:
    led = browser.get("/oidc/start")
    query = parse_qs(urlsplit(led.headers["location"]).query)
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert len({*query["state"], *query["nonce"], *query["code_challenge"]}) == 3
    assert "SameSite=Lax" in led.headers["set-cookie"]
    assert "HttpOnly" in led.headers["set-cookie"]


def test_an_answer_counts_in_the_browser_that_asked_and_once(browser: httpx2.Client, server: ServerProcess) -> None:
    url = way_back(browser, "1002")
    with httpx2.Client(base_url=server.uri) as stranger:
        assert stranger.get(url).headers["location"] == "/sign-in?reason=expired"
    held = dict(browser.cookies)
    assert browser.get(url).headers["location"] == "/"
    assert account(browser)["name"] == "ben"
    with httpx2.Client(base_url=server.uri, cookies=held) as again:
        assert again.get(url).headers["location"] == "/sign-in?reason=refused"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "wrong"}, "expired"),
        ({"code": "wrong"}, "refused"),
        ({"code": ""}, "cancelled"),
        ({"error": "access_denied"}, "cancelled"),
        ({"iss": "https://evil.example"}, "refused"),
    ],
)
def test_what_does_not_fit_is_not_taken(browser: httpx2.Client, change: dict[str, str], reason: str) -> None:
    url = httpx2.URL(way_back(browser, "1002")).copy_merge_params(change)
    assert browser.get(url).headers["location"] == f"/sign-in?reason={reason}"
    assert browser.get("/api/runfold/v1/account", headers={"X-Runfold-Page": "1"}).status_code == 401


@pytest.mark.parametrize(("subject", "reason"), [("1003", "unknown"), ("1004", "refused")])
def test_nobody_gets_an_account_of_somebody_else_or_one_without_a_name(
    browser: httpx2.Client, subject: str, reason: str
) -> None:
    assert go(browser, subject).headers["location"] == f"/sign-in?reason={reason}"


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example/", "/\\evil.example", "x", "/a\r\nb: c"])
def test_the_way_back_leads_to_pages_of_ours(browser: httpx2.Client, page: str) -> None:
    assert go(browser, "1002", next_page=page).headers["location"] == "/"


def test_pages_learn_that_there_is_a_provider(browser: httpx2.Client) -> None:
    assert browser.get("/api/runfold/v1/server/info").json()["sign_in_provider"] == "single sign-on"
