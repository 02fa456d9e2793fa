"""One scoring request to a model somewhere else."""

from __future__ import annotations

import urllib.error
import urllib.request

from runfold.errors import InvalidValue, Unavailable


def post(url: str, body: bytes, content_type: str, *, token: str = "", timeout_s: float = 60) -> bytes:
    """The answer to a scoring request.

    Raises:
        InvalidValue: the model refused the request; the message is its own.
        Unavailable: it cannot be reached.
    """
    headers = {"Content-Type": content_type, **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 (the target's own address)
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310 (http, made above)
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise InvalidValue(f"The model answered {error.code}: {error.read()[:500].decode(errors='replace')}") from None
    except OSError as error:
        raise Unavailable(f"{url} cannot be reached: {error}.") from None
