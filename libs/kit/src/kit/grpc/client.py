"""A gRPC client channel: deadline, forwarded token, trace; retries only for the methods named
idempotent."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc.aio import ClientCallDetails, Metadata
from opentelemetry.instrumentation import grpc as grpc_instrumentation

from kit.caller import maybe_caller
from kit.grpc.deadline import time_left
from kit.grpc.errors import RpcProblem, rpc_problem

__all__ = ["RpcProblem", "open_channel", "rpc_problem"]

DEADLINE_SECONDS = 5.0
STREAM_DEADLINE_SECONDS = 60.0
MAX_MESSAGE_BYTES = 16 * 1024 * 1024


class _Outgoing:
    """Adds to a call what every call has: deadline, token, book."""

    def __init__(self, *, deadline: float) -> None:
        self._deadline = deadline

    def _details(self, details: ClientCallDetails, default: float) -> ClientCallDetails:
        metadata = Metadata(*(details.metadata or ()))
        names = {name for name, _ in metadata}
        caller = maybe_caller()
        if caller is not None and caller.token and "authorization" not in names:
            metadata.add("authorization", f"Bearer {caller.token}")
            metadata.add("x-pfa-book", caller.owner)
        timeout = details.timeout if details.timeout is not None else time_left(default)
        return ClientCallDetails(
            details.method, timeout, metadata, details.credentials, details.wait_for_ready
        )


class _UnaryUnary(_Outgoing, grpc.aio.UnaryUnaryClientInterceptor):
    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        return await continuation(self._details(client_call_details, self._deadline), request)


class _UnaryStream(_Outgoing, grpc.aio.UnaryStreamClientInterceptor):
    async def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        return await continuation(
            self._details(client_call_details, STREAM_DEADLINE_SECONDS), request
        )


class _StreamUnary(_Outgoing, grpc.aio.StreamUnaryClientInterceptor):
    async def intercept_stream_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request_iterator: Any
    ) -> Any:
        return await continuation(
            self._details(client_call_details, STREAM_DEADLINE_SECONDS), request_iterator
        )


def retry_policy(idempotent: Sequence[str]) -> dict[str, Any]:
    """A gRPC service config that retries these full method names when the server was
    UNAVAILABLE."""
    names = [
        {"service": service, "method": method}
        for _, service, method in (n.split("/") for n in idempotent)
    ]
    if not names:
        return {"methodConfig": []}
    policy = {
        "maxAttempts": 4,
        "initialBackoff": "0.1s",
        "maxBackoff": "1s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    return {"methodConfig": [{"name": names, "retryPolicy": policy}]}


@asynccontextmanager
async def open_channel(
    address: str, *, name: str, idempotent: Sequence[str] = (), deadline: float = DEADLINE_SECONDS
) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to the service `name` for the block; `deadline` in seconds holds for unary
    calls."""
    channel = grpc.aio.insecure_channel(
        address,
        interceptors=[
            *_traced(),
            _UnaryUnary(deadline=deadline),
            _UnaryStream(deadline=deadline),
            _StreamUnary(deadline=deadline),
        ],
        options=[
            ("grpc.service_config", json.dumps(retry_policy(idempotent))),
            ("grpc.enable_retries", 1),
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
            ("grpc.lb_policy_name", "round_robin"),
            ("grpc.keepalive_time_ms", 20_000),
            # A server that came back is found again soon, not after two minutes.
            ("grpc.initial_reconnect_backoff_ms", 200),
            ("grpc.max_reconnect_backoff_ms", 2_000),
            ("grpc.primary_user_agent", f"pfa-{name}"),
        ],
    )
    try:
        yield channel
    finally:
        await channel.close()


def _traced() -> list[Any]:
    return list(grpc_instrumentation.aio_client_interceptors())  # type: ignore[no-untyped-call]
