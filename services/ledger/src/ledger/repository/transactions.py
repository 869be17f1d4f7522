"""Lists over the entries in force, by keyset, and what they come to."""

from collections.abc import Sequence
from typing import Any

from bson.decimal128 import Decimal128
from pymongo.asynchronous.client_session import AsyncClientSession

from kit.money import Money
from kit.mongo import Document, Mongo
from ledger.domain.entry import Entry, EntryKind
from ledger.domain.search import (
    CurrencyTotal,
    Cursor,
    MonthCount,
    Order,
    Query,
    Totals,
)
from ledger.repository.documents import entry_of
from ledger.repository.search_fields import WITHOUT_SEARCH_FIELDS
from ledger.repository.search_query import matching, prefixes_of
from ledger.repository.vocabulary import BookWords

# A list that cannot be had in a while ends, and doesn't hold up those of others.
MAX_TIME_MS = 20_000
_BY_DATE, _BY_SIZE = ("date", "transaction_id"), ("size", "date", "transaction_id")


class Transactions:
    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._db = mongo.db
        self._words = BookWords(mongo)

    async def page(
        self,
        owner: str,
        query: Query,
        *,
        after: Cursor | None,
        limit: int,
        order: Order = Order.NEWEST,
    ) -> Sequence[Entry]:
        """The next entries in force, in their order."""
        found = await self._matching(owner, query)
        if after is not None:
            found["$and"] = [*found.get("$and", ()), *following(after, order)]
        rows = (
            self._db.entries.find(found, WITHOUT_SEARCH_FIELDS)
            .sort(sorting(order))
            .limit(limit)
            .max_time_ms(MAX_TIME_MS)
        )
        return [entry_of(row) async for row in rows]

    async def ids(self, owner: str, query: Query, limit: int) -> Sequence[str]:
        """The transactions that are found, newest first, at most so many."""
        rows = (
            self._db.entries.find(await self._matching(owner, query), {"transaction_id": 1})
            .sort(sorting(Order.NEWEST))
            .limit(limit)
            .max_time_ms(MAX_TIME_MS)
        )
        return [row["transaction_id"] async for row in rows]

    async def months(self, owner: str, query: Query) -> Sequence[MonthCount]:
        """What the list holds, by month, newest first."""
        pipeline = months_pipeline(await self._matching(owner, query))
        cursor = await self._db.entries.aggregate(pipeline, maxTimeMS=MAX_TIME_MS)
        return [_month_count(row) async for row in cursor]

    async def totals(self, owner: str, query: Query) -> Totals:
        """What the whole list comes to, from one snapshot of the book."""
        found = await self._matching(owner, query)
        async with self._mongo.client.start_session(snapshot=True) as session:
            rows = await self._totals(found, session)
            head = await self._db.books.find_one({"_id": owner}, {"seq": 1}, session=session)
        currencies = [
            CurrencyTotal(
                Money(row["in"], row["_id"]), Money(-row["out"], row["_id"]), row["count"]
            )
            for row in rows
        ]
        seq = head["seq"] if head else 0
        return Totals(sum(total.count for total in currencies), currencies, seq)

    async def _totals(self, found: Document, session: AsyncClientSession) -> list[Document]:
        cursor = await self._db.entries.aggregate(
            totals_pipeline(found), session=session, maxTimeMS=MAX_TIME_MS
        )
        return await cursor.to_list()

    async def _matching(self, owner: str, query: Query) -> Document:
        vocabulary = await self._words.of(owner, prefixes_of(query))
        return matching(owner, query, vocabulary)


def sorting(order: Order) -> list[tuple[str, int]]:
    """Keys that an index has in this order, forwards or backwards."""
    fields = _BY_SIZE if order.by_size else _BY_DATE
    return [(field, -1 if order.descends else 1) for field in fields]


def following(cursor: Cursor, order: Order) -> list[Document]:
    """Those that come after the cursor.

    The bound on the first key alone is what an index can walk from; the rest filters those that
    share it.
    """
    past, from_ = ("$lt", "$lte") if order.descends else ("$gt", "$gte")
    later = {
        "$or": [
            {"date": {past: cursor.date}},
            {"date": cursor.date, "transaction_id": {past: cursor.transaction_id}},
        ]
    }
    if cursor.size is None:
        return [{"date": {from_: cursor.date}}, later]
    size = Decimal128(cursor.size)
    return [
        {"size": {from_: size}},
        {"$or": [{"size": {past: size}}, {"size": size, **later}]},
    ]


def months_pipeline(found: Document) -> list[Document]:
    month = {"$substrBytes": ["$date", 0, 7]}
    by_currency = {
        "_id": {"month": month, "currency": "$currency"},
        "count": {"$sum": 1},
        "sum": {"$sum": _if_standard("$amount")},
        "own": {"$sum": _if_standard(1)},
    }
    by_month = {
        "_id": "$_id.month",
        "count": {"$sum": "$count"},
        "sums": {"$push": {"currency": "$_id.currency", "sum": "$sum", "own": "$own"}},
    }
    return [
        {"$match": found},
        {"$group": by_currency},
        {"$sort": {"_id.currency": 1}},
        {"$group": by_month},
        {"$sort": {"_id": -1}},
    ]


def totals_pipeline(found: Document) -> list[Document]:
    by_currency = {
        "_id": "$currency",
        "count": {"$sum": 1},
        "in": {"$sum": _if_standard({"$max": ["$amount", 0]})},
        "out": {"$sum": _if_standard({"$min": ["$amount", 0]})},
    }
    return [{"$match": found}, {"$group": by_currency}, {"$sort": {"_id": 1}}]


def _if_standard(value: Any) -> Document:
    """Transfers between own accounts and opening balances are neither income nor spending."""
    return {"$cond": [{"$eq": ["$kind", EntryKind.STANDARD.value]}, value, 0]}


def _month_count(row: Document) -> MonthCount:
    sums = [Money(s["sum"], s["currency"]) for s in row["sums"] if s["own"]]
    return MonthCount(row["_id"], row["count"], sums)
