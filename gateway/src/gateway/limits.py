"""Rate limits, counted in Redis so that all gateways count together.

Who shows no valid token counts by address (an IPv6 network of /64 as one), with
RATE_LIMIT_MAX_REQUESTS in a window of RATE_LIMIT_WINDOW_MS. Who is signed in counts by person, with
PERSON_MULTIPLE times as many: a page of the frontend makes about ten requests, a long list one for
each screenful.
When Redis is away nobody is kept out; a metric says so.
"""

import asyncio
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from gateway.settings import Settings
from kit.logging import get_logger
from kit.telemetry import meter

PERSON_MULTIPLE = 50
REDIS_SECONDS = 0.25
# How long Redis isn't asked after it failed, so that its absence costs no time.
PAUSE_SECONDS = 1.0
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Refused:
    """Come again after so many seconds."""

    retry_after: int


class RateLimiter:
    """Counts requests and says when there were too many."""

    def __init__(self, settings: Settings) -> None:
        window = max(1, settings.rate_limit_window_ms // 1000)
        amount = settings.rate_limit_max_requests
        self._enabled = settings.enable_rate_limit
        self._per_address = RateLimitItemPerSecond(amount, window, namespace="address")
        self._per_person = RateLimitItemPerSecond(
            amount * PERSON_MULTIPLE, window, namespace="person"
        )
        storage = RedisStorage(
            f"async+{settings.redis_url}",
            implementation="redispy",
            key_prefix="pfa:limits",
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
        )
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._asked_again_at = 0.0
        self._degraded = meter(__name__).create_counter(
            "gateway.rate_limit.unchecked", unit="{request}"
        )

    async def address(self, address: str) -> Refused | None:
        """Count a request of this client address."""
        return await self._hit(self._per_address, network_of(address))

    async def person(self, user_id: str) -> Refused | None:
        """Count a request of this person."""
        return await self._hit(self._per_person, user_id)

    async def _hit(self, item: RateLimitItem, key: str) -> Refused | None:
        if not self._enabled:
            return None
        if time.monotonic() < self._asked_again_at:
            self._degraded.add(1)
            return None
        try:
            async with asyncio.timeout(2 * REDIS_SECONDS):
                if await self._limiter.hit(item, key):
                    return None
                window = await self._limiter.get_window_stats(item, key)
        except (RedisError, OSError, TimeoutError) as error:
            self._asked_again_at = time.monotonic() + PAUSE_SECONDS
            self._degraded.add(1)
            log.warning("rate limits are not checked", error=type(error).__name__)
            return None
        return Refused(max(1, round(window.reset_time - time.time())))


def network_of(address: str) -> str:
    """What one client is likely to hold: an IPv4 address, an IPv6 /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)
