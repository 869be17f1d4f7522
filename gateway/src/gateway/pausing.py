"""Long loops on the event loop, which let other requests on between their steps."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")
# A few milliseconds of work with a row or line.
STEPS = 100


async def pausing(items: Sequence[T]) -> AsyncIterator[tuple[int, T]]:
    """The items with their places, with a pause after every STEPS of them."""
    for place, item in enumerate(items):
        if place % STEPS == STEPS - 1:
            await asyncio.sleep(0)
        yield place, item
