"""The cookie of a session, and what a request must show that a browser sends with it.

A browser sends cookies with every request to this host, whoever made it send the request. `SameSite=Strict` keeps it
from doing so for pages of other sites; but another port of this host counts as the same site, and an old browser may
know nothing of it. So what changes something by a session also needs a header that pages of strangers cannot send
without asking first, beside the Origin that `server.security` looks at for everybody.
"""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie

from starlette.types import Scope

from runfold.config import ServerSettings
from runfold.server.web.http import Refused, header
from runfold.server.web.proxies import Proxies

PAGE_HEADER = b"x-runfold-page"
"""Pages of ours send it with every call: it tells that no prompt of the browser is wanted, and that they are ours."""

Header = tuple[bytes, bytes]


class SessionCookie:
    """Named after the port, and the path in front: browsers tell servers of one host apart by neither."""

    def __init__(self, settings: ServerSettings, proxies: Proxies, purpose: str = "session") -> None:
        self._proxies = proxies
        mounted = re.sub(r"[^A-Za-z0-9]+", "-", settings.static_prefix)
        self._secure_name = f"__Host-runfold-{purpose}{mounted}"
        self._plain_name = f"runfold-{purpose}-{settings.port}{mounted}"

    def read(self, scope: Scope) -> str:
        """What the browser sends; empty when nothing."""
        name = self._name(scope)
        for key, value in scope["headers"]:
            if key == b"cookie" and name.encode() in value:
                try:
                    found = SimpleCookie(str(value, "latin-1")).get(name)
                except CookieError:
                    continue
                if found is not None:
                    return found.value
        return ""

    def set(self, scope: Scope, value: str, *, max_age_s: int, same_site: str = "Strict") -> Header:
        secure = "; Secure" if self._proxies.is_secure(scope) else ""
        text = f"{self._name(scope)}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite={same_site}{secure}"
        return b"set-cookie", text.encode("latin-1")

    def clear(self, scope: Scope) -> Header:
        return self.set(scope, "", max_age_s=0)

    def _name(self, scope: Scope) -> str:
        return self._secure_name if self._proxies.is_secure(scope) else self._plain_name


def check_is_page_of_ours(scope: Scope) -> None:
    """Raises Refused: 403 for what a stranger's page may have sent."""
    says_where_from = header(scope, b"origin") or header(scope, b"sec-fetch-site")
    if not header(scope, PAGE_HEADER) or not says_where_from:
        raise Refused(
            403,
            "PERMISSION_DENIED",
            f"What changes something by a browser's session needs the header {PAGE_HEADER.decode()}: 1 and an Origin. "
            "Programs sign in with a token.",
        )
