"""Edits that are merged into what stands: read, merge, write with the version that was read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import grpc

from gateway import problems
from gateway.problems import ProblemError
from kit.contention import until_won
from kit.grpc.client import rpc_problem

T = TypeVar("T")


class Merging:
    """Merges edits into one thing in turn, and again if somebody else was quicker.

    Without turns, of n clients that edit the same thing n − 1 would read in vain each time. Turns
    are kept within this process; between processes the attempts are spread by random pauses.
    """

    def __init__(self) -> None:
        self._turns: dict[str, _Turn] = {}

    async def __call__(self, thing: str, merge: Callable[[], Awaitable[T]], *, version: int) -> T:
        """Run `merge`, which reads what stands and writes with the version that it read.

        A client that names a version (If-Match) asks for no merge: then it runs once. Raises
        what `merge` raises, and ProblemError (conflict) if others were quicker every time.
        """
        if version:
            return await merge()
        async with self._turn(thing):
            return await _persistently(merge)

    @asynccontextmanager
    async def _turn(self, thing: str) -> AsyncIterator[None]:
        turn = self._turns.setdefault(thing, _Turn())
        turn.wanted += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del self._turns[thing]


class _Turn:
    __slots__ = ("lock", "wanted")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wanted = 0


async def _persistently(merge: Callable[[], Awaitable[T]]) -> T:
    try:
        return await until_won(merge, lost=_was_changed)
    except grpc.aio.AioRpcError as error:
        if not _was_changed(error):
            raise
        raise ProblemError(
            problems.CONFLICT,
            "others kept changing it at the same moment: try again",
            headers={"retry-after": "1"},
        ) from None


def _was_changed(error: Exception) -> bool:
    if not isinstance(error, grpc.aio.AioRpcError):
        return False
    return rpc_problem(error).reason == "VERSION_MISMATCH"
