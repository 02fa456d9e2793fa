"""Bytes over real sockets against an application that tells what it was given."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfold.config import ServingSettings
from runfold.serving.http import connection
from runfold.serving.http.listener import Listener
from runfold.serving.http.messages import Refused, Request

HEAD = b"POST /here HTTP/1.1\r\nhost: x\r\n"


class Telling:
    """Answers with what came, or later when the path says so."""

    def __init__(self) -> None:
        self.held: list[Request] = []
        self.is_holding = asyncio.Event()
        self.is_gone = asyncio.Event()

    def answer(self, request: Request) -> None:
        request.on_gone = self.is_gone.set
        if request.path.startswith("/held"):
            self.held.append(request)
            self.is_holding.set()
        else:
            self.tell(request)

    def tell(self, request: Request) -> None:
        told = {"method": request.method, "path": request.path, "n": len(request.body), "headers": request.headers}
        request.respond(200, [("content-type", "application/json")], msgspec.json.encode(told))

    def refuse(self, request: Request, reason: Refused) -> None:
        request.respond(reason.meaning.status, [], reason.message.encode())


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, content: bytes) -> tuple[int, Any]:
        self.writer.write(content)
        return await self.reply()

    async def reply(self) -> tuple[int, Any]:
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        n_bytes = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        body = await self.reader.readexactly(n_bytes)
        status = int(head.split(b" ")[1])
        return status, json.loads(body) if status == 200 else body.decode()

    async def is_closed(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(), 10) == b""
        except ConnectionError:
            return True


def converse(work: Callable[[Telling, Listener, Callable[[], Awaitable[Client]]], Awaitable[Any]], **given: Any) -> Any:
    async def conversation() -> Any:
        application = Telling()
        listener = Listener(application, ServingSettings(**given), asyncio.get_running_loop())
        listening = socket.create_server(("127.0.0.1", 0))
        await listener.open(listening)
        clients: list[Client] = []

        async def connect() -> Client:
            clients.append(Client(*await asyncio.open_connection(*listening.getsockname())))
            return clients[-1]

        try:
            return await work(application, listener, connect)
        finally:
            for client in clients:
                client.writer.close()
            await listener.close(5.0)

    return asyncio.run(conversation())


def exchange(*contents: bytes, **given: Any) -> tuple[int, Any]:
    """The answer to bytes that arrive one piece after the other."""

    async def work(_: Telling, _listener: Listener, connect: Callable[[], Awaitable[Client]]) -> tuple[int, Any]:
        client = await connect()
        for content in contents[:-1]:
            client.writer.write(content)
            await client.writer.drain()
            await asyncio.sleep(0)
        return await client.ask(contents[-1])

    found: tuple[int, Any] = converse(work, **given)
    return found


@pytest.mark.parametrize("size", [0, 10, 40_000, 300_000, 3_000_000])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_bodies_of_any_size_come_whole(size: int, is_chunked: bool) -> None:
    body = b"x" * size
    sent = HEAD + b"content-length: %d\r\n\r\n" % size + body
    if is_chunked:
        pieces = [body[at : at + 7000] for at in range(0, size, 7000)]
        sent = HEAD + b"transfer-encoding: chunked\r\n\r\n"
        sent += b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"

    status, told = exchange(sent)

    assert (status, told["method"], told["path"], told["n"]) == (200, "POST", "/here", size)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(1, 100), max_size=4))
def test_where_a_request_is_cut_makes_no_difference(cuts: list[int]) -> None:
    whole = b"POST /a%20b?c=d HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine-1234\r\nContent-Length: 50\r\n\r\n" + b"y" * 50
    places = [0, *sorted(set(cuts)), len(whole)]

    status, told = exchange(*(whole[start:end] for start, end in pairwise(places)))

    assert (status, told["path"], told["n"], told["headers"]["x-request-id"]) == (200, "/a b", 50, "mine-1234")


def test_requests_sent_at_once_are_answered_in_order() -> None:
    async def work(
        application: Telling, _listener: Listener, connect: Callable[[], Awaitable[Client]]
    ) -> list[tuple[int, Any]]:
        client = await connect()
        paths = [b"/held", *(b"/%d" % n for n in range(300))]
        client.writer.write(b"".join(b"GET %s HTTP/1.1\r\n\r\n" % path for path in paths))
        await application.is_holding.wait()
        large = await connect()
        assert (await large.ask(b"GET /other HTTP/1.1\r\n\r\n"))[0] == 200  # nobody else waits
        application.tell(application.held[0])
        return [await client.reply() for _ in paths]

    answers = converse(work)

    assert [told["path"] for _, told in answers] == ["/held", *(f"/{n}" for n in range(300))]


def test_large_bodies_follow_each_other_on_one_connection() -> None:
    async def work(_: Telling, _listener: Listener, connect: Callable[[], Awaitable[Client]]) -> list[int]:
        client = await connect()
        return [
            (await client.ask(HEAD + b"content-length: %d\r\n\r\n" % size + b"x" * size))[1]["n"]
            for size in (500_000, 3, 100_000, 0, 600_000)
        ]

    assert converse(work) == [500_000, 3, 100_000, 0, 600_000]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400),  # the first bytes of TLS
        (HEAD + b"content-length: 5\r\ncontent-length: 6\r\n\r\nabcdef", 400),
        (HEAD + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"content-length: -1\r\n\r\n", 400),
        (HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n", 400),
        (HEAD + b"content-length: 1999999\r\n\r\n", 413),
        (HEAD + b"content-length: 2000\r\n\r\n" + b"x" * 2000, 413),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n", 413),
        (HEAD + b"content-encoding: gzip\r\ncontent-length: 1\r\n\r\nx", 415),
        (HEAD + b"x-large: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (HEAD + b"x-endless: " + b"y" * 500_000, 431),
    ],
)
def test_requests_that_cannot_be_taken_are_answered_and_end_the_connection(sent: bytes, status: int) -> None:
    async def work(_: Telling, _listener: Listener, connect: Callable[[], Awaitable[Client]]) -> tuple[int, bool]:
        client = await connect()
        found, _message = await client.ask(sent)
        return found, await client.is_closed()

    assert converse(work, max_body_bytes=1000) == (status, True)


@pytest.mark.parametrize("sent", [b"POST /here HT", HEAD + b"content-length: 5\r\n\r\nab"])
def test_slow_requests_are_given_up(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_HEAD_S", 0.05)

    assert exchange(sent, body_timeout_s=0.05)[0] == 408


def test_connections_that_say_nothing_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_HEAD_S", 0.05)
    monkeypatch.setattr(connection, "_IDLE_S", 0.05)

    async def work(_: Telling, _listener: Listener, connect: Callable[[], Awaitable[Client]]) -> list[bool]:
        silent, idle = await connect(), await connect()
        await idle.ask(b"GET /a HTTP/1.1\r\n\r\n")
        return [await silent.is_closed(), await idle.is_closed()]

    assert converse(work) == [True, True]


def test_a_client_that_hangs_up_is_told_of() -> None:
    async def work(application: Telling, _listener: Listener, connect: Callable[[], Awaitable[Client]]) -> bool:
        client = await connect()
        client.writer.write(b"GET /held HTTP/1.1\r\n\r\n")
        await application.is_holding.wait()
        client.writer.transport.abort()
        await application.is_gone.wait()
        application.tell(application.held[0])  # into the void
        return application.is_gone.is_set()

    assert converse(work)


def test_a_stopping_server_finishes_what_has_begun() -> None:
    async def work(application: Telling, listener: Listener, connect: Callable[[], Awaitable[Client]]) -> Any:
        answering, sending, idle = await connect(), await connect(), await connect()
        answering.writer.write(b"GET /held HTTP/1.1\r\n\r\n")
        sending.writer.write(HEAD + b"content-length: 5\r\n\r\nab")
        await idle.ask(b"GET /a HTTP/1.1\r\n\r\n")
        await application.is_holding.wait()
        closing = asyncio.ensure_future(listener.close(10.0))
        assert await idle.is_closed()
        assert not closing.done()
        application.tell(application.held[0])
        found = [await answering.reply(), await sending.ask(b"cde")]
        await closing
        return [status for status, _ in found], await answering.is_closed(), await sending.is_closed()

    assert converse(work) == ([200, 200], True, True)


def test_curls_wish_for_another_protocol_is_passed_over() -> None:
    sent = HEAD + b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"

    assert exchange(sent + b"content-length: 2\r\n\r\nab")[1]["n"] == 2


def test_a_client_that_asks_first_is_told_to_go_on() -> None:
    async def work(_: Telling, _listener: Listener, connect: Callable[[], Awaitable[Client]]) -> Any:
        client = await connect()
        client.writer.write(HEAD + b"expect: 100-continue\r\ncontent-length: 3\r\n\r\n")
        assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        return (await client.ask(b"abc"))[1]["n"]

    assert converse(work) == 3


def test_the_head_of_an_answer_comes_alone() -> None:
    async def work(_: Telling, _listener: Listener, connect: Callable[[], Awaitable[Client]]) -> bytes:
        client = await connect()
        client.writer.write(b"HEAD /a HTTP/1.1\r\nconnection: close\r\n\r\n")
        return await client.reader.read()

    answer = converse(work)

    assert answer.endswith(b"\r\n\r\n")
    assert b"\r\nconnection: close\r\n" in answer


@settings(max_examples=60, deadline=None)
@given(sent=st.binary(max_size=200) | st.binary(max_size=80).map(lambda tail: HEAD + tail))
def test_no_bytes_break_the_server(sent: bytes) -> None:
    async def work(_: Telling, _listener: Listener, connect: Callable[[], Awaitable[Client]]) -> tuple[int, Any]:
        client = await connect()
        client.writer.write(sent)
        client.writer.write_eof()
        await client.is_closed() or await client.reader.read()
        return await (await connect()).ask(b"GET /still HTTP/1.1\r\n\r\n")

    assert converse(work)[0] == 200
