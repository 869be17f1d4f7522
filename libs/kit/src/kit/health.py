"""Health: the small HTTP port beside gRPC that probes and Prometheus read."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kit.logging import get_logger

CHECK_SECONDS = 3.0
CACHE_SECONDS = 2.0
WATCH_SECONDS = 1.0
log = get_logger(__name__)

HealthCheck = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found; latency in milliseconds."""

    status: str
    latency_ms: float
    error: str = ""


@dataclass(slots=True)
class Health:
    """The state of one process and its checks; results are kept for CACHE_SECONDS, so that probes
    can't become load."""

    service: str
    version: str
    checks: Mapping[str, HealthCheck]
    started: bool = False
    stopping: bool = False
    _results: dict[str, CheckResult] = field(default_factory=dict)
    _checked_at: float = float("-inf")

    async def results(self) -> dict[str, CheckResult]:
        """Every check's result, by name."""
        if time.monotonic() - self._checked_at > CACHE_SECONDS:
            found = await asyncio.gather(*(_run(check) for check in self.checks.values()))
            self._results = dict(zip(self.checks, found, strict=True))
            self._checked_at = time.monotonic()
        return self._results

    async def ready(self) -> bool:
        """Started, not stopping, and everything it needs is there."""
        if not self.started or self.stopping:
            return False
        return all(result.status == "ok" for result in (await self.results()).values())


async def watch(
    health: Health, tell: Callable[[bool], Awaitable[None]], stop: asyncio.Event
) -> None:
    """Tell whether everything that the process needs is there, each time that it changes, until
    told to stop."""
    told = True
    while not stop.is_set():
        found = await health.ready()
        if found is not told and not health.stopping:
            failing = [name for name, r in (await health.results()).items() if r.status != "ok"]
            log.warning("health changed", serving=found, failing=failing)
            await tell(found)
            told = found
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), WATCH_SECONDS)


async def _run(check: HealthCheck) -> CheckResult:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
        status, error = "ok", ""
    except Exception as failure:  # noqa: BLE001 - its kind is the answer
        status, error = "down", type(failure).__name__
    return CheckResult(status, round((time.perf_counter() - started) * 1000, 1), error)


def _answer(body: Mapping[str, object], *, good: bool) -> JSONResponse:
    if good:
        return JSONResponse(body)
    return JSONResponse(body, 503, {"retry-after": str(math.ceil(CACHE_SECONDS))})


def ops_app(health: Health) -> Starlette:
    """`/health` (alive), `/health/ready` (may get traffic), `/health/detailed`, `/metrics`."""

    async def alive(_: Request) -> JSONResponse:
        return _answer({"status": "ok" if health.started else "starting"}, good=health.started)

    async def ready(_: Request) -> JSONResponse:
        good = await health.ready()
        return _answer({"status": "ok" if good else "down"}, good=good)

    async def detailed(_: Request) -> JSONResponse:
        results = await health.results()
        good = await health.ready()
        body = {
            "status": "ok" if good else "down",
            "service": health.service,
            "version": health.version,
            "checks": {
                name: {
                    "status": r.status,
                    "latency_ms": r.latency_ms,
                    **({"error": r.error} if r.error else {}),
                }
                for name, r in results.items()
            },
        }
        return _answer(body, good=good)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/health", alive),
            Route("/health/ready", ready),
            Route("/health/detailed", detailed),
            Route("/metrics", metrics),
        ]
    )
