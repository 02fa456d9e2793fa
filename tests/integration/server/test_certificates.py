"""A server that speaks HTTPS by itself: its certificate is renewed, or cannot be used."""

from __future__ import annotations

import http.client
import os
import signal
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.browsers import until
from tests.integration.server.test_serve import Server
from tests.unit.server.webhooks.certificates import write_certificate

pytestmark = pytest.mark.slow


def started(tmp_path: Path, **settings: object) -> Server:
    more = {"tls_cert": tmp_path / "certificate.pem", "tls_key": tmp_path / "key.pem", **settings}
    return Server(tmp_path, **more)


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def shown(server: Server) -> bytes:
    """The certificate that the server shows, whoever vouches for it."""
    with server.connect() as plain, _trusting().wrap_socket(plain) as secure:
        return secure.getpeercert(binary_form=True) or b""


def written(file: Path) -> bytes:
    return ssl.PEM_cert_to_DER_cert(file.read_text())


def log_has(server: Server, words: str) -> Callable[[], bool]:
    return lambda: words in server.log()


def test_a_renewed_certificate_is_taken_up_and_no_request_is_lost(tmp_path: Path) -> None:
    certificate, _ = write_certificate(tmp_path, "127.0.0.1")
    before = written(certificate)
    server = started(tmp_path)
    is_over, answers = threading.Event(), []

    def keep_asking() -> None:
        # A new connection each time, as of many clients; whatever the certificate is.
        while not is_over.is_set():
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=_trusting(), timeout=30)
            with closing(connection):
                connection.request("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0")
                answers.append(connection.getresponse().status)

    try:
        assert shown(server) == before
        thread = threading.Thread(target=keep_asking)
        thread.start()
        events = _stream(server)
        write_certificate(tmp_path, "127.0.0.1")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: shown(server) == written(certificate), "the new certificate is not taken up")
        with closing(events):
            while events.recv(1000):  # an open stream ends, so that its reader comes again
                pass
        is_over.set()
        thread.join(60)
        assert set(answers) == {200}
    finally:
        is_over.set()
        code, log = server.end(signal.SIGTERM)
    assert (code, "Traceback" in log) == (0, False)


def _stream(server: Server) -> ssl.SSLSocket:
    secure = _trusting().wrap_socket(server.connect())
    secure.sendall(b"GET /api/runfold/v1/runs/events?experiment_ids=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert secure.recv(100).startswith(b"HTTP/1.1 200")
    return secure


@pytest.mark.parametrize("spoil", ["another key", "no certificate", "away"])
def test_a_certificate_that_cannot_be_used_leaves_the_one_before(tmp_path: Path, spoil: str) -> None:
    certificate, key = write_certificate(tmp_path, "127.0.0.1")
    before = written(certificate)
    server = started(tmp_path)
    try:
        assert shown(server) == before
        if spoil == "another key":
            (tmp_path / "other").mkdir()
            os.replace(write_certificate(tmp_path / "other", "127.0.0.1")[1], key)
        elif spoil == "no certificate":
            certificate.write_text("-----BEGIN NOTHING-----")
        else:
            certificate.unlink()
        server.process.send_signal(signal.SIGHUP)
        until(log_has(server, "the one before stays in use"), "nothing is said")
        assert shown(server) == before
        write_certificate(tmp_path, "127.0.0.1")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: shown(server) == written(certificate), "the new certificate is not taken up")
    finally:
        code, log = server.end(signal.SIGTERM)
    assert (code, "Traceback" in log) == (0, False)


@pytest.mark.parametrize(
    ("days", "says"),
    [((-3, -1), "has expired at"), ((1, 3), "clients refuse it until then"), ((-1, 1), "expires at")],
    ids=["expired", "early", "soon"],
)
def test_a_certificate_that_clients_refuse_is_told_at_the_start(
    tmp_path: Path, days: tuple[float, float], says: str
) -> None:
    write_certificate(tmp_path, "127.0.0.1", days=days)
    server = started(tmp_path)
    try:
        shown(server)
    finally:
        _, log = server.end(signal.SIGTERM)
    assert says in log


@pytest.mark.parametrize("which", ["tls_cert", "tls_key"])
@pytest.mark.parametrize(
    "content", [None, b"", b"\xff\x00", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"]
)
def test_files_that_are_none_end_the_start_with_one_sentence(tmp_path: Path, which: str, content: bytes | None) -> None:
    write_certificate(tmp_path, "127.0.0.1")
    odd = tmp_path / "odd.pem"
    odd.mkdir() if content is None else odd.write_bytes(content)
    code, log = started(tmp_path, **{which: odd}).end()
    assert code != 0
    assert "odd.pem" in log
