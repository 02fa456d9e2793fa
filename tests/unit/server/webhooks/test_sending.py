from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runfold.domain.webhook import Attempt
from runfold.server.webhooks.destinations import Destinations
from runfold.server.webhooks.sending import send, signed_headers
from tests.unit.server.webhooks.certificates import write_certificate
from tests.unit.server.webhooks.receiver import Receiver

pytestmark = pytest.mark.anyio

HERE = Destinations(["127.0.0.1", "localhost", "hooks.example"])


async def sent(url: str, *, secret: str = "", timeout_s: float = 5.0, destinations: Destinations = HERE) -> Attempt:
    return await send(destinations, url, '{"a": "ö"}', delivery_id="d-1", secret=secret, timeout_s=timeout_s)


@asynccontextmanager
async def answering(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """The address of something that reads a request's head and then does as it likes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_what_is_sent_arrives_signed_as_mlflow_signs_it(receiver: Receiver) -> None:
    attempt = await sent(receiver.url + "?team=a", secret="s3cret")

    assert attempt == Attempt(status=200)
    arrived = receiver.next()
    assert (arrived.path, arrived.body) == ("/hook?team=a", '{"a": "ö"}')
    assert arrived.headers["Content-Type"] == "application/json"
    assert arrived.headers["Host"] == f"127.0.0.1:{receiver.port}"
    signed = f"{arrived.headers['X-MLflow-Delivery-Id']}.{arrived.headers['X-MLflow-Timestamp']}.{arrived.body}"
    digest = hmac.new(b"s3cret", signed.encode(), hashlib.sha256).digest()
    assert arrived.headers["X-MLflow-Signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert arrived.headers["X-MLflow-Delivery-Id"] == "d-1"


async def test_without_a_secret_nothing_is_signed(receiver: Receiver) -> None:
    await sent(receiver.url)

    assert "X-MLflow-Signature" not in receiver.next().headers


@pytest.mark.parametrize(
    ("status", "is_final"),
    [(400, True), (404, True), (410, True), (408, False), (429, False), (500, False), (503, False)],
)
async def test_a_refusal_is_final_unless_it_may_pass(receiver: Receiver, status: int, is_final: bool) -> None:
    receiver.statuses = [status]

    attempt = await sent(receiver.url)

    assert (attempt.status, attempt.is_delivered, attempt.is_final) == (status, False, is_final)
    assert str(status) in attempt.error


async def test_a_receiver_may_ask_to_be_left_alone(receiver: Receiver) -> None:
    receiver.statuses = [429, 429]
    receiver.answer_headers = {"Retry-After": "120"}
    assert (await sent(receiver.url)).retry_after_s == 120
    receiver.answer_headers = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert (await sent(receiver.url)).retry_after_s == 0


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    receiver.answer_headers = {"Location": receiver.url}

    attempt = await sent(receiver.url)

    assert attempt.is_final
    assert "follow no redirects" in attempt.error
    assert len(receiver.received) == 1


async def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert (await sent(receiver.url)).is_delivered


async def test_nothing_reaches_an_address_that_is_not_allowed(receiver: Receiver) -> None:
    attempt = await sent(f"http://127.0.0.1:{receiver.port}/", destinations=Destinations(["public"]))

    assert attempt.is_final
    assert receiver.received == []


async def test_nobody_there_is_tried_again() -> None:
    attempt = await sent("http://127.0.0.1:1/")

    assert (attempt.status, attempt.is_final) == (None, False)
    assert "connection failed" in attempt.error


async def test_a_receiver_that_drips_its_answer_is_left_in_time() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"H")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with answering(drip) as url:
        assert (await sent(url, timeout_s=0.3)).error == "No answer came within 0.3 s."


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x16\x03\x01 hello\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200",
        b"x" * 100_000,
    ],
)
async def test_what_does_not_speak_http_is_an_error(answer: bytes) -> None:
    async def write(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    async with answering(write) as url:
        attempt = await sent(url)

    assert attempt.status is None
    assert attempt.error


async def test_notes_before_the_answer_are_passed_over() -> None:
    async def write(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async with answering(write) as url:
        assert await sent(url) == Attempt(status=204)


async def test_the_certificate_is_that_of_the_name_though_the_connection_goes_to_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = write_certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(answer_204, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]

    async with server:
        refused = await sent(f"https://localhost:{port}/")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        accepted = await sent(f"https://localhost:{port}/")
        wrong_name = await sent(f"https://127.0.0.1:{port}/")

    assert "encrypted connection failed" in refused.error
    assert accepted == Attempt(status=204)
    assert "encrypted connection failed" in wrong_name.error


async def answer_204(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    await writer.drain()
    writer.close()


def test_each_attempt_is_signed_anew() -> None:
    first, second = (signed_headers("{}", delivery_id="d", secret="s", time_s=time_s) for time_s in (1, 2))

    assert first["X-MLflow-Delivery-Id"] == second["X-MLflow-Delivery-Id"]
    assert first["X-MLflow-Signature"] != second["X-MLflow-Signature"]
