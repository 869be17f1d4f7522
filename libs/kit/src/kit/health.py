"""Health: the small HTTP port beside gRPC that probes and Prometheus read."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CHECK_SECONDS = 3.0
CACHE_SECONDS = 2.0

HealthCheck = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found; latency in milliseconds."""

    status: str
    latency_ms: float
    error: str = ""


@dataclass(slots=True)
class Health:
    """The state of one process and its checks; results are kept for two seconds, so probes can't
    become load."""

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


async def _run(check: HealthCheck) -> CheckResult:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
        status, error = "ok", ""
    except Exception as failure:  # noqa: BLE001 - its kind is the answer
        status, error = "down", type(failure).__name__
    return CheckResult(status, round((time.perf_counter() - started) * 1000, 1), error)


def ops_app(health: Health) -> Starlette:
    """`/health` (alive), `/health/ready` (may get traffic), `/health/detailed`, `/metrics`."""

    async def alive(_: Request) -> JSONResponse:
        return JSONResponse(
            {"status": "ok" if health.started else "starting"}, 200 if health.started else 503
        )

    async def ready(_: Request) -> JSONResponse:
        good = await health.ready()
        return JSONResponse({"status": "ok" if good else "down"}, 200 if good else 503)

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
        return JSONResponse(body, 200 if good else 503)

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
