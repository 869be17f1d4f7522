"""Reads each book whole, from one snapshot, so that a check is right while others write."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.cursor import AsyncCursor

from kit.events import type_name
from kit.mongo import Document, Mongo
from kit.outbox import PUBLISHED_TTL_SECONDS, events_of
from ledger.audit.chain import Chain, Marks
from ledger.audit.mending import EntryAnnouncer, Mending
from ledger.audit.operations import ToldOperations, read_operations
from ledger.audit.recount import Difference, Fault, Recount
from ledger.domain.category import CategoryKind
from ledger.domain.entry import Entry
from ledger.domain.totals import Balance, BalanceKey, Rollup, RollupKey
from ledger.repository.documents import (
    balance_of,
    derived_fields,
    entry_of,
    rollup_key_of,
    rollup_of,
)
from pfa.events.v1.ledger_events_pb2 import EntryPosted

# Published events are forgotten after a while; entries as old as that are not asked for theirs.
EVENTS_KEPT = timedelta(seconds=PUBLISHED_TTL_SECONDS) - timedelta(hours=1)
_ENTRY_POSTED = type_name(EntryPosted)


@dataclass(frozen=True, slots=True)
class BookAudit:
    """What was counted in one book, and every difference."""

    owner: str
    recount: Recount
    events: int
    differences: Sequence[Difference] = field(default_factory=list)


class Auditor:
    def __init__(self, mongo: Mongo, announcer: EntryAnnouncer) -> None:
        self._mongo = mongo
        self._db = mongo.db
        self._mending = Mending(mongo, announcer)

    async def owners(self) -> AsyncIterator[str]:
        """Everyone of whom the ledger holds anything, in order."""
        kept = ("entries", "balances", "rollups")
        users = [{"$group": {"_id": "$user_id"}}]
        pipeline: list[Document] = [
            {"$project": {"_id": 1}},
            *({"$unionWith": {"coll": name, "pipeline": users}} for name in kept),
            {"$group": {"_id": "$_id"}},
            {"$sort": {"_id": 1}},
        ]
        async for row in await self._db.books.aggregate(pipeline, allowDiskUse=True):
            yield row["_id"]

    async def audit(self, owner: str) -> BookAudit:
        """Recount one book and compare all that is kept about it."""
        async with self._mongo.client.start_session(snapshot=True) as session:
            recount = Recount(owner, await self._incomes(session, owner))
            events = _Events(owner, self._mongo, session)
            async for row in self._entries(session, owner, by=["seq"]):
                entry = entry_of(row)
                recount.add(entry)
                recount.compare_derived(entry, derived_fields(entry), row)
                await events.match(entry)
            recount.compare_head(await self._head(session, owner))
            recount.compare_balances(await self._balances(session, owner))
            recount.compare_rollups(await self._rollups(session, owner))
            operations = await read_operations(self._db, session, owner)
            chains = [d async for d in self._chain_faults(session, owner, operations)]
            recount.compare_operations(operations.told, operations.touched, operations.booked)
            missing = await events.unmatched()
        return BookAudit(owner, recount, events.count, [*recount.faults, *chains, *missing])

    async def mend(self, found: BookAudit) -> None:
        """Set all that follows from the journal to what it says; what the journal itself has wrong
        stays. Raises BookChanged."""
        await self._mending.mend(found.recount, found.differences)

    def _entries(
        self, session: AsyncClientSession, owner: str, *, by: Sequence[str]
    ) -> AsyncCursor[Document]:
        order = [(field_, 1) for field_ in by]
        return self._db.entries.find({"user_id": owner}, session=session, batch_size=2_000).sort(
            order
        )

    async def _chain_faults(
        self, session: AsyncClientSession, owner: str, operations: ToldOperations
    ) -> AsyncIterator[Difference]:
        """What is wrong with each transaction; what operations touched is counted on the way."""
        chain: Chain | None = None
        async for row in self._entries(session, owner, by=["transaction_id", "seq"]):
            entry = entry_of(row)
            if chain is None or chain.transaction_id != entry.transaction_id:
                for difference in chain.finished() if chain else ():
                    yield difference
                operations.count(chain)
                chain = Chain(owner, entry.transaction_id)
            marks = Marks(row["live"], row["superseded_at"], row.get("freed_by", ""))
            chain.add(entry, marks)
        operations.count(chain)
        for difference in chain.finished() if chain else ():
            yield difference

    async def _head(self, session: AsyncClientSession, owner: str) -> int:
        row = await self._db.books.find_one({"_id": owner}, session=session)
        return row["seq"] if row else 0

    async def _incomes(self, session: AsyncClientSession, owner: str) -> dict[str, bool]:
        rows = self._db.categories.find({"user_id": owner}, {"kind": 1}, session=session)
        return {row["_id"]: row["kind"] == CategoryKind.INCOME async for row in rows}

    async def _balances(self, session: AsyncClientSession, owner: str) -> dict[BalanceKey, Balance]:
        rows = self._db.balances.find({"user_id": owner}, session=session)
        return {
            BalanceKey(owner, row["account_id"], row["currency"]): balance_of(row)
            async for row in rows
        }

    async def _rollups(self, session: AsyncClientSession, owner: str) -> dict[RollupKey, Rollup]:
        rows = self._db.rollups.find({"user_id": owner}, session=session)
        return {rollup_key_of(row): rollup_of(row) async for row in rows}


class _Events:
    """Matches each entry with its event. Both come in one order, so little is ever held."""

    def __init__(self, owner: str, mongo: Mongo, session: AsyncClientSession) -> None:
        self._owner = owner
        self._db = mongo.db
        self._session = session
        self._since = datetime.now(UTC) - EVENTS_KEPT
        self._rows = self._db.outbox.find(
            {
                "user_id": owner,
                "created_at": {"$gte": self._since},
            },
            {"acts.events.payload": 0},
            session=session,
            batch_size=100,
        ).sort("seq", 1)
        # Entries told by the document that was read last, and not matched yet.
        self._told: list[str] = []
        # How many more entries than events were seen, by entry.
        self._open: dict[str, int] = {}
        self.count = 0

    async def match(self, entry: Entry) -> None:
        if entry.recorded_at >= self._since:
            self._note(entry.id, 1)
            await self._next()

    async def unmatched(self) -> Sequence[Difference]:
        while await self._next():
            pass
        return [
            Difference(self._owner, Fault.EVENT, id_, "one", "none" if n > 0 else "more")
            for id_, n in sorted(self._open.items())
            if n > 0 or not await self._older(id_)
        ]

    async def _next(self) -> bool:
        while not self._told:
            document = await anext(self._rows, None)
            if document is None:
                return False
            self._told = [e.subject for e in events_of(document) if e.type == _ENTRY_POSTED]
            self._told.reverse()
        self.count += 1
        self._note(self._told.pop(), -1)
        return True

    def _note(self, entry_id: str, step: int) -> None:
        count = self._open.get(entry_id, 0) + step
        if count:
            self._open[entry_id] = count
        else:
            del self._open[entry_id]

    async def _older(self, entry_id: str) -> bool:
        """Whether the event's entry was recorded just before those that are asked for theirs."""
        query = {"_id": entry_id, "user_id": self._owner, "recorded_at": {"$lt": self._since}}
        return await self._db.entries.find_one(query, session=self._session) is not None
