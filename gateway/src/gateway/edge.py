"""Around every request (ASGI): headers, a log line, no bare error."""

import time
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import problems
from gateway.problems import ProblemError, problem_response
from kit.logging import get_logger

API = "/api/v1"
_QUIET_PATHS = ("/health", "/metrics")
log = get_logger(__name__)

_SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-site",
    # An API has nothing to load; this also keeps an uploaded file from being a page of ours.
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_HSTS = "max-age=63072000; includeSubDomains"


class Edge:
    """Outermost: names the trace, sets the headers, logs the request, hides what broke."""

    def __init__(self, app: ASGIApp, *, log_requests: bool, https_only: bool) -> None:
        self._app = app
        self._log_requests = log_requests
        self._https_only = https_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        trace_id = problems.trace_id()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-trace-id"] = trace_id
                self._add_headers(scope["path"], headers)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = status or 499
        except Exception:  # whatever it was, the client gets a problem and we the trace
            log.exception("request failed")
            if status:
                raise
            response = problem_response(
                scope["path"], ProblemError(problems.INTERNAL, problems.INTERNAL.title)
            )
            await response(scope, receive, send_with_headers)
        finally:
            self._write_log(scope, status, started)

    def _add_headers(self, path: str, headers: MutableHeaders) -> None:
        for name, value in _SECURITY_HEADERS.items():
            if name != "content-security-policy" or path != "/docs":
                headers.setdefault(name, value)
        if self._https_only:
            headers["strict-transport-security"] = _HSTS
        if path.startswith(API):
            headers.setdefault("cache-control", "no-store")

    def _write_log(self, scope: Scope, status: int, started: float) -> None:
        if not self._log_requests or scope["path"].startswith(_QUIET_PATHS):
            return
        path: str = getattr(scope.get("route"), "path", "none")
        log.info(
            "request",
            method=scope["method"],
            # The template, not the path or the query: those may hold what a person searches for.
            route=path,
            status=status,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )


class Cors(CORSMiddleware):
    """Starlette's, whose refusals are problems too."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        refused = problem_response(
            "", ProblemError(problems.FORBIDDEN, "this origin may not ask for that")
        )
        refused.headers["vary"] = "Origin"
        return refused


def cors_options(origins: Sequence[str]) -> dict[str, object]:
    """What a page of these origins may do."""
    return {
        "allow_origins": list(origins),
        "allow_credentials": True,
        "allow_methods": ["GET", "POST", "PUT", "PATCH", "DELETE"],
        "allow_headers": [
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "x-book",
            "x-csrf-token",
            "x-session",
            "traceparent",
            "tracestate",
        ],
        "expose_headers": ["etag", "x-trace-id", "location", "retry-after"],
        "max_age": 600,
    }
