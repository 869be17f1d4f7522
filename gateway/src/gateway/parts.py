"""What a request may use, as FastAPI hands it to routes."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from gateway.clients import Services
from gateway.currencies import AccountCurrencies
from gateway.limits import RateLimiter
from gateway.live import Hub
from gateway.merging import Merging
from gateway.settings import Settings
from kit.health import Health
from kit.tokens import TokenVerifier


@dataclass(frozen=True, slots=True)
class Parts:
    """Opened with the app, closed with it."""

    settings: Settings
    services: Services
    verifier: TokenVerifier
    limiter: RateLimiter
    hub: Hub
    health: Health
    currencies: AccountCurrencies
    merging: Merging


def parts_of(request: Request) -> Parts:
    """The parts of the app that the request came to."""
    parts = request.app.state.parts
    if not isinstance(parts, Parts):
        raise TypeError("the app was not started")
    return parts


async def _parts(request: Request) -> Parts:
    return parts_of(request)


async def _services(parts: Annotated[Parts, Depends(_parts)]) -> Services:
    return parts.services


PartsDep = Annotated[Parts, Depends(_parts)]
ServicesDep = Annotated[Services, Depends(_services)]
