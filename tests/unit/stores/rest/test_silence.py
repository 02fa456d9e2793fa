"""What a client says of servers that it cannot trust, or that speak something else."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer
from threading import Thread

import pytest

from runfold.errors import Unavailable
from runfold.stores.rest.access import Access
from runfold.stores.rest.connection import Connection
from runfold.wire.messages.base import Empty
from tests.unit.server.webhooks.certificates import write_certificate


class Server(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Of clients that go away because they do not trust it."""


@contextmanager
def listening(certificate: tuple[Path, Path] | None) -> Iterator[str]:
    """The address of a server that knows no call, without its scheme."""
    with Server(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(30)


def said_of(address: str, ca_file: Path | None = None) -> str:
    """What a call ends with, which is tried once."""
    access = Access(base_url=address, headers={}, ca_file=str(ca_file or ""))
    pauses: list[float] = []
    connection = Connection(access, timeout_s=30, sleep=pauses.append)
    with closing(connection), pytest.raises(Unavailable) as refused:
        connection.call("account", Empty(), Empty)
    assert pauses == [] or "HTTP" in str(refused.value), "another certificate comes no sooner than by hand"
    assert "[SSL" not in str(refused.value)
    assert "_ssl.c" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("host", "days", "is_known", "says"),
    [
        ("127.0.0.1", (-3, -1), True, "its certificate has expired. Whoever runs the server renews it"),
        ("127.0.0.1", (1, 3), True, "its certificate is not yet valid."),
        ("other.example", (-1, 1), True, "certificate is not valid for '127.0.0.1'. Use the name"),
        ("127.0.0.1", (-1, 1), False, "MLFLOW_TRACKING_SERVER_CERT_PATH"),
    ],
    ids=["expired", "early", "of another name", "of an unknown authority"],
)
def test_a_certificate_that_is_not_trusted_is_told_with_what_to_do(
    tmp_path: Path, host: str, days: tuple[float, float], is_known: bool, says: str
) -> None:
    certificate = write_certificate(tmp_path, host, days=days)
    with listening(certificate) as address:
        told = said_of(f"https://{address}", certificate[0] if is_known else None)
    assert told.startswith(f"https://{address} cannot be trusted, and nothing was sent: ")
    assert says in told


def test_the_wrong_scheme_is_told(tmp_path: Path) -> None:
    with listening(None) as address:
        assert "its address begins with http://" in said_of(f"https://{address}")
    with answering_an_alert() as address:
        assert "its address begins with https://" in said_of(f"http://{address}")


@contextmanager
def answering_an_alert() -> Iterator[str]:
    """What a server of HTTPS says to whoever speaks plain HTTP."""

    class Alert(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"\x15\x03\x03\x00\x02\x02\x32")

    with TCPServer(("127.0.0.1", 0), Alert) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(30)
