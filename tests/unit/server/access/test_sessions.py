"""Signing in by a browser: what it sends, what it gets, and what strangers' pages cannot do with it."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings
from runfold.server import create_app
from runfold.server.web.proxies import Proxies
from runfold.stores.sql.access.credentials import FREE_ATTEMPTS
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import PASSWORD, Team, basic

V1 = "/api/runfold/v1/"
ACCOUNT = f"{V1}account"
PAGE = {"X-Runfold-Page": "1", "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}


@pytest.fixture
def browser(team: Team) -> TestClient:
    """Another client of the same server, with cookies of its own."""
    return TestClient(team.client.app, base_url="http://localhost", raise_server_exceptions=False)


def post(browser: TestClient, call: str, headers: dict[str, str] = PAGE, **fields: Any) -> httpx2.Response:
    return browser.post(V1 + call, json=fields, headers=headers)


def sign_in(browser: TestClient, name: str, password: str = PASSWORD) -> httpx2.Response:
    return post(browser, "sessions/create", name=name, password=password)


def test_a_browser_signs_in_works_and_signs_out(team: Team, browser: TestClient) -> None:
    answer = sign_in(browser, "reader")
    assert (answer.status_code, answer.json()["user"]["name"]) == (200, "reader")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    account = browser.get(ACCOUNT, headers=PAGE).json()
    assert account["user"]["name"] == "reader"
    assert post(browser, "runs/get", run_id=team.run_id).status_code == 200
    secret = next(iter(browser.cookies.values()))
    assert secret not in answer.text
    assert post(browser, "sessions/end").status_code == 200
    assert not list(browser.cookies)
    stale = {**PAGE, "Cookie": cookie.partition(";")[0]}
    assert browser.get(ACCOUNT, headers=stale).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (PAGE, 200),
        ({"Origin": "http://localhost", "X-Runfold-Page": "1"}, 200),
        ({}, 403),
        ({"X-Runfold-Page": "1"}, 403),
        ({"Origin": "http://localhost"}, 403),
        ({**PAGE, "Origin": "http://localhost:8080"}, 403),
        ({**PAGE, "Origin": "http://evil.example"}, 403),
        ({**PAGE, "Origin": "null"}, 403),
        ({**PAGE, "Sec-Fetch-Site": "same-site"}, 403),
        ({**PAGE, "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_session_changes_something_only_from_a_page_of_ours(
    browser: TestClient, headers: dict[str, str], status: int
) -> None:
    sign_in(browser, "manager")
    assert post(browser, "tokens/list", headers).status_code == status


def test_a_token_needs_no_such_header_even_beside_a_cookie(team: Team, browser: TestClient) -> None:
    sign_in(browser, "reader")
    headers = {"Authorization": f"Bearer {team.tokens['manager']}"}
    assert browser.get(ACCOUNT, headers=headers).json()["user"]["name"] == "manager"
    assert post(browser, "tokens/list", headers).status_code == 200


def test_signing_in_again_ends_the_session_before(team: Team, browser: TestClient) -> None:
    name = team.store.create_user(unique("again"), password=PASSWORD).name
    sign_in(browser, name)
    first = next(iter(browser.cookies.values()))
    sign_in(browser, name)
    assert next(iter(browser.cookies.values())) != first
    (only,) = post(browser, "sessions/list").json()["sessions"]
    assert only["is_this"]


def test_the_list_of_browsers_leaves_out_those_that_nobody_used_for_too_long(team: Team, browser: TestClient) -> None:
    user = team.store.create_user(unique("again"), password=PASSWORD)
    sign_in(browser, user.name), sign_in(TestClient(team.client.app, base_url="http://localhost"), user.name)
    (idle,) = (one for one in team.store.list_sessions(user.name) if one.session_id != this_session(browser))
    with closing(sqlite3.connect(team.store.uri.removeprefix("sqlite:///"))) as records, records:
        records.execute("UPDATE sessions SET last_use = 1 WHERE session_id = ?", (idle.session_id,))
    (only,) = post(browser, "sessions/list").json()["sessions"]
    assert (only["session_id"], only["is_this"]) == (this_session(browser), True)


def this_session(browser: TestClient) -> str:
    told: str = browser.get(ACCOUNT, headers=PAGE).json()["session_id"]
    return told


def test_a_guessed_cookie_is_nobody_and_does_not_keep_one_from_signing_in(browser: TestClient) -> None:
    cookie = {**PAGE, "Cookie": "runfold-session-5000=guessed"}
    assert browser.get(ACCOUNT, headers=cookie).status_code == 401
    answer = post(browser, "sessions/create", cookie, name="reader", password=PASSWORD)
    assert answer.status_code == 200
    assert "guessed" not in answer.headers["set-cookie"]


def test_wrong_names_and_wrong_passwords_look_the_same_and_wait_together_with_basic(
    team: Team, browser: TestClient
) -> None:
    known = team.store.create_user(unique("guessed"), password=PASSWORD).name
    for name in (known, unique("nobody")):
        answers = [sign_in(browser, name, f"guess {n}") for n in range(FREE_ATTEMPTS)]
        assert {answer.status_code for answer in answers} == {401}
        assert {answer.json()["message"] for answer in answers} == {
            "The name and the password or token do not go together."
        }
        assert sign_in(browser, name).status_code == 429
        assert browser.get(ACCOUNT, headers=basic(name, PASSWORD)).status_code == 429


def test_signing_out_everywhere_ends_every_browser_and_no_token(team: Team, browser: TestClient) -> None:
    user = team.store.create_user(unique("leaver"), password=PASSWORD)
    other = TestClient(team.client.app, base_url="http://localhost")
    sign_in(browser, user.name), sign_in(other, user.name)
    token = post(browser, "tokens/create", scope="reader").json()["secret"]
    assert len(post(browser, "sessions/list").json()["sessions"]) == 2
    assert post(browser, "sessions/end-all").status_code == 200
    for one in (browser, other):
        assert one.get(ACCOUNT, headers=PAGE).status_code == 401
    assert browser.get(ACCOUNT, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_one_sees_and_ends_sessions_of_ones_own_and_administrators_all(team: Team, browser: TestClient) -> None:
    name = team.store.create_user(unique("owner"), password=PASSWORD).name
    sign_in(browser, name)
    (session,) = post(browser, "sessions/list").json()["sessions"]
    for call, fields in (
        ("sessions/list", {"user": name}),
        ("sessions/end", {"session_id": session["session_id"]}),
        ("sessions/end", {"session_id": session["session_id"], "user": name}),
        ("sessions/end-all", {"user": name}),
    ):
        assert team.post("reader", call, **fields).status_code == 404
    assert "is_this" not in team.post("admin", "sessions/list", user=name).json()["sessions"][0]
    assert team.post("admin", "sessions/end", session_id=session["session_id"]).status_code == 200
    assert browser.get(ACCOUNT, headers=PAGE).status_code == 401


def test_ones_own_password_is_changed_with_the_old_one_and_this_browser_stays(team: Team, browser: TestClient) -> None:
    name = team.store.create_user(unique("changer"), password=PASSWORD).name
    sign_in(browser, name)
    new = PASSWORD + " renewed"
    assert post(browser, "users/update", name=name, password=new).status_code == 403
    wrong = post(browser, "account/password", old_password="guess number 1", new_password=new)
    assert wrong.status_code == 401
    assert post(browser, "account/password", old_password=PASSWORD, new_password="short").status_code == 400
    assert post(browser, "account/password", old_password=PASSWORD, new_password=new).status_code == 200
    assert browser.get(ACCOUNT, headers=PAGE).status_code == 200
    assert len(post(browser, "sessions/list").json()["sessions"]) == 1
    assert sign_in(browser, name, new).status_code == 200


def test_who_opens_an_address_is_led_to_the_sign_in_page_and_nothing_prompts(browser: TestClient) -> None:
    html = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for headers in (html, {**html, "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}):
        led = browser.get(f"{ACCOUNT}?a=b&c=//d", headers=headers, follow_redirects=False)
        assert led.status_code == 303
        assert led.headers["location"] == "/sign-in?next=%2Fapi%2Frunfold%2Fv1%2Faccount%3Fa%3Db%26c%3D%2F%2Fd"
        assert browser.get(led.headers["location"], headers=headers).status_code == 200
    for headers in (PAGE, {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Accept": "image/png"}):
        answer = browser.get(ACCOUNT, headers=headers)
        assert answer.status_code == 401
        assert not answer.headers["www-authenticate"].lower().startswith("basic")
    program = browser.get(ACCOUNT, headers={"Accept": "*/*"})
    assert (program.status_code, program.headers["www-authenticate"][:6]) == (401, "Basic ")


def test_a_wrong_cookie_header_is_passed_over(browser: TestClient) -> None:
    for cookie in ("runfold-session-5000", 'runfold-session-5000="', "=;=;runfold-session-5000", "a" * 5000):
        assert browser.get(ACCOUNT, headers={**PAGE, "Cookie": cookie}).status_code == 401


def test_a_proxy_is_believed_if_it_is_trusted_and_then_cookies_are_bound_to_https() -> None:
    scope = {
        "client": ("10.1.2.3", 1),
        "headers": [(b"x-forwarded-proto", b"https"), (b"x-forwarded-for", b"6.6.6.6, 192.0.2.9, 10.9.9.9")],
    }
    trusting = Proxies(["10.0.0.0/8"], has_tls=False)
    assert trusting.is_secure(scope)
    assert trusting.client(scope) == "192.0.2.9"
    for others in (Proxies([], has_tls=False), Proxies(["127.0.0.1", "::1"], has_tls=False)):
        assert not others.is_secure(scope)
        assert others.client(scope) == "10.1.2.3"
    assert Proxies([], has_tls=True).is_secure({"client": None, "headers": []})


def test_a_proxy_that_adds_lines_of_its_own_is_read_to_the_last_one() -> None:
    """HAProxy leaves the line of the client where it is."""
    lines = [(b"x-forwarded-for", b"6.6.6.6"), (b"x-forwarded-for", b"192.0.2.9")]
    lines += [(b"x-forwarded-proto", b"https"), (b"x-forwarded-proto", b"http")]
    trusting = Proxies(["10.0.0.0/8"], has_tls=False)
    for peer in ("10.1.2.3", "::ffff:10.1.2.3"):
        scope = {"client": (peer, 1), "headers": lines}
        assert (trusting.client(scope), trusting.is_secure(scope)) == ("192.0.2.9", False)


def test_by_https_the_cookie_is_of_this_host_alone(team: Team, tmp_path: Path) -> None:
    settings = ServerSettings(auth=True, tls_cert="cert.pem", tls_key="key.pem")
    app = create_app(settings, team.store, LocalArtifacts(tmp_path))
    answer = TestClient(app, base_url="https://localhost").post(
        f"{V1}sessions/create",
        json={"name": "reader", "password": PASSWORD},
        headers={**PAGE, "Origin": "https://localhost"},
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-runfold-session=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()


def test_by_https_a_cookie_that_a_neighbouring_host_could_set_counts_for_nothing(team: Team, tmp_path: Path) -> None:
    """A page of a sibling can set any cookie for the common domain, but none whose name begins with `__Host-`."""
    settings = ServerSettings(auth=True, tls_cert="cert.pem", tls_key="key.pem")
    client = TestClient(create_app(settings, team.store, LocalArtifacts(tmp_path)), base_url="https://localhost")
    page = {**PAGE, "Origin": "https://localhost"}
    secrets = {}
    for name in ("reader", "stranger"):
        begun = client.post(f"{V1}sessions/create", json={"name": name, "password": PASSWORD}, headers=page)
        secrets[name] = begun.headers["set-cookie"].partition(";")[0].partition("=")[2]
        client.cookies.clear()
    own = f"__Host-runfold-session={secrets['reader']}"
    for tossed_name in (
        "runfold-session-5000",
        "runfold-session-443",
        "host-runfold-session",
        "__host-runfold-session",
    ):
        tossed = f"{tossed_name}={secrets['stranger']}"
        assert client.get(ACCOUNT, headers={**page, "Cookie": tossed}).status_code == 401
        for sent in (f"{tossed}; {own}", f"{own}; {tossed}"):
            account = client.get(ACCOUNT, headers={**page, "Cookie": sent}).json()
            assert account["user"]["name"] == "reader"


def test_a_session_that_somebody_prepared_is_not_the_one_that_one_signs_in_to(team: Team, browser: TestClient) -> None:
    """Fixation: an attacker signs in, plants the cookie in somebody's browser, and waits until they sign in."""
    attacker = TestClient(team.client.app, base_url="http://localhost")
    sign_in(attacker, "stranger")
    browser.cookies.update(attacker.cookies)
    sign_in(browser, "reader")
    assert browser.get(ACCOUNT, headers=PAGE).json()["user"]["name"] == "reader"
    assert attacker.get(ACCOUNT, headers=PAGE).status_code == 401, "theirs is over, and was never the victim's"


def test_calls_that_are_the_first_for_a_while_all_pass_and_keep_one_session(team: Team, browser: TestClient) -> None:
    """The note of a session's use is due, and a page to which somebody comes back sends a dozen calls at once."""
    user = team.store.create_user(unique("back"), password=PASSWORD)
    sign_in(browser, user.name)
    cookie = {**PAGE, "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    with closing(sqlite3.connect(team.store.uri.removeprefix("sqlite:///"))) as records, records:
        records.execute("UPDATE sessions SET last_use = last_use - 3600000")
    began_ms = time.time_ns() // 1_000_000
    with ThreadPoolExecutor(12) as pages:
        answers = list(pages.map(lambda _: team.client.get(ACCOUNT, headers=cookie), range(24)))
    assert {(answer.status_code, answer.json()["user"]["name"]) for answer in answers} == {(200, user.name)}
    assert not any("set-cookie" in answer.headers for answer in answers)
    (only,) = team.store.list_sessions(user.name)
    assert only.last_use_ms >= began_ms - 5000


def test_a_sign_out_that_races_with_calls_leaves_nothing_open(team: Team, browser: TestClient) -> None:
    user = team.store.create_user(unique("racing"), password=PASSWORD)
    sign_in(browser, user.name)
    cookie = {**PAGE, "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    with ThreadPoolExecutor(12) as pages:
        calls = [pages.submit(team.client.get, ACCOUNT, headers=cookie) for _ in range(12)]
        assert team.client.post(f"{V1}sessions/end", json={}, headers=cookie).status_code == 200
        assert team.client.get(ACCOUNT, headers=cookie).status_code == 401
        assert {call.result().status_code for call in calls} <= {200, 401}
    assert team.client.get(ACCOUNT, headers=cookie).status_code == 401, "no call that was late remembered it anew"
