"""The app: what is opened with it, and what is put around it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.trace import Span
from redis.asyncio import Redis
from starlette.types import Scope

from gateway import openapi, problems
from gateway.clients import Services, open_services
from gateway.currencies import AccountCurrencies
from gateway.edge import API, Cors, Edge, cors_options
from gateway.forwarded import ClientAddress
from gateway.limits import RateLimiter
from gateway.live import Hub, listen
from gateway.merging import Merging
from gateway.parts import Parts
from gateway.routes import (
    accounts,
    assistant,
    auth,
    book,
    book_files,
    budgets,
    bulk,
    categories,
    documents,
    drafts,
    events,
    goals,
    health,
    imports,
    operations,
    payees,
    rates,
    reconciliations,
    recurring,
    reports,
    rules,
    searches,
    transactions,
)
from gateway.settings import Settings
from kit.health import Health
from kit.kafka import KafkaSettings
from kit.kafka import ping as ping_kafka
from kit.tokens import TokenVerifier
from pfa.auth.v1.auth_pb2 import GetJwksRequest

NOUNS = (
    auth,
    book,
    book_files,
    accounts,
    reconciliations,
    categories,
    payees,
    transactions,
    searches,
    bulk,
    operations,
    rules,
    imports,
    documents,
    drafts,
    reports,
    rates,
    budgets,
    goals,
    recurring,
    assistant,
    events,
)
DESCRIPTION = """Personal finance: accounts, transactions, documents and what they add up to.

Money is a decimal as text, never a number. Every error is a problem (RFC 9457)."""
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(settings: Settings, hub: Hub) -> FastAPI:
    """The gateway's app; nothing is connected before its lifespan begins."""
    local = settings.app_env == "local"
    app = FastAPI(
        title="Personal Finance Assistant",
        version="1",
        description=DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url="/docs" if local else None,
        redoc_url=None,
        lifespan=_lifespan(settings, hub),
        generate_unique_id_function=openapi.operation_id,
        redirect_slashes=False,
    )
    api = APIRouter(prefix=API)
    for noun in NOUNS:
        api.include_router(noun.router)
    app.include_router(api)
    app.include_router(health.router)
    problems.install(app)
    openapi.install(app, server=settings.backend_url)
    # The last one added is the outermost.
    app.add_middleware(Cors, **cors_options(settings.origins))  # type: ignore[arg-type]
    app.add_middleware(
        Edge,
        log_requests=settings.enable_request_logging,
        https_only=settings.app_env == "production",
    )
    app.add_middleware(
        ClientAddress, proxies=settings.forwarded_allow_ips, hops=settings.forwarded_hops
    )
    FastAPIInstrumentor.instrument_app(
        app,
        excluded_urls="/health(/|$),/metrics$",
        exclude_spans=["receive", "send"],
        server_request_hook=_without_query,
    )
    return app


def _without_query(span: Span, scope: Scope) -> None:
    """What a person searches for is no matter of the trace."""
    if span.is_recording():
        span.set_attribute("http.url", scope["path"])
        span.set_attribute("http.target", scope["path"])


def _lifespan(settings: Settings, hub: Hub) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_parts(settings, hub) as parts:
            app.state.parts = parts
            yield

    return lifespan


@asynccontextmanager
async def open_parts(settings: Settings, hub: Hub) -> AsyncIterator[Parts]:
    """Everything that requests use, for the block."""
    kafka = KafkaSettings.of(settings)
    redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    async with open_services(settings) as services, redis:

        async def redis_answers() -> None:
            await redis.ping()

        async def kafka_answers() -> None:
            await ping_kafka(kafka)

        checks = {**services.checks, "redis": redis_answers, "kafka": kafka_answers}
        listener = asyncio.create_task(listen(hub, kafka), name="live events")
        try:
            yield Parts(
                settings=settings,
                services=services,
                verifier=_verifier(services, settings),
                limiter=RateLimiter(settings),
                hub=hub,
                health=Health("gateway", settings.app_version, checks, started=True),
                currencies=AccountCurrencies(services.ledger),
                merging=Merging(),
            )
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)


def _verifier(services: Services, settings: Settings) -> TokenVerifier:
    async def jwks() -> str:
        return (await services.auth.GetJwks(GetJwksRequest())).jwks_json

    return TokenVerifier(jwks=jwks, secret=settings.jwt_secret.get_secret_value())
