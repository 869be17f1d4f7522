"""Health and metrics, outside the API."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gateway.models.health import Alive, DetailedHealth, PartHealth
from gateway.parts import PartsDep
from gateway.problems import RETRY_SOON_SECONDS
from kit.health import CheckResult

router = APIRouter(tags=["health"])
SERVICES = ("auth", "ledger", "ingest", "ai")
# Without these nobody can sign in or see their books.
CORE = ("auth", "ledger")


@router.get("/health")
async def get_health() -> Alive:
    """The process answers; asks nobody else."""
    return Alive()


@router.get("/health/ready")
async def get_readiness(_: PartsDep) -> Alive:
    """It may get traffic. What is behind it may be away: that is told request by request."""
    return Alive()


@router.get("/health/detailed", responses={503: {"model": DetailedHealth}})
async def get_detailed_health(parts: PartsDep, response: Response) -> DetailedHealth:
    """What is behind the door, as seen from here; 503 when nobody can see their books."""
    results = await parts.health.results()
    down = {name for name, result in results.items() if result.status != "ok"}
    is_down = bool(down & set(CORE))
    if is_down:
        response.status_code = 503
        response.headers["retry-after"] = str(RETRY_SOON_SECONDS)
    return DetailedHealth(
        status="down" if is_down else "degraded" if down else "ok",
        version=parts.health.version,
        services={name: _part(results[name]) for name in SERVICES},
        redis=_part(results["redis"]),
        kafka=_part(results["kafka"]),
    )


@router.get("/metrics", include_in_schema=False)
async def get_metrics() -> Response:
    """For Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _part(result: CheckResult) -> PartHealth:
    return PartHealth(
        status="ok" if result.status == "ok" else "down", latency_ms=result.latency_ms
    )
