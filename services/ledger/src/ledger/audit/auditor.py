"""Reads each book whole, from one snapshot, so that a check is right while others write."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pymongo import UpdateMany, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from kit.events import type_name
from kit.mongo import Document, Mongo, Tx
from kit.outbox import PUBLISHED_TTL_SECONDS, events_of
from ledger.audit.recount import MENDABLE, Chain, Difference, Fault, Recount
from ledger.domain.entry import Entry
from ledger.domain.totals import BalanceKey, Rollup, RollupKey
from ledger.repository.documents import entry_of, rollup_of
from pfa.events.v1.ledger_events_pb2 import EntryPosted

# Published events are forgotten after a while; entries as old as that are not asked for theirs.
EVENTS_KEPT = timedelta(seconds=PUBLISHED_TTL_SECONDS) - timedelta(hours=1)
_NO_SEARCH_WORDS = {"words": 0}
_ENTRY_POSTED = type_name(EntryPosted)


class EntryAnnouncer(Protocol):
    async def entry_posted(self, tx: Tx, entry: Entry) -> None: ...


@dataclass(frozen=True, slots=True)
class BookAudit:
    """What was counted in one book, and every difference."""

    owner: str
    recount: Recount
    events: int
    differences: Sequence[Difference] = field(default_factory=list)


class BookChanged(Exception):
    """Someone posted into the book between its recount and its mending."""


class Auditor:
    def __init__(self, mongo: Mongo, announcer: EntryAnnouncer) -> None:
        self._mongo = mongo
        self._db = mongo.db
        self._announcer = announcer

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
            recount = Recount(owner)
            events = _Events(owner, self._mongo, session)
            async for entry, _ in self._entries(session, owner, by=["seq"]):
                recount.add(entry)
                await events.match(entry)
            recount.compare_head(await self._head(session, owner))
            recount.compare_balances(await self._balances(session, owner))
            recount.compare_rollups(await self._rollups(session, owner))
            chains = [d async for d in self._chain_faults(session, owner)]
            missing = await events.unmatched()
        return BookAudit(owner, recount, events.count, [*recount.faults, *chains, *missing])

    async def mend(self, found: BookAudit) -> None:
        """Set all that follows from the journal to what it says; what the journal itself has wrong
        stays. Raises BookChanged."""

        async def mend(tx: Tx) -> None:
            await self._claim(tx, found)
            await self._replace_sums(tx, found.recount)
            for difference in found.differences:
                await self._mend_one(tx, difference)

        if any(d.fault in MENDABLE for d in found.differences):
            await self._mongo.in_transaction(mend)

    async def _claim(self, tx: Tx, found: BookAudit) -> None:
        newest = await tx.db.entries.find_one(
            {"user_id": found.owner}, {"seq": 1}, sort=[("seq", -1)], session=tx.session
        )
        if (newest["seq"] if newest else 0) != found.recount.last_seq:
            raise BookChanged
        head = {"$set": {"seq": found.recount.last_seq}, "$inc": {"held": 1}}
        await tx.db.books.update_one({"_id": found.owner}, head, session=tx.session)

    async def _replace_sums(self, tx: Tx, recount: Recount) -> None:
        for collection in (tx.db.balances, tx.db.rollups):
            await collection.delete_many({"user_id": recount.owner}, session=tx.session)
        balances = [
            {"user_id": k.owner, "account_id": k.account_id, "currency": k.currency, "balance": n}
            for k, n in recount.totals.changed_balances()
        ]
        rollups = [
            {
                "user_id": key.owner,
                "is_category": key.is_category,
                "month": key.month,
                "account_id": key.account_id,
                "currency": key.currency,
                "debit": sums.debit,
                "credit": sums.credit,
                "count": sums.count,
            }
            for key, sums in recount.totals.changed_rollups()
        ]
        if balances:
            await tx.db.balances.insert_many(balances, session=tx.session)
            await tx.db.rollups.insert_many(rollups, session=tx.session)

    async def _mend_one(self, tx: Tx, difference: Difference) -> None:
        if difference.fault is Fault.IN_FORCE:
            scope = {"user_id": difference.owner, "transaction_id": difference.subject}
            wrong = UpdateMany({**scope, "live": True}, {"$set": {"live": False}})
            right = UpdateOne({**scope, "_id": difference.expected}, {"$set": {"live": True}})
            await tx.db.entries.bulk_write([wrong, right], session=tx.session)
        elif difference.fault is Fault.EVENT:
            query = {"_id": difference.subject, "user_id": difference.owner}
            row = await tx.db.entries.find_one(query, session=tx.session)
            if row is not None and difference.found == "none":
                await self._announcer.entry_posted(tx, entry_of(row))

    async def _entries(
        self, session: AsyncClientSession, owner: str, *, by: Sequence[str]
    ) -> AsyncIterator[tuple[Entry, bool]]:
        order = [(field_, 1) for field_ in by]
        cursor = self._db.entries.find(
            {"user_id": owner}, _NO_SEARCH_WORDS, session=session, batch_size=2_000
        ).sort(order)
        async for row in cursor:
            yield entry_of(row), row["live"]

    async def _chain_faults(
        self, session: AsyncClientSession, owner: str
    ) -> AsyncIterator[Difference]:
        chain: Chain | None = None
        async for entry, live in self._entries(session, owner, by=["transaction_id", "seq"]):
            if chain is None or chain.transaction_id != entry.transaction_id:
                for difference in chain.finished() if chain else ():
                    yield difference
                chain = Chain(owner, entry.transaction_id)
            chain.add(entry, live=live)
        for difference in chain.finished() if chain else ():
            yield difference

    async def _head(self, session: AsyncClientSession, owner: str) -> int:
        row = await self._db.books.find_one({"_id": owner}, session=session)
        return row["seq"] if row else 0

    async def _balances(self, session: AsyncClientSession, owner: str) -> dict[BalanceKey, int]:
        rows = self._db.balances.find({"user_id": owner}, session=session)
        return {
            BalanceKey(owner, row["account_id"], row["currency"]): row["balance"]
            async for row in rows
        }

    async def _rollups(self, session: AsyncClientSession, owner: str) -> dict[RollupKey, Rollup]:
        rows = self._db.rollups.find({"user_id": owner}, session=session)
        return {
            RollupKey(
                owner, row["is_category"], row["month"], row["account_id"], row["currency"]
            ): rollup_of(row)
            async for row in rows
        }


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
