"""Limits on the connection itself, tried with bytes on a socket: a new uvicorn that calls its
protocol otherwise fails here."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from gateway.connections import LimitedProtocol

OK = b"HTTP/1.1 200 OK"
SOON = 10.0


class Hasty(LimitedProtocol):
    """The limits, small enough to wait for."""

    head_bytes = 2048
    head_fields = 20
    head_seconds = 0.3
    body_seconds = 0.3
    body_bytes_per_second = 1000
    discard_seconds = 0.3
    write_seconds = 0.3


async def echo(scope, receive, send):
    """Answers the length of the body; `/early` does without it, `/large` answers a lot."""
    assert scope["type"] == "http"
    size, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        more = message["more_body"]
    body = b"x" * 50_000_000 if scope["path"] == "/large" else str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def server() -> AsyncIterator[uvicorn.Server]:
    config = uvicorn.Config(
        echo, port=0, http=Hasty, ws="none", lifespan="off", log_config=None, timeout_keep_alive=60
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(SOON):
        while not server.started:
            await asyncio.sleep(0.01)
    yield server
    server.should_exit = True
    await serving


@pytest.fixture
def port(server) -> int:
    return server.servers[0].sockets[0].getsockname()[1]


@asynccontextmanager
async def connected(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(SOON):
            yield reader, writer
    finally:
        writer.close()


async def problem(reader: asyncio.StreamReader, status: int, slug: str) -> None:
    """The rest of the connection is this problem and its end."""
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    assert json.loads(body)["type"] == f"/problems/{slug}"


async def answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(OK)
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
    return await reader.readexactly(int(length))


async def test_requests_within_the_limits_are_answered_on_one_connection(port):
    async with connected(port) as (reader, writer):
        for _ in range(3):
            writer.write(
                b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n" + b"b" * 5000
            )
            assert await answer(reader) == b"5000"
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n" * 2)
        assert await answer(reader) == await answer(reader) == b"0"


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nhost: x\r\nx-long: " + b"a" * 3000 + b"\r\n\r\n",
        b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"x-many: 1\r\n" * 21 + b"\r\n",
    ],
    ids=["header", "path", "fields"],
)
async def test_a_head_that_is_too_large_is_refused(port, head):
    async with connected(port) as (reader, writer):
        writer.write(head)
        await problem(reader, 431, "headers-too-large")


@pytest.mark.parametrize("begin", [b"GET / HTTP/1.1\r\nx-long: ", b"GET /"], ids=["header", "path"])
async def test_a_head_without_an_end_is_refused_before_it_is_buffered(port, begin):
    async with connected(port) as (reader, writer):
        writer.write(begin)
        sent = 0
        while not reader._buffer and sent < 10_000_000:
            writer.write(b"a" * 65536)
            sent += 65536
            await writer.drain()
            await asyncio.sleep(0)
        assert sent < 5_000_000
        await problem(reader, 431, "headers-too-large")


@pytest.mark.parametrize(
    "framing",
    [b"1;" + b"e" * 4000, b"0\r\nx-trailer: " + b"t" * 4000],
    ids=["chunk extension", "trailer"],
)
async def test_what_surrounds_the_bytes_of_a_body_is_limited_too(port, framing):
    async with connected(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        writer.write(b"5\r\nhello\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)  # so that the head and this arrive as two pieces
        writer.write(framing)
        await problem(reader, 431, "headers-too-large")


async def test_a_head_that_comes_too_slowly_is_refused(port):
    async with connected(port) as (reader, writer):
        trickle = asyncio.create_task(trickled(writer, b"x-slow: 1\r\n", b"GET / HTTP/1.1\r\n"))
        await problem(reader, 408, "request-timeout")
        trickle.cancel()


async def test_so_is_a_second_one_on_the_same_connection(port):
    async with connected(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        await answer(reader)
        writer.write(b"GET / HTTP/1.1\r\nhost:")
        await problem(reader, 408, "request-timeout")


@pytest.mark.parametrize("sent", [b"", b"\r\n"], ids=["nothing", "line ends"])
async def test_a_connection_that_asks_for_nothing_is_closed(port, sent):
    async with connected(port) as (reader, writer):
        trickle = asyncio.create_task(trickled(writer, sent))
        assert await reader.read() == b""
        trickle.cancel()


async def test_a_body_that_comes_too_slowly_is_refused(port):
    async with connected(port) as (reader, writer):
        head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n"
        trickle = asyncio.create_task(trickled(writer, b"b", head))
        await problem(reader, 408, "request-timeout")
        trickle.cancel()


async def test_a_body_that_comes_fast_enough_may_take_longer(port):
    async with connected(port) as (reader, writer):
        began = asyncio.get_running_loop().time()
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 30000\r\n\r\n")
        for _ in range(30):
            writer.write(b"b" * 1000)
            await asyncio.sleep(0.03)
        assert await answer(reader) == b"30000"
        assert asyncio.get_running_loop().time() - began > 2 * Hasty.body_seconds


async def test_after_an_early_answer_the_rest_of_a_body_is_thrown_away_for_a_while(port):
    async with connected(port) as (reader, writer):
        writer.write(b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\n\r\n")
        assert await answer(reader) == b"0"
        trickle = asyncio.create_task(trickled(writer, b"b" * 1000))
        with pytest.raises(ConnectionError):
            await asyncio.gather(reader.read(), trickle)


async def test_a_short_rest_leaves_the_connection_usable(port):
    async with connected(port) as (reader, writer):
        writer.write(b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 3000\r\n\r\n")
        assert await answer(reader) == b"0"
        writer.write(b"b" * 3000 + b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert await answer(reader) == b"0"


async def test_who_does_not_read_the_answer_is_cut_off(server, port):
    async with connected(port) as (reader, writer):
        writer.write(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        reader._transport.pause_reading()
        while server.server_state.connections:
            await asyncio.sleep(0.01)
        reader._transport.resume_reading()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await reader.readexactly(50_000_000)


@pytest.mark.parametrize(
    "junk", [b"not http at all\r\n\r\n", b"GET / HTTP/1.1\r\nbad name: 1\r\n\r\n"]
)
async def test_what_is_no_http_is_a_problem(port, junk):
    async with connected(port) as (reader, writer):
        writer.write(junk)
        await problem(reader, 400, "malformed-request")


async def trickled(writer: asyncio.StreamWriter, piece: bytes, first: bytes = b"") -> None:
    """Send a little now and then, for ever."""
    writer.write(first)
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.05)
