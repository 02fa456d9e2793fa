"""Accounts that their owners link to a provider, and what stands between that and everybody else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from runfold.config import StoreSettings
from runfold.domain.access import Role
from runfold.stores.audit import AuditQuery
from runfold.stores.sql.access.credentials import FREE_ATTEMPTS
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from runfold.testing.stores.records import unique
from tests.integration.browsers import account, call, come_in, until
from tests.integration.providers import Person, ProviderProcess, house_with_provider
from tests.integration.servers import ServerProcess

BACK = "/account#link?"
TOO_LATE = "That took too long, or began in another browser or session. Begin again."


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, ProviderProcess]]:
    """A server of two processes, and the provider that it trusts."""
    with house_with_provider(tmp_path_factory.mktemp("house"), {}) as house:
        yield house


@pytest.fixture
def server(house: tuple[ServerProcess, ProviderProcess]) -> ServerProcess:
    return house[0]


@pytest.fixture
def provider(house: tuple[ServerProcess, ProviderProcess]) -> ProviderProcess:
    return house[1]


@pytest.fixture
def records(server: ServerProcess) -> Iterator[SqlStore]:
    with closing(SqlStore(server.store_uri, StoreSettings())) as store:
        yield store


@pytest.fixture
def new_browser(server: ServerProcess) -> Iterator[Callable[[str], httpx2.Client]]:
    """One in which a user of ours is signed in; of an empty name: nobody."""
    with ExitStack() as browsers:

        def make(name: str) -> httpx2.Client:
            browser = browsers.enter_context(httpx2.Client(base_url=server.uri, timeout=60))
            if name:
                assert call(browser, "sessions/create", name=name, password=PASSWORD).status_code == 200
            return browser

        yield make


@pytest.fixture
def new_person(provider: ProviderProcess) -> Iterator[Callable[[str], Person]]:
    """Somebody whom the provider knows; by the subject, which is new each time."""
    with ExitStack() as browsers:

        def make(name: str) -> Person:
            subject = unique("subject")
            provider.change_people({subject: {"preferred_username": name, "email": f"{name}@example.com"}})
            return browsers.enter_context(closing(Person(provider.issuer, subject)))

        yield make


@pytest.fixture
def ann(records: SqlStore) -> str:
    return records.create_user(unique("ann"), password=PASSWORD).name


@pytest.fixture
def ben(records: SqlStore) -> str:
    return records.create_user(unique("ben"), password=PASSWORD).name


def begin(browser: httpx2.Client, password: str = PASSWORD) -> str:
    begun = call(browser, "account/link", password=password)
    assert begun.status_code == 200, begun.text
    return str(begun.json()["provider_url"])


def said_on_the_way_back(browser: httpx2.Client, person: Person, url: str) -> dict[str, str]:
    """What the page of the account finds in its address."""
    led = browser.get(person.answer(url)).headers["location"]
    assert led.startswith(BACK)
    return {name: value for name, (value,) in parse_qs(led.removeprefix(BACK)).items()}


def link(browser: httpx2.Client, person: Person) -> httpx2.Response:
    return finish(browser, said_on_the_way_back(browser, person, begin(browser)))


def finish(browser: httpx2.Client, said: dict[str, str]) -> httpx2.Response:
    return call(browser, "account/finish-link", **said)


def subjects_of(records: SqlStore, user: str) -> list[str]:
    return [one.subject for one in records.get_ways(user).identities]


def acts(records: SqlStore, user: str) -> list[tuple[str, str, str, str]]:
    found = records.search_audit(AuditQuery(filter=f"who = '{user}' AND action LIKE 'account/%'")).items
    return [(one.act.action, one.act.object, one.act.detail, one.act.result.value) for one in found]


def test_an_owner_links_an_account_signs_in_by_it_and_unlinks_it(
    ann: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    records: SqlStore,
    provider: ProviderProcess,
) -> None:
    browser, person = new_browser(ann), new_person("ann-elsewhere")
    url = begin(browser)
    asked = parse_qs(urlsplit(url).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    linked = finish(browser, said_on_the_way_back(browser, person, url))
    assert linked.status_code == 200, linked.text
    told = linked.json()["identity"]
    assert (told["user"], told["issuer"], told["shown"]) == (ann, provider.issuer, "ann-elsewhere@example.com")
    other = new_browser("")
    assert come_in(other, person) == "/models"
    assert account(other)["name"] == ann
    (known,) = records.get_ways(ann).identities
    assert known.last_sign_in_ms is not None
    gone = call(other, "account/unlink", issuer=provider.issuer, subject=known.subject, password=PASSWORD)
    assert gone.status_code == 200
    assert subjects_of(records, ann) == []
    assert account(other)["name"] == ann, "goes on in a session that it has by the password"
    assert account(browser)["name"] == ann, "began by the password"
    assert come_in(new_browser(""), person) == "/models"
    assert records.find_user("ann-elsewhere") is not None, "who is not linked gets an account of their own"
    detail = f"subject={known.subject} issuer={provider.issuer}"
    assert acts(records, ann) == [
        ("account/unlink", f"user:{ann}", detail, "allowed"),
        ("account/finish-link", f"user:{ann}", detail, "allowed"),
        ("account/link", "", "", "allowed"),
    ]


@pytest.mark.parametrize(
    "words", [{}, {"max_age": "100000"}, {"prompt": "consent"}, {"max_age": "100000", "prompt": "consent"}]
)
def test_who_was_not_asked_anew_is_linked_to_nobody(
    ann: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    records: SqlStore,
    provider: ProviderProcess,
    words: dict[str, str],
) -> None:
    """A browser left open at the provider, whose question somebody changes on the way there."""
    browser, person = new_browser(ann), new_person("ann-elsewhere")
    provider.set_clock(-600)
    try:
        come_in(new_browser(""), person)
    finally:
        provider.set_clock(0)
    url = httpx2.URL(begin(browser))
    changed = url.copy_remove_param("prompt").copy_remove_param("max_age").copy_merge_params(words)
    refused = finish(browser, said_on_the_way_back(browser, person, str(changed)))
    assert (refused.status_code, "could not be trusted" in refused.json()["message"]) == (400, True)
    assert subjects_of(records, ann) == []


@pytest.mark.parametrize("ahead_s", [-40, 40])
def test_clocks_that_differ_a_little_link_all_the_same(
    ann: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    provider: ProviderProcess,
    ahead_s: int,
) -> None:
    browser, person = new_browser(ann), new_person("ann-elsewhere")
    provider.set_clock(ahead_s)
    try:
        assert link(browser, person).status_code == 200
    finally:
        provider.set_clock(0)


def test_without_the_password_nothing_begins_and_guesses_wait_as_at_the_sign_in(
    ann: str, new_browser: Callable[[str], httpx2.Client], records: SqlStore
) -> None:
    browser = new_browser(ann)
    answers = [call(browser, "account/link", password=f"guess {n}") for n in range(FREE_ATTEMPTS)]
    assert {(answer.status_code, "set-cookie" in answer.headers) for answer in answers} == {(401, False)}
    assert call(browser, "account/link", password=PASSWORD).status_code == 429
    assert call(new_browser(""), "sessions/create", name=ann, password=PASSWORD).status_code == 429
    assert ("account/link", "", "", "refused") in acts(records, ann)


def test_a_token_or_password_links_nothing(ann: str, server: ServerProcess, records: SqlStore) -> None:
    secret = records.create_token(ann, scope=Role.MANAGER).secret
    for authorization in ({"auth": (ann, PASSWORD)}, {"headers": {"Authorization": f"Bearer {secret}"}}):
        with httpx2.Client(base_url=server.uri, **authorization) as program:  # type: ignore[arg-type]
            begun = program.post("/api/runfold/v1/account/link", json={"password": PASSWORD})
            assert (begun.status_code, "by a browser" in begun.json()["message"]) == (403, True)
            ended = program.post("/api/runfold/v1/account/finish-link", json={"code": "x", "state": "link-x"})
            assert ended.status_code == 403


def test_whoever_is_linked_to_somebody_else_is_not_linked_again(
    ann: str,
    ben: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    records: SqlStore,
) -> None:
    person = new_person("one")
    assert link(new_browser(ann), person).status_code == 200
    refused = link(new_browser(ben), person)
    assert (refused.status_code, "signs in as another user" in refused.json()["message"]) == (400, True)
    assert ann not in refused.text
    assert (len(subjects_of(records, ann)), subjects_of(records, ben)) == (1, [])
    assert link(new_browser(ann), person).status_code == 200, "again is no error"


def test_an_answer_counts_once_in_the_browser_and_session_that_asked(
    ann: str,
    ben: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    records: SqlStore,
) -> None:
    browser, person = new_browser(ann), new_person("one")
    said = said_on_the_way_back(browser, person, begin(browser))
    for other in (new_browser(ann), new_browser(ben)):
        refused = finish(other, said)
        assert (refused.status_code, refused.json()["message"]) == (400, TOO_LATE)
    assert finish(browser, {**said, "state": "link-another"}).json()["message"] == TOO_LATE
    held = dict(browser.cookies)
    assert finish(browser, said).status_code == 200
    again = new_browser("")
    again.cookies.update(held)
    assert finish(again, said).json()["message"] == TOO_LATE
    assert len(subjects_of(records, ann)) == 1


def test_an_attackers_answer_is_not_taken_in_a_browser_that_is_linking_or_not(
    ann: str,
    ben: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    records: SqlStore,
) -> None:
    """Ben would like ann's account to be linked to him at the provider, so that he comes in as her."""
    bens, anns = new_browser(ben), new_browser(ann)
    said = said_on_the_way_back(bens, new_person("ben"), begin(bens))
    for _ in range(2):
        assert finish(anns, said).json()["message"] == TOO_LATE
        assert finish(anns, {**said, "state": said["state"].removeprefix("link-")}).json()["message"] == TOO_LATE
        url = begin(anns)  # and once while she is at it
    own = said_on_the_way_back(anns, new_person("ann"), url)
    mixed = finish(anns, {**own, "code": said["code"]})
    assert (mixed.status_code, "could not be trusted" in mixed.json()["message"]) == (400, True)
    assert subjects_of(records, ann) == subjects_of(records, ben) == []


def test_a_planted_cookie_links_nobody_to_an_attackers_account(
    ann: str,
    ben: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    records: SqlStore,
) -> None:
    """The reverse: a neighbouring host sets ben's cookie in ann's browser, and sends her through the provider."""
    bens, anns = new_browser(ben), new_browser(ann)
    url = begin(bens)
    planted = {name: value for name, value in bens.cookies.items() if "oidc-link" in name}
    assert planted
    anns.cookies.update(planted)
    said = said_on_the_way_back(anns, new_person("ann"), url)
    assert finish(anns, said).json()["message"] == TOO_LATE
    assert subjects_of(records, ann) == subjects_of(records, ben) == []


def test_an_answer_to_a_sign_in_links_nothing_and_one_to_a_link_signs_nobody_in(
    ann: str, new_browser: Callable[[str], httpx2.Client], new_person: Callable[[str], Person], records: SqlStore
) -> None:
    browser, person = new_browser(ann), new_person("one")
    led = browser.get("/oidc/start").headers["location"]
    (code,) = parse_qs(urlsplit(person.answer(led)).query)["code"]
    begin(browser)
    assert finish(browser, {"code": code, "state": "link-x"}).json()["message"] == TOO_LATE
    said = said_on_the_way_back(browser, person, begin(browser))
    said["state"] = said["state"].removeprefix("link-")
    assert browser.get("/oidc/callback", params=said).headers["location"] == "/sign-in?reason=expired"
    assert subjects_of(records, ann) == []


@pytest.mark.parametrize("ends_by", ["sign-out", "sign-out everywhere", "another user", "a new password", "time"])
def test_a_session_that_ended_or_changed_in_between_links_nothing(
    ends_by: str,
    ann: str,
    ben: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    records: SqlStore,
) -> None:
    browser = new_browser(ann)
    said = said_on_the_way_back(browser, new_person("one"), begin(browser))
    match ends_by:
        case "sign-out":
            call(browser, "sessions/end")
        case "sign-out everywhere":
            records.end_sessions(ann)
            until(lambda: account(browser) is None, "still signed in")
        case "another user":
            call(browser, "sessions/create", name=ben, password=PASSWORD)
        case "a new password":
            call(browser, "account/password", old_password=PASSWORD, new_password=f"{PASSWORD} again")
        case "time":
            with closing(sqlite3.connect(records.uri.removeprefix("sqlite:///"))) as database, database:
                database.execute("UPDATE sessions SET link_expires = 1 WHERE link_digest != ''")
    assert finish(browser, said).status_code in (400, 401)
    assert subjects_of(records, ann) == subjects_of(records, ben) == []


def test_a_strangers_page_begins_and_ends_nothing(
    ann: str, new_browser: Callable[[str], httpx2.Client], server: ServerProcess
) -> None:
    browser = new_browser(ann)
    for name in ("account/link", "account/finish-link", "account/unlink"):
        fields = {"password": PASSWORD, "issuer": "x", "subject": "x"}
        for headers in ({}, {"Origin": "http://evil.example", "X-Runfold-Page": "1"}, {"Origin": server.uri}):
            answer = browser.post(f"/api/runfold/v1/{name}", json=fields, headers=headers)
            assert answer.status_code == 403, (name, headers)


def test_who_cancels_at_the_provider_is_told_so_and_begins_anew(
    ann: str, new_browser: Callable[[str], httpx2.Client], new_person: Callable[[str], Person], records: SqlStore
) -> None:
    browser, person = new_browser(ann), new_person("one")
    led = browser.get(person.answer(begin(browser), consents=False)).headers["location"]
    said = {name: value for name, (value,) in parse_qs(led.removeprefix(BACK)).items()}
    assert said["error"] == "access_denied"
    refused = finish(browser, {name: said[name] for name in ("state", "error", "iss")})
    assert refused.json()["message"] == "You did not sign in at the provider, so nothing is linked."
    assert subjects_of(records, ann) == []
    assert link(browser, person).status_code == 200


def test_what_the_provider_shows_of_somebody_changes_with_it_and_decides_nothing(
    ann: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    records: SqlStore,
    provider: ProviderProcess,
) -> None:
    person = new_person("maiden")
    assert link(new_browser(ann), person).status_code == 200
    (subject,) = subjects_of(records, ann)
    provider.change_people({subject: {"preferred_username": "root", "email": "married@example.com"}})
    browser = new_browser("")
    assert come_in(browser, person) == "/models"
    assert account(browser)["name"] == ann
    assert records.get_ways(ann).identities[0].shown == "married@example.com"


def test_the_last_way_to_sign_in_stays(
    ann: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    records: SqlStore,
    provider: ProviderProcess,
) -> None:
    browser, person = new_browser(""), new_person(unique("newcomer"))
    come_in(browser, person)
    name = account(browser)["name"]
    (subject,) = subjects_of(records, name)
    told = call(browser, "identities/list").json()
    assert (told.get("has_password", False), len(told["identities"])) == (False, 1)
    for password in ("", PASSWORD):
        refused = call(browser, "account/unlink", issuer=provider.issuer, subject=subject, password=password)
        assert refused.status_code == 401
    assert subjects_of(records, name) == [subject]
    wrong = call(new_browser(ann), "account/unlink", issuer=provider.issuer, subject=subject, password=PASSWORD)
    assert wrong.status_code == 404


def test_while_the_provider_is_away_one_is_told_so(
    ann: str,
    new_browser: Callable[[str], httpx2.Client],
    new_person: Callable[[str], Person],
    server: ServerProcess,
    provider: ProviderProcess,
    records: SqlStore,
) -> None:
    browser, person = new_browser(ann), new_person("one")
    said = said_on_the_way_back(browser, person, begin(browser))
    provider.stop()
    try:
        assert finish(browser, said).status_code == 503
        server.stop()
        server.start()  # what it remembered of the provider is gone
        assert call(browser, "account/link", password=PASSWORD).status_code == 503
        assert browser.get("/oidc/start").headers["location"] == "/sign-in?reason=away"
        assert account(browser)["name"] == ann
    finally:
        provider.start()
    assert subjects_of(records, ann) == []
