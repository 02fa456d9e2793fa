"""Where webhooks may be sent.

Whoever makes a webhook makes this server send a request, from inside its network. So a name is resolved here, every
address that it stands for is looked at, and the connection goes to an address that was looked at: a name that means
another address a moment later (DNS rebinding) gains nothing. Names that the operator lists may lie in internal
networks.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from runfold.domain.webhook import check_url
from runfold.errors import PermissionDenied, Unavailable

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PUBLIC, NONE = "public", "none"
_PORTS = {"http": 80, "https": 443}
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# IPv6 addresses that stand for an IPv4 one, by where that is in them.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Destination(NamedTuple):
    """
    Attributes:
        host: as it stands in the URL, without brackets.
        target: path and query.
        addresses: all checked; to be tried in this order.
    """

    scheme: str
    host: str
    port: int
    target: str
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """For the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


class Destinations:
    """
    Args:
        hosts: `public`, `none`, names and addresses, each for all ports or with one.
    """

    def __init__(self, hosts: Sequence[str]) -> None:
        self.hosts = tuple(hosts)
        self._has_public = PUBLIC in hosts
        self._named = {host.lower().rstrip(".") for host in hosts} - {PUBLIC, NONE}

    def check(self, url: str) -> None:
        """Look at what can be known without resolving the name.

        Raises:
            InvalidValue: it is no address.
            PermissionDenied: nothing may be sent there.
        """
        check_url(url)
        scheme, host, port, _ = _parts(url)
        if self._is_named(host, port):
            return
        if not self._has_public:
            allowed = f"They may be sent to {', '.join(sorted(self._named))}." if self._named else "They are off here."
            raise PermissionDenied(f"Webhooks may not be sent to {host}. {allowed} {_ADVICE}")
        if scheme != "https":
            raise PermissionDenied(f"Webhooks are sent over https, and {url!r} is not. {_ADVICE}")
        literal = _literal(host)
        if literal is not None and not is_public(literal):
            raise PermissionDenied(f"{host} is no public address, so webhooks may not be sent there. {_ADVICE}")

    async def resolve(self, url: str) -> Destination:
        """
        Raises:
            PermissionDenied: nothing may be sent there.
            Unavailable: the name does not resolve now.
        """
        self.check(url)
        scheme, host, port, target = _parts(url)
        found = await _look_up(host, port)
        is_named = self._is_named(host, port)
        for address in found:
            parsed = ipaddress.ip_address(address.partition("%")[0])
            if not (is_public(parsed) or (is_named and _may_be_internal(parsed, _literal(host)))):
                raise PermissionDenied(f"{host} is no name of a public address, so nothing is sent there. {_ADVICE}")
        return Destination(scheme, host, port, target, found)

    def _is_named(self, host: str, port: int) -> bool:
        shown = f"[{host}]" if ":" in host else host
        return not self._named.isdisjoint({host, shown, f"{shown}:{port}"})


_ADVICE = "The setting webhook_hosts of the server names where else they may go."


def _parts(url: str) -> tuple[str, str, int, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, parts.port or _PORTS[parts.scheme], target


async def _look_up(host: str, port: int) -> tuple[str, ...]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no host name"
        raise Unavailable(f"The name {host} cannot be resolved: {reason}.") from error
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: IpAddress) -> bool:
    """Whether an address can belong to somebody on the internet, and to nobody inside.

    IPv6 addresses that carry an IPv4 one are what that is; of the others, only global unicast is public, without the
    ranges of tunnels (6to4, Teredo), whose ends can be inside.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not address.is_reserved
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    is_tunnel = address.sixtofour is not None or address.teredo is not None
    return address in _GLOBAL_UNICAST and address.is_global and not is_tunnel


def _may_be_internal(address: IpAddress, literal: IpAddress | None) -> bool:
    """Whether a name that the operator lists may stand for it.

    Not for link-local addresses: the credentials of cloud machines are served there. Who means one lists it itself.
    """
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    is_nobody = address.is_unspecified or address.is_multicast
    return not is_nobody and (not address.is_link_local or address == literal)
