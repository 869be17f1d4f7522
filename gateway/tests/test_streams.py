"""A body that is passed on to a service: limited, and read when it is refused."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import httpx
import pytest
from fastapi import FastAPI, Request

from gateway import streams
from gateway.problems import ProblemError, problem_response
from gateway.streams import CHUNK_BYTES, StreamedBody
from kit.caller import use_caller
from kit.grpc.client import open_channel
from kit.grpc.server import ErrorRow
from kit.testing import Issuer, served
from pfa.ledger.v1 import export_pb2, export_pb2_grpc

LIMIT = 300_000


class Sink(export_pb2_grpc.ExportServiceServicer):
    """Counts the bytes that it takes in."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.has_begun = asyncio.Event()

    async def RestoreBook(self, request_iterator: Any, context: Any) -> Any:
        size = 0
        try:
            async for request in request_iterator:
                self.has_begun.set()
                assert len(request.chunk) <= CHUNK_BYTES
                size += len(request.chunk)
        except asyncio.CancelledError:
            self.calls.append("cancelled")
            raise
        self.calls.append("whole")
        return export_pb2.RestoreBookResponse(counts={"bytes": size})


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
async def client(sink: Sink) -> AsyncIterator[httpx.AsyncClient]:
    issuer, app = Issuer(), FastAPI()
    async with (
        served(
            lambda server: export_pb2_grpc.add_ExportServiceServicer_to_server(sink, server),
            issuer=issuer,
            errors={ProblemError: ErrorRow(grpc.StatusCode.INTERNAL, "INTERNAL")},
        ) as address,
        open_channel(address, name="ledger") as channel,
    ):
        stub = export_pb2_grpc.ExportServiceStub(channel)

        async def requests(body: StreamedBody) -> AsyncIterator[export_pb2.RestoreBookRequest]:
            async for chunk in body.chunks():
                yield export_pb2.RestoreBookRequest(chunk=chunk)

        @app.post("/")
        async def pass_on(request: Request) -> Any:
            try:
                async with StreamedBody.of(request, limit=LIMIT) as body:
                    with use_caller(issuer.caller("anna")):
                        answer = await body.answered(stub.RestoreBook(requests(body)))
            except ProblemError as problem:
                return problem_response("/", problem)
            return dict(answer.counts)

        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, 100_000):
        yield b"x" * min(100_000, size - start)


async def test_a_body_of_the_limit_is_passed_on_whole(client: httpx.AsyncClient, sink: Sink):
    answer = await client.post("/", content=in_pieces(LIMIT))

    assert answer.json() == {"bytes": LIMIT}
    assert sink.calls == ["whole"]


async def test_a_body_that_tells_its_length_is_refused_before_the_service_is_asked(
    client: httpx.AsyncClient, sink: Sink
):
    answer = await client.post("/", content=b"x" * (LIMIT + 1))

    assert answer.status_code == 413
    assert sink.calls == []


async def test_a_body_that_turns_out_too_large_is_refused_and_the_call_cancelled(
    client: httpx.AsyncClient, sink: Sink
):
    async def too_large() -> AsyncIterator[bytes]:
        yield b"x" * LIMIT
        await sink.has_begun.wait()
        yield b"x"

    answer = await client.post("/", content=too_large())

    assert answer.status_code == 413
    async with asyncio.timeout(5):
        while sink.calls != ["cancelled"]:
            await asyncio.sleep(0.01)


async def test_a_refused_body_is_read_within_reason(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(streams, "DRAIN_BYTES", 500_000)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 100_000
            yield b"x" * 100_000

    headers = {"content-length": str(LIMIT + 1)}
    answer = await client.post("/", content=endless(), headers=headers)

    assert answer.status_code == 413
    assert 500_000 < sent <= 700_000
