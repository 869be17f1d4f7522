"""Bodies that are passed on as they come in, whatever their size."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from typing import Self, TypeVar

import grpc
from fastapi import Request

from gateway import problems
from gateway.problems import ProblemError

CHUNK_BYTES = 64 * 1024
# How much of a refused body is read, so that the client gets to read the answer: a server that
# closes a connection with unread data resets it (RFC 9112, 9.6).
DRAIN_BYTES, DRAIN_SECONDS = 64 * 1024 * 1024, 10.0
A = TypeVar("A")


class StreamedBody:
    """The body of a request in pieces, of at most `limit` bytes in all."""

    def __init__(self, request: Request, *, limit: int) -> None:
        self._body = request.stream()
        self._limit = limit
        length = request.headers.get("content-length", "")
        self._is_too_large = length.isdecimal() and int(length) > limit

    @classmethod
    @asynccontextmanager
    async def of(cls, request: Request, *, limit: int) -> AsyncIterator[Self]:
        """Refuse a body whose length is told and too large. Whatever refuses the request within
        the block, the rest of the body is read, within reason."""
        body = cls(request, limit=limit)
        try:
            if body._is_too_large:
                raise body._too_large()
            yield body
        except (ProblemError, grpc.aio.AioRpcError):
            await body._drain()
            raise

    async def chunks(self) -> AsyncIterator[bytes]:
        """At most CHUNK_BYTES each. Raises ProblemError beyond the limit, which cancels the call
        that reads them."""
        size = 0
        async for data in self._body:
            size += len(data)
            if size > self._limit:
                self._is_too_large = True
                raise self._too_large()
            for start in range(0, len(data), CHUNK_BYTES):
                yield data[start : start + CHUNK_BYTES]

    async def answered(self, call: Awaitable[A]) -> A:
        """The answer of the call that reads the chunks. Raises ProblemError beyond the limit."""
        try:
            return await call
        except asyncio.CancelledError:
            if self._is_too_large:
                raise self._too_large() from None
            raise

    async def _drain(self) -> None:
        left = DRAIN_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                async for data in self._body:
                    left -= len(data)
                    if left < 0:
                        return

    def _too_large(self) -> ProblemError:
        return ProblemError(
            problems.BODY_TOO_LARGE, f"a file here may have at most {self._limit} bytes"
        )
