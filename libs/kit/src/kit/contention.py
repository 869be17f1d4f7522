"""Optimistic writes that compete for one thing: read, decide, write, and again if it changed."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

# A competitor's write takes milliseconds, so the first pause is short.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.01, 0.5
PATIENCE_SECONDS = 10.0


async def pause(attempt: int) -> None:
    """Wait a random time that grows with the attempts (full jitter), so that competitors spread."""
    longest = min(FIRST_PAUSE_SECONDS * 2 ** min(attempt, 16), LONGEST_PAUSE_SECONDS)
    await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - jitter, no secret


async def until_won(
    work: Callable[[], Awaitable[T]],
    *,
    lost: Callable[[Exception], bool],
    seconds: float = PATIENCE_SECONDS,
) -> T:
    """Run `work` until it doesn't lose, for at most so long; then raise what it lost with.

    `work` reads what stands, decides and writes, and has no effect if `lost` is true of what it
    raises.
    """
    ends = time.monotonic() + seconds
    attempt = 0
    while True:
        try:
            return await work()
        except Exception as error:
            if not lost(error) or time.monotonic() > ends:
                raise
        await pause(attempt)
        attempt += 1
