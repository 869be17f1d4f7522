"""Reads each book whole, from one snapshot, so that a check is right while others write."""

from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
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
from ledger.audit.rows import RowAudit
from ledger.domain.category import CategoryKind
from ledger.domain.entry import Entry
from ledger.repository.documents import (
    derived_fields,
    entry_of,
)
from ledger.repository.kinds import KINDS, UnreadableRow
from ledger.repository.rates import SHARED
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
        kept = sorted({*KINDS, "balances", "rollups"} - {"books"})
        users = [{"$group": {"_id": "$user_id"}}]
        pipeline: list[Document] = [
            {"$project": {"_id": 1}},
            *({"$unionWith": {"coll": name, "pipeline": users}} for name in kept),
            {"$group": {"_id": "$_id"}},
            # The rates that all books share are no book.
            {"$match": {"_id": {"$ne": SHARED}}},
            {"$sort": {"_id": 1}},
        ]
        async for row in await self._db.books.aggregate(pipeline, allowDiskUse=True):
            yield row["_id"]

    async def audit(self, owner: str) -> BookAudit:
        """Recount one book and compare all that is kept about it. A row that can't be read is a
        difference; the others are looked at all the same."""
        async with self._mongo.client.start_session(snapshot=True) as session:
            recount = Recount(owner, await self._incomes(session, owner))
            events = _Events(owner, self._mongo, session)
            broken = set[object]()
            async for row in self._entries(session, owner, by=["seq"]):
                try:
                    entry = KINDS["entries"].read(row).entry
                    derived = derived_fields(entry)
                    recount.add(entry)
                except (UnreadableRow, ValueError) as error:
                    broken.add(row.get("transaction_id"))
                    recount.miss(f"entries {row['_id']}", str(error), seq=row.get("seq"))
                    continue
                recount.compare_derived(entry, derived, row)
                await events.match(entry)
            rows = RowAudit(self._db, session, owner)
            recount.faults += [d async for d in rows.unreadable()]
            recount.faults += [d async for d in rows.parked()]
            recount.compare_head(await rows.head())
            recount.compare_balances(await rows.balances())
            recount.compare_rollups(await rows.rollups())
            recount.faults += rows.faults
            operations = await read_operations(self._db, session, owner)
            chains = [d async for d in self._chain_faults(session, owner, operations, broken)]
            recount.compare_operations(operations.told, operations.changed(), operations.booked)
            missing = await events.unmatched()
        found = [*recount.faults, *chains, *missing, *events.faults]
        return BookAudit(owner, recount, events.count, found)

    async def mend(self, found: BookAudit) -> None:
        """Set all that follows from the journal to what it says; what the journal itself has wrong
        stays, and with an entry that can't be read the sums do. Raises BookChanged."""
        await self._mending.mend(found.recount, found.differences)

    def _entries(
        self, session: AsyncClientSession, owner: str, *, by: Sequence[str]
    ) -> AsyncCursor[Document]:
        order = [(field_, 1) for field_ in by]
        return self._db.entries.find({"user_id": owner}, session=session, batch_size=2_000).sort(
            order
        )

    async def _chain_faults(
        self,
        session: AsyncClientSession,
        owner: str,
        operations: ToldOperations,
        broken: AbstractSet[object],
    ) -> AsyncIterator[Difference]:
        """Faults of each transaction; changes by operations are counted on the way.
        Transactions with an unreadable entry are skipped."""
        chain: Chain | None = None
        async for row in self._entries(session, owner, by=["transaction_id", "seq"]):
            if row.get("transaction_id") in broken:
                continue
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

    async def _incomes(self, session: AsyncClientSession, owner: str) -> dict[str, bool]:
        rows = self._db.categories.find({"user_id": owner}, {"kind": 1}, session=session)
        return {row["_id"]: row.get("kind") == CategoryKind.INCOME async for row in rows}


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
        self.faults: list[Difference] = []

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
            try:
                told = [e.subject for e in events_of(document) if e.type == _ENTRY_POSTED]
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it is a difference
                self._miss(document, error)
                continue
            self._told = told[::-1]
        self.count += 1
        self._note(self._told.pop(), -1)
        return True

    def _note(self, entry_id: str, step: int) -> None:
        count = self._open.get(entry_id, 0) + step
        if count:
            self._open[entry_id] = count
        else:
            del self._open[entry_id]

    def _miss(self, document: Document, error: Exception) -> None:
        subject, what = f"outbox {document['_id']}", f"{type(error).__name__}: {error}"
        self.faults.append(
            Difference(self._owner, Fault.UNREADABLE, subject, "a readable row", what)
        )

    async def _older(self, entry_id: str) -> bool:
        """Whether the event's entry was recorded just before those that are asked for theirs."""
        query = {"_id": entry_id, "user_id": self._owner, "recorded_at": {"$lt": self._since}}
        return await self._db.entries.find_one(query, session=self._session) is not None
