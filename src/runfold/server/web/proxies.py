"""What a proxy in front of the server says of a request: from whom it comes, and whether it came by HTTPS.

Anybody can write these headers, so they are believed from the proxies that the operator names, and from nobody else.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.types import Scope

from runfold.errors import InvalidValue

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """
    Args:
        trusted: addresses and networks, such as `127.0.0.1` and `10.0.0.0/8`.
        has_tls: the server itself speaks HTTPS.

    Raises:
        InvalidValue: one is no address.
    """

    def __init__(self, trusted: Iterable[str], *, has_tls: bool) -> None:
        self._trusted = tuple(map(_network, trusted))
        self._has_tls = has_tls

    def is_secure(self, scope: Scope) -> bool:
        """Whether the browser spoke HTTPS with us, or with a proxy that we trust."""
        if self._has_tls:
            return True
        if not self._is_trusted(_peer(scope)):
            return False
        return _hops(scope, b"x-forwarded-proto")[-1:] == ["https"]

    def client(self, scope: Scope) -> str:
        """The address that a request comes from: the nearest one that is no proxy of ours."""
        address = _peer(scope)
        hops = _hops(scope, b"x-forwarded-for")
        while hops and self._is_trusted(address):
            address = hops.pop()
        return address[:100]

    def _is_trusted(self, address: str) -> bool:
        if not self._trusted:
            return False
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped  # how a socket for both families writes it
        return any(found in network for network in self._trusted)


def _hops(scope: Scope, name: bytes) -> list[str]:
    """What each proxy said, the nearest last: some add to the line that they got, others write a line of their own."""
    lines = [str(value, "latin-1") for key, value in scope["headers"] if key == name]
    return [hop.strip().lower() for hop in ",".join(lines).split(",") if hop.strip()]


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise InvalidValue(
            f"The setting trusted_proxies names {text!r}; write addresses or networks, such as 127.0.0.1,10.0.0.0/8."
        ) from None
