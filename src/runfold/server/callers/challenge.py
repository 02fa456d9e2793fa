"""How a caller is told that the server wants to know who they are.

Programs get the header that basic authentication asks by. A browser would answer it with a prompt of its own, which
has no sign-out; so pages get a scheme that browsers do not know, and who opens an address is led to the sign-in page.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.types import Scope

from runfold.server.callers.cookies import PAGE_HEADER
from runfold.server.web.http import header

SIGN_IN_PATH = "/sign-in"
_NO_PROMPT = 'Session realm="Runfold"'


def without_prompt(scope: Scope, headers: dict[str, str]) -> dict[str, str]:
    """The headers of an answer 401, as this caller should get them."""
    is_browser = header(scope, b"sec-fetch-mode") or header(scope, PAGE_HEADER)
    return {**headers, "WWW-Authenticate": _NO_PROMPT} if is_browser and "WWW-Authenticate" in headers else headers


def opens_page(scope: Scope) -> bool:
    """Whether somebody opens an address in a browser, rather than a page or a program that asks for data."""
    is_document = header(scope, b"sec-fetch-dest") in ("", "document")
    return scope["method"] == "GET" and is_document and "text/html" in header(scope, b"accept")


def sign_in_address(prefix: str, scope: Scope) -> str:
    """The sign-in page, which leads back to what was asked for."""
    query = str(scope["query_string"], "latin-1")
    asked = scope["path"] + (f"?{query}" if query else "")
    return f"{prefix}{SIGN_IN_PATH}?next={quote(asked, safe='')}"
