"""A client of HTTP/1.1 that costs little, so that what is measured is the server."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager


class Unexpected(RuntimeError):
    """An answer other than 200."""


class Connection:
    """One connection, kept alive; requests on it go one after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def get(self, request: bytes) -> bytes:
        """Send the request as it is and answer the body. Raises Unexpected."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        body = await self._reader.readexactly(_content_length(head))
        if not head.startswith(b"HTTP/1.1 200 "):
            raise Unexpected(f"{head.splitlines()[0].decode()} {body.decode(errors='replace')}")
        return body

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


@asynccontextmanager
async def connections(port: int, *, count: int) -> AsyncIterator[Sequence[Connection]]:
    """So many connections to this port of the loopback interface, for the block."""
    opened = [Connection(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(count)]
    try:
        yield opened
    finally:
        for connection in opened:
            await connection.close()


def get_request(path: str, *, port: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise Unexpected("an answer without Content-Length")
