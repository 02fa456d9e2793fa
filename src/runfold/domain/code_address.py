"""Addresses of code, as records keep them."""

from __future__ import annotations

from urllib.parse import urlsplit

from runfold.errors import InvalidValue


def check_keeps_no_secret(uri: str) -> None:
    """Refuse an address with a password, or with a user of a web host, which often is a token: whoever may read the
    record would read it. The user of SSH is none.

    Raises:
        InvalidValue: without the address, since errors are logged.
    """
    try:
        parts = urlsplit(uri.removeprefix("git+"))
        is_secret = parts.password is not None or (parts.scheme in ("http", "https") and parts.username is not None)
    except ValueError:
        return  # no URL: a folder, or what `git` will refuse
    if is_secret:
        raise InvalidValue(
            "The address of the code holds a user or password, which everybody who sees the record could read. Leave "
            "them out, and name a credential instead: --credential secret:NAME, env:VARIABLE or file:/path."
        )
