"""A gRPC server: token to caller, exceptions to statuses, deadlines, traces, metrics, health,
reflection."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, Self

import grpc
from google.protobuf.message import Message
from grpc.aio import ServicerContext
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection
from opentelemetry.context import attach, detach
from opentelemetry.metrics import Histogram
from opentelemetry.trace import SpanKind, StatusCode, Tracer, set_span_in_context

from kit.caller import Unauthenticated, use_caller
from kit.grpc.deadline import set_deadline
from kit.grpc.errors import DETAILS_KEY, ErrorRow, ErrorTable, find_row, status_details
from kit.grpc.texts import clean_texts
from kit.logging import get_logger
from kit.telemetry import extract_context, meter, tracer
from kit.tokens import TokenVerifier

__all__ = ["ErrorRow", "ErrorTable", "GrpcServer"]

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
BOOK_HEADER = "x-pfa-book"
_OPEN_PREFIXES = ("/grpc.health.", "/grpc.reflection.")
# The codes that tell of a fault of the server rather than of the request.
_OUR_FAULT = frozenset(
    {
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)
INTERNAL = ErrorRow(grpc.StatusCode.INTERNAL, "INTERNAL")
log = get_logger(__name__)

Register = Callable[[grpc.aio.Server], None]


class _Failure(Exception):
    """What an INTERNAL error says outside; what happened is in the log, under the trace."""

    def __init__(self) -> None:
        super().__init__("internal error")


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Around every call: its trace, who calls, until when, and what an exception means."""

    def __init__(
        self,
        *,
        domain: str,
        errors: ErrorTable,
        verifier: TokenVerifier,
        public_methods: frozenset[str],
    ) -> None:
        self._domain = domain
        self._errors = errors
        self._verifier = verifier
        self._public = public_methods
        self._duration = meter(__name__).create_histogram("rpc.server.call.duration", unit="s")
        self._tracer = tracer(__name__)
        # A handler is wrapped once, not for every call.
        self._wrapped: dict[str, Any] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        method = handler_call_details.method
        if method in self._wrapped:
            return self._wrapped[method]
        handler = await continuation(handler_call_details)
        if handler is None or method.startswith(_OPEN_PREFIXES):
            return handler
        wrapped = self._wrapped[method] = self._wrap(method, handler)
        return wrapped

    def _wrap(self, method: str, handler: Any) -> Any:
        if handler.response_streaming:
            wrapped = self._streaming(method, handler.unary_stream or handler.stream_stream)
            make = (
                grpc.stream_stream_rpc_method_handler
                if handler.request_streaming
                else grpc.unary_stream_rpc_method_handler
            )
        else:
            wrapped = self._unary(
                method,
                handler.unary_unary or handler.stream_unary,
                reads_stream=handler.request_streaming,
            )
            make = (
                grpc.stream_unary_rpc_method_handler
                if handler.request_streaming
                else grpc.unary_unary_rpc_method_handler
            )
        return make(wrapped, handler.request_deserializer, handler.response_serializer)

    def _unary(
        self, method: str, behave: Callable[[Any, Any], Awaitable[Any]], *, reads_stream: bool
    ) -> Any:
        async def call(request: Any, context: ServicerContext[Any, Any]) -> Any:
            metadata = _texts(context)
            with _Traced(self._tracer, self._duration, method, metadata) as outcome:
                try:
                    with use_caller_of(await self._caller(method, metadata)):
                        set_deadline(context.time_remaining())
                        return await behave(_cleaned(request), context)
                except Exception as error:  # noqa: BLE001 - becomes a status by the table
                    if reads_stream:
                        await _drain(context)
                    await self._refuse(method, context, error, outcome)

        return call

    def _streaming(self, method: str, behave: Callable[[Any, Any], Any]) -> Any:
        async def call(request: Any, context: ServicerContext[Any, Any]) -> AsyncIterator[Any]:
            metadata = _texts(context)
            with _Traced(self._tracer, self._duration, method, metadata) as outcome:
                try:
                    with use_caller_of(await self._caller(method, metadata)):
                        set_deadline(context.time_remaining())
                        async for message in behave(_cleaned(request), context):
                            yield message
                except Exception as error:  # noqa: BLE001 - becomes a status by the table
                    await self._refuse(method, context, error, outcome)

        return call

    async def _caller(self, method: str, metadata: Mapping[str, str]) -> Any:
        if method in self._public:
            return None
        token = metadata.get("authorization", "").removeprefix("Bearer ")
        if not token:
            raise Unauthenticated("this call needs a token")
        claims = await self._verifier.verify(token)
        return claims.caller(book=metadata.get(BOOK_HEADER, ""), token=token)

    async def _refuse(
        self, method: str, context: ServicerContext[Any, Any], error: Exception, outcome: "_Traced"
    ) -> NoReturn:
        if isinstance(error, grpc.aio.AbortError):
            raise error
        row, shown = find_row(error, self._errors), error
        if row is None and isinstance(error, grpc.aio.AioRpcError):
            row = ErrorRow(error.code(), "UPSTREAM")
            shown = Exception(error.details() or "another service failed")
        if row is None:
            log.error("call failed", rpc_method=method, exc_info=error)
            row, shown = INTERNAL, _Failure()
        outcome.code = row.code
        details = status_details(shown, row, domain=self._domain)
        await context.abort(row.code, str(shown), ((DETAILS_KEY, details),))
        raise AssertionError("abort returned")


def _cleaned(request: Any) -> Any:
    """The request, or the stream of requests, with its texts cleaned."""
    if isinstance(request, Message):
        clean_texts(request)
        return request
    return _cleaned_stream(request)


async def _cleaned_stream(requests: AsyncIterator[Message]) -> AsyncIterator[Message]:
    async for request in requests:
        clean_texts(request)
        yield request


class _Traced:
    """A span that goes on with the caller's trace, and a measurement of the call. Not made of
    generators: it is entered and left with every call."""

    __slots__ = ("_attached", "_duration", "_method", "_span", "_started", "code")

    def __init__(
        self, tracer: Tracer, duration: Histogram, method: str, metadata: Mapping[str, str]
    ) -> None:
        service, _, name = method[1:].partition("/")
        self.code = grpc.StatusCode.OK
        self._method = method[1:]
        self._duration = duration
        self._started = time.perf_counter()
        self._span = tracer.start_span(
            self._method,
            context=extract_context(metadata),
            kind=SpanKind.SERVER,
            attributes={"rpc.system": "grpc", "rpc.service": service, "rpc.method": name},
        )

    def __enter__(self) -> Self:
        self._attached = attach(set_span_in_context(self._span))
        return self

    def __exit__(self, *_: object) -> None:
        detach(self._attached)
        self._span.set_attribute("rpc.grpc.status_code", self.code.value[0])
        # An aborted call is no news of its own: its code says it.
        if self.code in _OUR_FAULT:
            self._span.set_status(StatusCode.ERROR, self.code.name)
        self._span.end()
        self._duration.record(
            time.perf_counter() - self._started,
            {
                "rpc.system": "grpc",
                "rpc.method": self._method,
                "rpc.response.status_code": self.code.name,
            },
        )


async def _drain(context: ServicerContext[Any, Any]) -> None:
    """Read what the client still sends. A client that is refused in the middle of a write sees
    INTERNAL instead of the status (grpc/grpc, `_call.py`: a failed write overwrites it)."""
    while await context.read() is not grpc.aio.EOF:
        pass


def _texts(context: ServicerContext[Any, Any]) -> Mapping[str, str]:
    """The metadata of a call that are text."""
    metadata = context.invocation_metadata() or ()
    return {name: value for name, value in metadata if isinstance(value, str)}


@contextmanager
def use_caller_of(caller: Any) -> Iterator[None]:
    """Act as the caller, or as nobody where the method is public."""
    if caller is None:
        yield
        return
    with use_caller(caller):
        yield


class GrpcServer:
    """A server that can be started, asked for its port, and stopped gracefully."""

    def __init__(
        self,
        *,
        domain: str,
        register: Register,
        errors: ErrorTable,
        verifier: TokenVerifier,
        public_methods: frozenset[str] = frozenset(),
    ) -> None:
        calls = CallInterceptor(
            domain=domain, errors=errors, verifier=verifier, public_methods=public_methods
        )
        self._server = grpc.aio.server(
            interceptors=[calls],
            options=[
                ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
                ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
                ("grpc.so_reuseport", 0),
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
                # A client looks up the addresses again when a connection ends: so it finds the
                # pods that an autoscaler has added.
                ("grpc.max_connection_age_ms", 120_000),
                ("grpc.max_connection_age_grace_ms", 60_000),
            ],
        )
        self._health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        register(self._server)
        names = [*_service_names(self._server), "grpc.health.v1.Health", reflection.SERVICE_NAME]
        reflection.enable_server_reflection(names, self._server)

    async def start(self, *, host: str, port: int) -> int:
        """Listen and answer the port. Raises OSError where it is taken."""
        try:
            bound = self._server.add_insecure_port(f"{host}:{port}")
        except RuntimeError as error:
            raise OSError(f"port {port} is taken") from error
        await self._server.start()
        await self.set_serving(True)
        return bound

    async def set_serving(self, serving: bool) -> None:
        """Say in grpc.health.v1 whether calls can be served."""
        answer = health_pb2.HealthCheckResponse
        await self._health.set("", answer.SERVING if serving else answer.NOT_SERVING)

    async def stop(self, *, grace: float) -> None:
        """Take no more calls and finish those in hand, for at most `grace` seconds."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace)


def _service_names(server: grpc.aio.Server) -> list[str]:
    handlers = getattr(server, "_generic_handlers", [])
    return [str(handler.service_name()) for handler in handlers if hasattr(handler, "service_name")]
