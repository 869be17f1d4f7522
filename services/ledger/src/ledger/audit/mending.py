"""Setting what follows from the journal to what it says, in transactions of bounded size.

MongoDB refuses a transaction that doesn't fit into its cache, and a large book has hundreds of
thousands of sums. Each part is right by itself: it holds the book and finds that nobody has posted
since the recount.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne

from kit.mongo import Document, Mongo, Tx
from ledger.audit.chain import right_marks
from ledger.audit.recount import MENDABLE, Difference, Fault, Recount
from ledger.domain.entry import Entry
from ledger.repository.documents import (
    balance_document,
    derived_fields,
    entry_of,
    rollup_document,
)

T = TypeVar("T")
# A rollup holds sums of up to 31 days.
SUMS_AT_ONCE = 500
# The history of one transaction, for each.
DIFFERENCES_AT_ONCE = 100
_Write = InsertOne[Document] | ReplaceOne[Document] | DeleteOne


class EntryAnnouncer(Protocol):
    async def entry_posted(self, tx: Tx, entry: Entry) -> None: ...


class BookChanged(Exception):
    """Someone posted into the book between its recount and its mending."""


class Mending:
    def __init__(self, mongo: Mongo, announcer: EntryAnnouncer) -> None:
        self._mongo = mongo
        self._db = mongo.db
        self._announcer = announcer

    async def mend(self, recount: Recount, differences: Sequence[Difference]) -> None:
        """Set sums and marks to what the journal says. Faults of the journal itself stay, and so do
        the sums while an entry cannot be read. Raises BookChanged."""
        if not any(d.fault in MENDABLE for d in differences):
            return
        # Also where the sums are right: whatever process remembers the book reads it anew.
        await self._held(recount, _nothing)
        if not recount.uncounted:
            await self._mend_sums(recount)
        for part in _parts(differences, DIFFERENCES_AT_ONCE):
            await self._mend_part(recount, part)

    async def _mend_sums(self, recount: Recount) -> None:
        totals = recount.totals
        balances = [balance_document(*pair) for pair in totals.changed_balances()]
        rollups = [rollup_document(k, rollup.told()) for k, rollup in totals.changed_rollups()]
        await self._set_sums(recount, "balances", ("account_id", "currency"), balances)
        rollup_key = ("dim", "month", "id", "currency")
        await self._set_sums(recount, "rollups", rollup_key, rollups)

    async def _set_sums(
        self, recount: Recount, collection: str, key: Sequence[str], right: Sequence[Document]
    ) -> None:
        writes = await self._sum_changes(recount.owner, collection, key, right)
        for part in _parts(writes, SUMS_AT_ONCE):

            async def write(tx: Tx, part: Sequence[_Write] = part) -> None:
                await tx.db[collection].bulk_write(part, ordered=False, session=tx.session)

            await self._held(recount, write)

    async def _sum_changes(
        self, owner: str, collection: str, key: Sequence[str], right: Sequence[Document]
    ) -> Sequence[_Write]:
        """Writes that turn the stored documents into the right ones."""

        def key_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
            return tuple(row.get(name) for name in key)

        missing = {key_of(document): document for document in right}
        writes: list[_Write] = []
        async for row in self._db[collection].find({"user_id": owner}, batch_size=2_000):
            stored = {"_id": row.pop("_id"), "user_id": owner}
            document = missing.pop(key_of(row), None)
            if document is None:
                writes.append(DeleteOne(stored))
            elif document != row:
                writes.append(ReplaceOne(stored, document))
        return [*writes, *map(InsertOne, missing.values())]

    async def _mend_part(self, recount: Recount, part: Sequence[Difference]) -> None:
        async def mend(tx: Tx) -> None:
            for difference in part:
                await self._mend_one(tx, difference)

        await self._held(recount, mend)

    async def _held(self, recount: Recount, work: Callable[[Tx], Awaitable[None]]) -> None:
        """Do the work in a transaction that holds the book. Raises BookChanged."""

        async def hold(tx: Tx) -> None:
            newest = await tx.db.entries.find_one(
                {"user_id": recount.owner}, {"seq": 1}, sort=[("seq", -1)], session=tx.session
            )
            if (newest["seq"] if newest else 0) != recount.last_seq:
                raise BookChanged
            head = {"$set": {"seq": recount.last_seq}, "$inc": {"held": 1}}
            await tx.db.books.update_one({"_id": recount.owner}, head, session=tx.session)
            await work(tx)

        await self._mongo.in_transaction(hold)

    async def _mend_one(self, tx: Tx, difference: Difference) -> None:
        id_ = difference.subject.partition(" ")[0]
        if difference.fault is Fault.IN_FORCE:
            await self._mend_marks(tx, difference.owner, id_)
            return
        if difference.fault is Fault.OPERATION:
            told = {"$set": {"counts.done": int(difference.expected)}}
            query = {"_id": id_, "user_id": difference.owner}
            await tx.db.operations.update_one(query, told, session=tx.session)
            return
        if difference.fault is Fault.CLAIM and difference.found == "none":
            id_ = difference.expected
        query = {"_id": id_, "user_id": difference.owner}
        row = await tx.db.entries.find_one(query, session=tx.session)
        if row is None:
            return
        entry = entry_of(row)
        if difference.fault is Fault.EVENT and difference.found == "none":
            await self._announcer.entry_posted(tx, entry)
        elif difference.fault is Fault.FOUND_BY:
            change = {"$set": derived_fields(entry)}
            await tx.db.entries.update_one(query, change, session=tx.session)
        elif difference.fault is Fault.CLAIM:
            change = {"$set": derived_fields(replace(entry, claims=True))}
            await tx.db.entries.update_one(query, change, session=tx.session)

    async def _mend_marks(self, tx: Tx, owner: str, transaction_id: str) -> None:
        query = {"user_id": owner, "transaction_id": transaction_id}
        rows = tx.db.entries.find(query, session=tx.session).sort("seq", 1)
        right = right_marks([entry_of(row) async for row in rows])
        changes = [
            UpdateOne(
                {"_id": id_, "user_id": owner},
                {"$set": {"live": marks.live, "superseded_at": marks.superseded_at}},
            )
            for id_, marks in right.items()
        ]
        await tx.db.entries.bulk_write(changes, session=tx.session)


async def _nothing(_: Tx) -> None:
    """Only hold the book."""


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
