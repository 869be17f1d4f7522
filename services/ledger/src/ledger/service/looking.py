"""What the ledger does by itself: one process looks at a time, again and again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from kit.leases import Lease
from kit.logging import get_logger
from kit.transient import is_transient

log = get_logger(__name__)


async def keep_looking(
    stop: asyncio.Event,
    look: Callable[[], Awaitable[object]],
    *,
    lease: Lease,
    seconds: float,
    what: str,
) -> None:
    """Look every so many seconds until told to stop, and leave the lease to others then."""
    try:
        while not stop.is_set():
            await _look(look, what)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)
    finally:
        with contextlib.suppress(Exception):  # it lapses by itself, too
            await lease.release()


async def _look(look: Callable[[], Awaitable[object]], what: str) -> None:
    try:
        await look()
    except Exception as error:  # the next look tries again
        log.warning("looking waits", what=what, error=type(error).__name__)
        if not is_transient(error):
            log.exception("looking failed", what=what)
