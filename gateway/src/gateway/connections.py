"""HTTP/1.1 connections with limits on time and size.

uvicorn closes idle keep-alive connections and has no other time-out, and httptools buffers a head
of any size. Looked at in other servers: h11 limits the size of a head, not its time; hypercorn's
`read_timeout` starts again with each byte and also ends event streams; granian limits the head's
time and size, not the body's. So this subclass adds the limits to uvicorn's fastest protocol.
"""

import asyncio
from contextvars import copy_context
from enum import StrEnum
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from gateway import problems
from gateway.problems import ProblemError, ProblemType, problem_response
from kit.telemetry import meter


class _Waiting(StrEnum):
    """The part of a request that a connection is waiting for."""

    HEAD = "head"
    BODY = "body"
    # The request was answered early; the rest of its body is read and thrown away.
    DISCARD = "discard"
    NOTHING = "nothing"


class _HeadTooLarge(Exception):
    """Raised inside the parser's callbacks to stop it."""


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline and a size for everything that a client sends or reads."""

    # The request line and all headers, and what surrounds the bytes of a chunked body.
    head_bytes = 32 * 1024
    head_fields = 100
    head_seconds = 10.0
    # A body may take this long plus a second for each `body_bytes_per_second` of it.
    body_seconds = 20.0
    body_bytes_per_second = 500
    # How long an answered client may go on sending, so that it gets to read the answer.
    discard_seconds = 10.0
    # How long a client may leave a full buffer unread.
    write_seconds = 60.0

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._clock: asyncio.TimerHandle | None = None
        self._write_clock: asyncio.TimerHandle | None = None
        self._waiting = _Waiting.NOTHING
        self._in_request = False
        self._head_done = False
        self._began_now = False
        self._refused = False
        self._fields = 0
        self._head_size = 0
        self._framing = 0
        self._body_size = 0
        self._since = 0.0
        self._counted_from = 0
        self._refusals = meter(__name__).create_counter(
            "gateway.connections.refused", unit="{connection}"
        )

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch(_Waiting.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch(_Waiting.NOTHING)
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._began_now, body_before = False, self._body_size
        super().data_received(data)
        if self._is_over():
            return
        if self._in_request and not self._began_now:
            self._framing += len(data) - (self._body_size - body_before)
            if self._framing > self.head_bytes + self._body_size:
                self._refuse(problems.HEAD_TOO_LARGE)
                return
        self._watch(self._awaited())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_request = self._began_now = True
        self._head_done = False
        self._fields = self._head_size = self._framing = self._body_size = 0

    def on_url(self, url: bytes) -> None:
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        # Also called for the trailers of a chunked body, which count alike.
        self._fields += 1
        self._count_head(len(name) + len(value) + len(b": \r\n"))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_done = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_size += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_request = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._watch(self._awaited() if self._in_request else _Waiting.NOTHING)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_clock = self.loop.call_later(self.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self._write_clock is not None:
            self._write_clock.cancel()
            self._write_clock = None
        super().resume_writing()

    def send_400_response(self, _: str) -> None:
        """uvicorn calls this for whatever its parser refuses, which is plain text there."""
        if not self._refused:
            too_large = self._fields > self.head_fields or self._head_size > self.head_bytes
            self._refuse(problems.HEAD_TOO_LARGE if too_large else problems.MALFORMED)

    def _is_over(self) -> bool:
        return self._refused or self.transport.is_closing()

    def _count_head(self, size: int) -> None:
        self._head_size += size
        if self._head_size > self.head_bytes or self._fields > self.head_fields:
            raise _HeadTooLarge

    def _awaited(self) -> _Waiting:
        if self._in_request and self._head_done:
            return _Waiting.BODY if self._unanswered() else _Waiting.DISCARD
        if self._in_request:
            return _Waiting.HEAD
        if self._unanswered() or self.timeout_keep_alive_task:
            return _Waiting.NOTHING
        # Line ends before a request begin none, and keep no connection open.
        return _Waiting.HEAD

    def _unanswered(self) -> RequestResponseCycle | None:
        """The request that is in hand."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return None if cycle is None or cycle.response_complete else cycle

    def _watch(self, waiting: _Waiting) -> None:
        """Start the clock of what is awaited now, unless it is running."""
        if waiting is self._waiting:
            return
        self._waiting = waiting
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        match waiting:
            case _Waiting.HEAD:
                self._clock = self.loop.call_later(self.head_seconds, self._too_slow)
            case _Waiting.BODY:
                self._count_body_from_now()
            case _Waiting.DISCARD:
                self._clock = self.loop.call_later(self.discard_seconds, self.transport.abort)
            case _Waiting.NOTHING:
                pass

    def _count_body_from_now(self) -> None:
        self._since, self._counted_from = self.loop.time(), self._body_size
        self._clock = self.loop.call_later(self.body_seconds, self._check_body)

    def _check_body(self) -> None:
        if self.flow.read_paused:
            # It is we who are slow.
            self._count_body_from_now()
            return
        received = self._body_size - self._counted_from
        allowed = self.body_seconds + received / self.body_bytes_per_second
        left = self._since + allowed - self.loop.time()
        if left > 0:
            self._clock = self.loop.call_later(left, self._check_body)
        else:
            self._too_slow()

    def _too_slow(self) -> None:
        if self._in_request:
            self._refuse(problems.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def _refuse(self, type_: ProblemType) -> None:
        """Answer with the problem where no answer has begun, read no more, and close."""
        self._refused = True
        self._refusals.add(1, {"reason": type_.slug})
        self._unset_keepalive_if_required()
        cycle = self._unanswered()
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started or not self._head_done:
                self.transport.abort()
                return
        self.flow.resume_reading()
        # In a copy: the trace id that the answer gets is of this connection only.
        self.transport.write(copy_context().run(_answer, type_))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        # A close while data comes in is a reset, in which the answer would be lost.
        self._watch(_Waiting.DISCARD)


def _answer(type_: ProblemType) -> bytes:
    response = problem_response("", ProblemError(type_, type_.title))
    response.headers["connection"] = "close"
    head = b"".join(b"%b: %b\r\n" % header for header in response.raw_headers)
    return STATUS_LINE[type_.status] + head + b"\r\n" + bytes(response.body)
