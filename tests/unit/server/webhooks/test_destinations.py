from __future__ import annotations

import ipaddress
import socket

import pytest

from runfold.errors import InvalidValue, PermissionDenied, Unavailable
from runfold.server.webhooks.destinations import Destinations, is_public

pytestmark = pytest.mark.anyio

PUBLIC = Destinations(["public"])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fc00::1", "fec0::1",
        "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::",
        "2001:db8::1", "::10.0.0.1", "64:ff9b:1::1", "100::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_on_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/x", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/"],
)  # fmt: skip
def test_a_webhook_to_an_address_inside_is_refused_when_it_is_made(url: str) -> None:
    with pytest.raises(PermissionDenied, match="webhook_hosts"):
        PUBLIC.check(url)


@pytest.mark.parametrize(
    "url", ["", "x", "https://", "https://h:99999/", "ftp://example.com/", "https://[::1/", "//h/"]
)
def test_what_is_no_address_is_refused_as_that(url: str) -> None:
    with pytest.raises(InvalidValue):
        PUBLIC.check(url)


def test_plain_http_is_refused_unless_the_host_is_named() -> None:
    with pytest.raises(PermissionDenied, match="https"):
        PUBLIC.check("http://example.com/")

    Destinations(["public", "example.com"]).check("http://example.com/")


@pytest.mark.parametrize("hosts", [["none"], []])
def test_nothing_is_sent_anywhere_when_webhooks_are_off(hosts: list[str]) -> None:
    with pytest.raises(PermissionDenied, match="off here"):
        Destinations(hosts).check("https://example.com/")


@pytest.mark.parametrize("url", ["https://localhost/", "https://LOCALHOST./", "https://0x7f.1/", "https://2130706433/"])
async def test_a_name_that_leads_inside_is_refused_when_it_is_sent_to(url: str) -> None:
    PUBLIC.check(url)

    with pytest.raises(PermissionDenied, match="no name of a public address"):
        await PUBLIC.resolve(url)


async def test_one_address_inside_among_others_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"two.example": ["1.1.1.1", "10.0.0.1"], "one.example": ["1.1.1.1", "1.0.0.1"]}

    def look_up(host: str, port: int, *arguments: object, **options: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    with pytest.raises(PermissionDenied):
        await PUBLIC.resolve("https://two.example/")
    assert (await PUBLIC.resolve("https://one.example/hook?a=1")).addresses == ("1.1.1.1", "1.0.0.1")


async def test_a_named_host_may_lie_inside() -> None:
    found = await Destinations(["localhost"]).resolve("http://localhost:9000/a?b=c")

    assert (found.authority, found.target) == ("localhost:9000", "/a?b=c")
    assert set(found.addresses) <= {"127.0.0.1", "::1"}


async def test_a_host_named_with_a_port_is_reached_at_that_port_alone() -> None:
    destinations = Destinations(["127.0.0.1:9000", "[::1]:9000"])

    await destinations.resolve("http://127.0.0.1:9000/")
    await destinations.resolve("http://[::1]:9000/")
    for url in ("http://127.0.0.1:9001/", "http://[::1]/"):
        with pytest.raises(PermissionDenied, match=r"127\.0\.0\.1:9000"):
            await destinations.resolve(url)


async def test_a_named_host_never_stands_for_the_metadata_of_a_cloud_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: answer)

    with pytest.raises(PermissionDenied):
        await Destinations(["hooks.lan"]).resolve("http://hooks.lan/")
    await Destinations(["169.254.169.254"]).resolve("http://169.254.169.254/")


async def test_a_name_that_does_not_exist_may_do_so_later() -> None:
    with pytest.raises(Unavailable, match="cannot be resolved"):
        await PUBLIC.resolve("https://nobody.invalid/")
