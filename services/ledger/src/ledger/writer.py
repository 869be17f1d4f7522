"""The posting path: one writer a process commits what many callers post at once, in one transaction
a book.

Every posting into a book moves the same head, so postings that run beside one another only fail one
another and run again (measured: 36/s on a hot account, against thousands in groups). Postings that
arrive while a group of their book commits are its next group; nobody waits for a timer. Groups of
different books commit side by side, and none spans two: a transaction stays within one shard.

Several processes stay correct together. What a group left is remembered, so that the next reads
nothing; its first write moves the head from where this process saw it, and where it isn't there any
more, all is read anew. So one process that has a book to itself pays for writes alone.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from pymongo.errors import DuplicateKeyError

from kit.clock import Clock
from kit.logging import get_logger
from kit.mongo import Mongo, Tx
from kit.outbox import Batch, documents_of
from kit.transient import is_transient
from ledger.domain.errors import BalanceTooLarge, LedgerError
from ledger.domain.posting import Command, Decided, PostingGroup
from ledger.repository.grounds import Footing, read_ground, read_room
from ledger.repository.journal import HeadMoved, Journal

MAX_GROUP = 500
# Groups that commit at once. What waits for its turn grows into larger groups: of 64 clients in
# eight books two at once make 1.7 times the postings of sixteen (bench/README.md).
GROUPS_AT_ONCE = 2
# What an import sends is large: transactions of hundreds of entries beside one another cost MongoDB
# two to three times the processor time of the same in turn.
LARGE_GROUP = 100
LARGE_AT_ONCE = 2
REMEMBERED_BOOKS = 1_024
log = get_logger(__name__)

# What came of a command: its decision, or why there is none.
Outcome = Decided | LedgerError


class Announcer(Protocol):
    """Says what is told to the world of what was posted."""

    def posted(self, decisions: Sequence[Decided]) -> Sequence[Batch]: ...


@dataclass(frozen=True, slots=True)
class Posted:
    """What a group came to, and what the next of its book stands on once it is committed."""

    outcomes: Sequence[Outcome]
    footing: Footing


class Poster:
    """Posts commands within a transaction in hand."""

    def __init__(
        self, *, journal: Journal, announcer: Announcer, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._journal = journal
        self._announcer = announcer
        self._clock = clock
        self._new_id = new_id

    async def post(
        self, tx: Tx, commands: Sequence[Command], *, weighed: bool = False
    ) -> Sequence[Outcome]:
        """Post into one book, beside whatever else the transaction does. Raises BalanceTooLarge,
        which `weighed` makes an outcome of the commands that it is about."""
        return (await self.post_on(tx, commands, weighed=weighed)).outcomes

    async def post_on(
        self,
        tx: Tx,
        commands: Sequence[Command],
        remembered: Footing | None = None,
        *,
        weighed: bool = False,
    ) -> Posted:
        """Read what the commands stand on, decide each, write and announce what was decided.
        `weighed` also refuses by name those for which a sum has no room.

        Raises HeadMoved and DuplicateKeyError where what is remembered doesn't hold any more,
        BalanceTooLarge where a sum has no room for all of them.
        """
        owner = _one_owner(commands)
        footing = await read_ground(tx, owner, commands, remembered)
        group = PostingGroup(
            footing.ground,
            now=_in_milliseconds(self._clock.now()),
            new_id=self._new_id,
            room=await read_room(tx, owner) if weighed else None,
        )
        outcomes = [group.decide(command) for command in commands]
        if remembered is not None and any(isinstance(o, LedgerError) for o in outcomes):
            # Nobody is refused for what may be different by now.
            raise HeadMoved
        decisions = [o for o in outcomes if isinstance(o, Decided) and not o.recalled]
        if decisions:
            told = documents_of(owner, footing.head.events, self._announcer.posted(decisions))
            head = await self._journal.write(tx, footing, decisions, told)
            footing = replace(footing, head=head)
        return Posted(outcomes, footing)


def _one_owner(commands: Sequence[Command]) -> str:
    (owner,) = {command.owner for command in commands}
    return owner


def _in_milliseconds(now: datetime) -> datetime:
    """As MongoDB keeps it."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class _Batch:
    """What one caller waits for: the outcomes of some commands, in their order. One future for all
    of them: an import asks for a thousand."""

    __slots__ = ("_missing", "_outcomes", "answer")

    def __init__(self, size: int) -> None:
        self.answer: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        self._outcomes: list[Any] = [None] * size
        self._missing = size

    def settle(self, number: int, outcome: Outcome) -> None:
        self._outcomes[number] = outcome
        self._missing -= 1
        if not self._missing and not self.answer.done():
            self.answer.set_result(self._outcomes)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class _Waiting(NamedTuple):
    command: Command
    batch: _Batch
    number: int

    @property
    def is_gone(self) -> bool:
        """Whether the caller waits no more."""
        return self.batch.answer.cancelled()

    def settle(self, outcome: Outcome) -> None:
        self.batch.settle(self.number, outcome)


class GroupWriter:
    """Collects concurrent commands and commits those of a book together; `run` is its one task."""

    def __init__(self, mongo: Mongo, poster: Poster) -> None:
        self._mongo = mongo
        self._poster = poster
        # What waits, by book; a book is here while anything of it waits or is being committed.
        self._lanes: dict[str, deque[_Waiting]] = {}
        # The books whose turn it is, each once.
        self._turns: asyncio.Queue[str] = asyncio.Queue()
        self._remembered: OrderedDict[str, Footing] = OrderedDict()
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def post(self, command: Command) -> Decided:
        """Raises the LedgerError that refuses the command, or what kept it from being written."""
        (outcome,) = await self.post_all([command])
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    async def post_all(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """The outcome of each, in their order. Each is posted or refused alone."""
        if not commands:
            return []
        batch = _Batch(len(commands))
        for number, command in enumerate(commands):
            lane = self._lanes.get(command.owner)
            if lane is None:
                lane = self._lanes[command.owner] = deque()
                self._turns.put_nowait(command.owner)
            lane.append(_Waiting(command, batch, number))
        return await batch.answer

    async def run(self) -> None:
        """Commit group after group, until cancelled."""
        workers = [asyncio.create_task(self._work()) for _ in range(GROUPS_AT_ONCE)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            for lane in self._lanes.values():
                for waiting in lane:
                    waiting.batch.answer.cancel()

    async def _work(self) -> None:
        while True:
            owner = await self._turns.get()
            await self._commit(owner, self._next_group(owner))
            if self._lanes[owner]:
                self._turns.put_nowait(owner)
            else:
                del self._lanes[owner]

    def _next_group(self, owner: str) -> Sequence[_Waiting]:
        lane, group = self._lanes[owner], list[_Waiting]()
        while lane and len(group) < MAX_GROUP:
            waiting = lane.popleft()
            # Whoever has gone away meanwhile is not posted for.
            if not waiting.is_gone:
                group.append(waiting)
        return group

    async def _commit(self, owner: str, group: Sequence[_Waiting]) -> None:
        if not group:
            return
        try:
            outcomes = await self._in_turn(owner, [waiting.command for waiting in group])
        except Exception as error:  # noqa: BLE001 - goes to whoever waits for it
            await self._fail(owner, group, error)
            return
        except BaseException:
            # Cut off in the middle: nobody is told of what may or may not be committed.
            for waiting in group:
                waiting.batch.answer.cancel()
            raise
        for waiting, outcome in zip(group, outcomes, strict=True):
            waiting.settle(outcome)

    async def _in_turn(self, owner: str, commands: Sequence[Command]) -> Sequence[Outcome]:
        if len(commands) < LARGE_GROUP:
            return await self._post(owner, commands)
        async with self._large:
            return await self._post(owner, commands)

    async def _post(self, owner: str, commands: Sequence[Command]) -> Sequence[Outcome]:
        # Taken away while in use: what isn't known to be committed is not remembered.
        remembered = self._remembered.pop(owner, None)
        try:
            posted = await self._post_in_transaction(commands, remembered)
        except (HeadMoved, DuplicateKeyError):
            if remembered is None:
                raise
            posted = await self._post_in_transaction(commands, None)
        except BalanceTooLarge:
            posted = await self._post_in_transaction(commands, None, weighed=True)
        self._remember(owner, posted.footing)
        return posted.outcomes

    async def _post_in_transaction(
        self, commands: Sequence[Command], remembered: Footing | None, *, weighed: bool = False
    ) -> Posted:
        return await self._mongo.in_transaction(
            lambda tx: self._poster.post_on(tx, commands, remembered, weighed=weighed)
        )

    def _remember(self, owner: str, footing: Footing) -> None:
        self._remembered[owner] = footing.lasting()
        if len(self._remembered) > REMEMBERED_BOOKS:
            self._remembered.popitem(last=False)

    async def _fail(self, owner: str, group: Sequence[_Waiting], error: Exception) -> None:
        """Try a group that the database won't take in halves, so that what is wrong with one fails
        or refuses that one alone. Where the database itself is away, asking again helps nobody."""
        if len(group) > 1 and not is_transient(error):
            log.warning("a group falls back to halves", size=len(group), exc_info=error)
            middle = len(group) // 2
            await self._commit(owner, group[:middle])
            await self._commit(owner, group[middle:])
            return
        for waiting in group:
            if isinstance(error, LedgerError):
                waiting.settle(error)
            else:
                waiting.batch.fail(error)
