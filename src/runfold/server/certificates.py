"""The certificate by which a server speaks HTTPS: checked before it is used, at the start and when it is read anew."""

from __future__ import annotations

import ssl
import time
from pathlib import Path

from runfold.errors import InvalidValue

_SOON_S = 7 * 86_400.0


def check_certificate(certificate: str, key: str) -> None:
    """Raises InvalidValue when HTTPS cannot be spoken with them."""
    for name in (certificate, key):
        if not Path(name).is_file():
            raise InvalidValue(f"The TLS file {name!r} does not exist.")
    try:
        # An empty password: nobody is asked for one at a terminal.
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, password="")
    except OSError as error:
        raise InvalidValue(
            f"HTTPS cannot be spoken with the certificate {certificate!r} and the key {key!r}: {error}. Give PEM "
            "files that belong to each other, the key without a password."
        ) from None


def doubt_about(certificate: str) -> str:
    """Why clients will refuse a certificate that can be used, or soon will; empty when they have no reason."""
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificates(Path(certificate).read_bytes())[0]
    except (OSError, ValueError):
        return ""
    now_s, name = time.time(), repr(certificate)
    begins, ends = found.not_valid_before_utc, found.not_valid_after_utc
    if now_s < begins.timestamp():
        return f"The certificate {name} is valid from {begins:%Y-%m-%d %H:%M} UTC on: clients refuse it until then."
    if now_s > ends.timestamp():
        return f"The certificate {name} has expired at {ends:%Y-%m-%d %H:%M} UTC: clients refuse it. Renew it."
    if now_s > ends.timestamp() - _SOON_S:
        return f"The certificate {name} expires at {ends:%Y-%m-%d %H:%M} UTC."
    return ""
