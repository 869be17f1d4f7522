"""Health."""

from typing import Literal

from gateway.models.common import Answer

PartStatus = Literal["ok", "down"]


class Alive(Answer):
    """The process answers."""

    status: Literal["ok"] = "ok"


class PartHealth(Answer):
    """One part as seen from here."""

    status: PartStatus
    latency_ms: float


class DetailedHealth(Answer):
    """`down`: nobody can sign in or see their books; `degraded`: something else is away."""

    status: Literal["ok", "degraded", "down"]
    version: str
    services: dict[str, PartHealth]
    redis: PartHealth
    kafka: PartHealth
