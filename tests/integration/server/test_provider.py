"""Signing in by a real provider of OpenID Connect, and out again; what it does on the way that users notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from runfold.config import StoreSettings
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from tests.conftest import NewDatabase
from tests.integration.browsers import account, call, come_in, until, way_back
from tests.integration.providers import Person, ProviderProcess, house_with_provider
from tests.integration.servers import ServerProcess

PEOPLE: dict[str, dict[str, object]] = {
    "1001": {"preferred_username": "ann", "groups": ["vision", "admins", "elsewhere"]},
    "1002": {"preferred_username": "ben", "groups": []},
    "1003": {"preferred_username": "taken"},
    "1004": {"preferred_username": "cy", "groups": ["vision"]},
    "1005": {"preferred_username": "di", "groups": ["vision"]},
    "1006": {"preferred_username": "eve"},
    "1007": {"preferred_username": "flo"},
    "1008": {"preferred_username": "gus"},
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServerProcess, ProviderProcess]]:
    """A server of two processes, and the provider that it trusts."""
    new_database: NewDatabase = request.getfixturevalue("new_postgres_database")
    house = house_with_provider(
        tmp_path_factory.mktemp("house"),
        PEOPLE,
        store_uri=new_database() if request.param == "postgresql" else None,
        oidc_scopes=["profile", "email", "groups"],
        oidc_groups=["vision"],
        oidc_admin_group="admins",
    )
    with house as (server, provider):
        with closing(SqlStore(server.store_uri, StoreSettings())) as records:
            records.create_user("taken", password=PASSWORD)
        yield server, provider


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
def browser(server: ServerProcess) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.uri, timeout=60) as client:
        yield client


@pytest.fixture
def person(provider: ProviderProcess) -> Iterator[Callable[[str], Person]]:
    with ExitStack() as browsers:
        yield lambda subject: browsers.enter_context(closing(Person(provider.issuer, subject)))


def groups_of(records: SqlStore, name: str) -> set[str]:
    return {group.name for group in records.list_groups() if name in group.members}


def test_who_comes_by_the_provider_gets_an_account_and_the_groups_that_it_says(
    browser: httpx2.Client, records: SqlStore, person: Callable[[str], Person]
) -> None:
    assert come_in(browser, person("1001")) == "/models"
    assert (account(browser)["name"], account(browser)["is_admin"]) == ("ann", True)
    assert groups_of(records, "ann") == {"vision"}


def test_what_the_provider_says_of_groups_counts_at_the_next_sign_in(
    browser: httpx2.Client, records: SqlStore, provider: ProviderProcess, person: Callable[[str], Person]
) -> None:
    cy = person("1004")
    come_in(browser, cy)
    assert groups_of(records, "cy") == {"vision"}
    provider.change_people({"1004": {"preferred_username": "cy", "groups": ["admins"]}})
    come_in(browser, cy)
    assert groups_of(records, "cy") == set()
    assert account(browser)["is_admin"]
    provider.change_people({"1004": {"preferred_username": "another name", "groups": []}})
    come_in(browser, cy)
    assert (account(browser)["name"], account(browser).get("is_admin", False)) == ("cy", False)


@pytest.mark.parametrize("groups", [None, "vision", {"vision": True}, [["vision"]], [7, None]])
def test_groups_that_are_told_no_longer_or_in_an_odd_way_are_none(
    browser: httpx2.Client,
    records: SqlStore,
    provider: ProviderProcess,
    person: Callable[[str], Person],
    groups: object,
) -> None:
    provider.change_people({"1009": {"preferred_username": "hal", "groups": ["vision", "admins"]}})
    hal = person("1009")
    come_in(browser, hal)
    assert (groups_of(records, "hal"), account(browser)["is_admin"]) == ({"vision"}, True)
    told = {} if groups is None else {"groups": groups}
    provider.change_people({"1009": {"preferred_username": "hal", **told}})
    assert come_in(browser, hal) == "/models"
    assert (groups_of(records, "hal"), account(browser).get("is_admin", False)) == (set(), False)


def test_a_group_that_the_settings_do_not_name_is_left_alone(
    browser: httpx2.Client, records: SqlStore, provider: ProviderProcess, person: Callable[[str], Person]
) -> None:
    provider.change_people({"1010": {"preferred_username": "ida", "groups": ["vision"]}})
    ida = person("1010")
    come_in(browser, ida)
    records.set_group("by hand", ["ida"])
    provider.change_people({"1010": {"preferred_username": "ida", "groups": []}})
    come_in(browser, ida)
    assert groups_of(records, "ida") == {"by hand"}


@pytest.mark.parametrize(
    ("ahead_s", "where"), [(-45, "/models"), (45, "/models"), (300, "refused"), (-1500, "refused")]
)
def test_clocks_may_differ_a_little(
    browser: httpx2.Client, provider: ProviderProcess, person: Callable[[str], Person], ahead_s: int, where: str
) -> None:
    provider.set_clock(ahead_s)
    try:
        assert come_in(browser, person("1002")).endswith(where)
    finally:
        provider.set_clock(0)


def test_the_provider_checks_our_pkce(browser: httpx2.Client, person: Callable[[str], Person]) -> None:
    """A code that was asked for with another verifier is worth nothing, though state and cookie fit."""
    led = httpx2.URL(browser.get("/oidc/start").headers["location"])
    foreign = led.copy_merge_params({"code_challenge": "A" * 43})
    back = person("1002").answer(str(foreign))
    assert browser.get(back).headers["location"] == "/sign-in?reason=refused"
    assert account(browser) is None


def test_a_nonce_of_somebody_elses_question_is_noticed(browser: httpx2.Client, person: Callable[[str], Person]) -> None:
    led = httpx2.URL(browser.get("/oidc/start").headers["location"])
    back = person("1002").answer(str(led.copy_merge_params({"nonce": "another"})))
    assert browser.get(back).headers["location"] == "/sign-in?reason=refused"


def test_a_wrong_state_a_foreign_browser_and_a_second_use_are_refused(
    browser: httpx2.Client, server: ServerProcess, provider: ProviderProcess, person: Callable[[str], Person]
) -> None:
    back = way_back(browser, person("1002"))
    held = dict(browser.cookies)
    assert parse_qs(urlsplit(back).query)["iss"] == [provider.issuer]
    with httpx2.Client(base_url=server.uri) as stranger:
        assert stranger.get(back).headers["location"] == "/sign-in?reason=expired"
    wrong = httpx2.URL(back).copy_merge_params({"state": "another"})
    with httpx2.Client(base_url=server.uri, cookies=held) as copy:
        assert copy.get(wrong).headers["location"] == "/sign-in?reason=expired"
    assert browser.get(back).headers["location"] == "/models"
    with httpx2.Client(base_url=server.uri, cookies=held) as again:
        assert again.get(back).headers["location"] == "/sign-in?reason=refused"


def test_who_refuses_consent_is_not_signed_in(browser: httpx2.Client, person: Callable[[str], Person]) -> None:
    back = way_back(browser, person("1002"), consents=False)
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
    assert browser.get(back).headers["location"] == "/sign-in?reason=cancelled"


def test_the_name_of_a_local_user_is_not_taken_over(browser: httpx2.Client, person: Callable[[str], Person]) -> None:
    assert come_in(browser, person("1003")) == "/sign-in?reason=unknown"


def test_whom_an_administrator_links_signs_in_as_the_user_who_was_here_before(
    browser: httpx2.Client, records: SqlStore, provider: ProviderProcess, person: Callable[[str], Person]
) -> None:
    records.create_user("gus", password=PASSWORD)
    gus = person("1008")
    assert come_in(browser, gus) == "/sign-in?reason=unknown"
    records.link_identity("gus", issuer=provider.issuer, subject="1008")
    assert come_in(browser, gus) == "/models"
    assert account(browser)["name"] == "gus"
    records.unlink_identity("gus", issuer=provider.issuer, subject="1008")
    until(lambda: account(browser) is None, "no longer linked, and still signed in by it")
    assert come_in(browser, gus) == "/sign-in?reason=unknown"
    assert call(browser, "sessions/create", name="gus", password=PASSWORD).status_code == 200


def test_keys_that_the_provider_changed_are_read_anew(
    browser: httpx2.Client, provider: ProviderProcess, person: Callable[[str], Person]
) -> None:
    assert come_in(browser, person("1002")) == "/models"
    provider.stop()
    provider.start()
    for _ in range(4):  # whichever process answers
        assert come_in(browser, person("1002")) == "/models"


def test_signing_out_here_signs_out_at_the_provider(
    browser: httpx2.Client, server: ServerProcess, person: Callable[[str], Person]
) -> None:
    eve = person("1006")
    come_in(browser, eve)
    ended = call(browser, "sessions/end").json()["provider_url"]
    assert account(browser) is None
    assert eve.answer(ended) == f"{server.uri}/sign-in?reason=signed-out"
    led = browser.get("/oidc/start").headers["location"]
    page = eve.browser.get(led, follow_redirects=True)
    assert 'name="prompt" value="login"' in page.text, "the provider asks again"


def test_who_came_by_password_is_not_led_to_the_provider(browser: httpx2.Client) -> None:
    assert call(browser, "sessions/create", name="taken", password=PASSWORD).status_code == 200
    assert call(browser, "sessions/end").json() == {}


def test_who_signs_out_at_the_provider_is_signed_out_here_and_nobody_else(
    browser: httpx2.Client, server: ServerProcess, person: Callable[[str], Person]
) -> None:
    flo, elsewhere = person("1007"), person("1007")
    come_in(browser, flo)
    with httpx2.Client(base_url=server.uri) as other_browser, httpx2.Client(base_url=server.uri) as bens:
        come_in(other_browser, elsewhere)
        come_in(bens, person("1002"))
        flo.sign_out()
        until(lambda: account(browser) is None, "signed out at the provider, and still signed in here")
        # That browser has another session at the provider, and so has ben.
        assert account(other_browser)["name"] == "flo"
        assert account(bens)["name"] == "ben"


def test_nobody_but_the_provider_signs_people_out(browser: httpx2.Client, person: Callable[[str], Person]) -> None:
    come_in(browser, person("1002"))
    for form in ({"logout_token": "x.y.z"}, {"logout_token": ""}, {}):
        assert browser.post("/oidc/logout", data=form).status_code == 400
    assert account(browser)["name"] == "ben"


def test_whom_the_provider_does_not_know_any_more_does_not_come_in(
    browser: httpx2.Client, provider: ProviderProcess, person: Callable[[str], Person]
) -> None:
    provider.change_people({"1005": None})
    led = browser.get("/oidc/start").headers["location"]
    shown = person("1005").sign_in(led)
    assert shown.is_error, "the provider itself says no"
    assert account(browser) is None


def test_a_slow_provider_holds_up_nobody_else(
    browser: httpx2.Client, server: ServerProcess, provider: ProviderProcess, person: Callable[[str], Person]
) -> None:
    back = way_back(browser, person("1002"))
    provider.pause()
    try:
        with ThreadPoolExecutor() as threads:
            waiting = threads.submit(browser.get, back)
            with httpx2.Client(base_url=server.uri, timeout=60) as others:
                assert call(others, "sessions/create", name="taken", password=PASSWORD).status_code == 200
                assert account(others)["name"] == "taken"
            assert not waiting.done()
            provider.go_on()
            assert waiting.result(60).headers["location"] == "/models"
    finally:
        provider.go_on()


def test_while_the_provider_is_down_others_work_and_the_page_says_so(
    browser: httpx2.Client, server: ServerProcess, provider: ProviderProcess, person: Callable[[str], Person]
) -> None:
    come_in(browser, person("1002"))
    with httpx2.Client(base_url=server.uri) as late:
        back = way_back(late, person("1002"))
        provider.stop()
        try:
            assert late.get(back).headers["location"] == "/sign-in?reason=away"
            assert account(browser)["name"] == "ben", "a session needs no provider"
            assert call(late, "sessions/create", name="taken", password=PASSWORD).status_code == 200
        finally:
            provider.start()
