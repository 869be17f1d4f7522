"""The posting path: one writer a process commits what many callers post at once, in one
transaction.

Every posting into a book moves the same head, so postings that run beside one another only fail one
another and run again (measured: 36/s on a hot account, against 5,900/s in groups of 50). Postings
that arrive while a group commits are the next group; nobody waits for a timer. Several processes
stay correct together: MongoDB fails the transaction with the older snapshot, and it runs again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kit.clock import Clock
from kit.logging import get_logger
from kit.mongo import Mongo, Tx
from kit.transient import is_transient
from ledger.domain.errors import LedgerError
from ledger.domain.posting import Command, Decided, PostingGroup
from ledger.repository.journal import Journal

MAX_GROUP = 500
log = get_logger(__name__)

# What came of a command: its decision, or why there is none.
Outcome = Decided | LedgerError


class Announcer(Protocol):
    """Tells the world of what was posted, within the transaction that posts it."""

    async def posted(self, tx: Tx, decisions: Sequence[Decided]) -> None: ...


class Poster:
    """Posts commands within a transaction in hand."""

    def __init__(
        self, *, journal: Journal, announcer: Announcer, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._journal = journal
        self._announcer = announcer
        self._clock = clock
        self._new_id = new_id

    async def post(self, tx: Tx, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Read what the commands stand on, decide each, write and announce what was decided."""
        ground = await self._journal.ground(tx, commands)
        group = PostingGroup(ground, now=_in_milliseconds(self._clock.now()), new_id=self._new_id)
        outcomes = [group.decide(command) for command in commands]
        decisions = [o for o in outcomes if isinstance(o, Decided) and not o.recalled]
        await self._journal.write(tx, decisions)
        await self._announcer.posted(tx, decisions)
        return outcomes


def _in_milliseconds(now: datetime) -> datetime:
    """As MongoDB keeps it."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass(frozen=True, slots=True)
class _Waiting:
    command: Command
    outcome: "asyncio.Future[Outcome]"


class GroupWriter:
    """Collects concurrent commands and commits them together; `run` is its one task."""

    def __init__(self, mongo: Mongo, poster: Poster) -> None:
        self._mongo = mongo
        self._poster = poster
        self._queue: deque[_Waiting] = deque()
        self._arrival = asyncio.Event()

    async def post(self, command: Command) -> Decided:
        """Raises the LedgerError that refuses the command, or what kept it from being written."""
        (outcome,) = await self.post_all([command])
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    async def post_all(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """The outcome of each, in their order. Each is posted or refused alone."""
        loop = asyncio.get_running_loop()
        waiting = [_Waiting(command, loop.create_future()) for command in commands]
        self._queue.extend(waiting)
        self._arrival.set()
        return await asyncio.gather(*(w.outcome for w in waiting))

    async def run(self) -> None:
        """Commit group after group, until cancelled."""
        try:
            while True:
                await self._arrival.wait()
                await self._commit(self._next_group())
        finally:
            for waiting in self._queue:
                waiting.outcome.cancel()

    def _next_group(self) -> Sequence[_Waiting]:
        group: list[_Waiting] = []
        while self._queue and len(group) < MAX_GROUP:
            waiting = self._queue.popleft()
            # Whoever has gone away meanwhile is not posted for.
            if not waiting.outcome.done():
                group.append(waiting)
        if not self._queue:
            self._arrival.clear()
        return group

    async def _commit(self, group: Sequence[_Waiting]) -> None:
        if not group:
            return
        try:
            outcomes = await self._post_in_transaction(group)
        except Exception as error:  # noqa: BLE001 - goes to whoever waits for it
            await self._fail(group, error)
            return
        for waiting, outcome in zip(group, outcomes, strict=True):
            if not waiting.outcome.done():
                waiting.outcome.set_result(outcome)

    async def _post_in_transaction(self, group: Sequence[_Waiting]) -> Sequence[Outcome]:
        commands = [waiting.command for waiting in group]
        return await self._mongo.in_transaction(lambda tx: self._poster.post(tx, commands))

    async def _fail(self, group: Sequence[_Waiting], error: Exception) -> None:
        """A group that the database won't take is tried one by one, so that what is wrong with one
        fails that one alone. Where the database itself is away, nobody is helped by asking again.
        """
        if len(group) > 1 and not is_transient(error):
            log.warning("group falls back to single postings", size=len(group), exc_info=error)
            for waiting in group:
                await self._commit([waiting])
            return
        for waiting in group:
            if not waiting.outcome.done():
                waiting.outcome.set_exception(error)
