"""Lists over the entries in force, by keyset, and what they come to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bson.codec_options import CodecOptions
from bson.decimal128 import Decimal128
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.cursor import AsyncCursor

from kit.money import Money
from kit.mongo import Document, Mongo
from ledger.domain.book import Book
from ledger.domain.entry import EntryKind
from ledger.domain.search import (
    CurrencyTotal,
    Cursor,
    MonthCount,
    Order,
    Query,
    Totals,
)
from ledger.domain.transaction import Transaction
from ledger.repository.counted import Counted, MonthSum
from ledger.repository.documents import TRANSACTION_FIELDS, transaction_in_force
from ledger.repository.search_lanes import Vocabulary, is_walk, simplified
from ledger.repository.search_query import matching, prefixes_of, walking
from ledger.repository.search_scan import Scan, until
from ledger.repository.vocabulary import BookWords

# A list that cannot be had in a while ends, and doesn't hold up those of others.
MAX_TIME_MS = 20_000
# How many entries a page looks at that an index can't tell from those that are found: first few,
# which is enough for most searches, then as many as one page may.
SCAN_STEPS = (500, 2_500)
# Instants as they are stored: decoding them with a zone takes as long again as the whole page.
_WITHOUT_ZONE: CodecOptions[Document] = CodecOptions()
_BY_DATE, _BY_SIZE = ("date", "transaction_id"), ("size", "date", "transaction_id")


@dataclass(frozen=True, slots=True)
class Found:
    """Transactions in their order. `reached` is where the search stopped before it had as many as
    were asked for and before the end of the list; None otherwise."""

    transactions: Sequence[Transaction]
    reached: Cursor | None


class Transactions:
    def __init__(self, mongo: Mongo, steps: Sequence[int] = SCAN_STEPS) -> None:
        self._steps = steps
        self._mongo = mongo
        self._db = mongo.db
        self._listed = mongo.db.get_collection("entries", codec_options=_WITHOUT_ZONE)
        self._words = BookWords(mongo)
        self._counted = Counted(mongo)

    async def page(
        self,
        book: Book,
        query: Query,
        *,
        after: Cursor | None,
        limit: int,
        order: Order = Order.NEWEST,
    ) -> Found:
        """The next transactions of the book, in their order."""
        query = simplified(query)
        vocabulary = await self._vocabulary(book.owner, query)
        found = matching(book.owner, query, vocabulary)
        if is_walk(query, order, vocabulary):
            rows = self._rows(found, after, None, limit, order)
            return Found([transaction_in_force(row, book) for row in await rows.to_list()], None)
        scan = Scan(self._db.entries, book.owner, query, vocabulary, order)
        listed: list[Transaction] = []
        for steps in self._steps:
            reach = await scan.reach(after, steps)
            if not reach.lanes:
                return Found(listed, None)
            walked = walking(found, reach.field, reach.values) if reach.field else found
            rows = self._rows(walked, after, reach.to, limit - len(listed), order)
            rows = rows.hint(reach.index)
            listed += [transaction_in_force(row, book) for row in await rows.to_list()]
            if len(listed) == limit or reach.to is None:
                return Found(listed, None)
            after = reach.to
        return Found(listed, after)

    def _rows(
        self, found: Document, after: Cursor | None, to: Cursor | None, limit: int, order: Order
    ) -> AsyncCursor[Document]:
        bounds = [
            *(following(after, order) if after is not None else ()),
            *(until(to, order) if to is not None else ()),
        ]
        if bounds:
            found = {**found, "$and": [*found.get("$and", ()), *bounds]}
        return self._listed.find(
            found,
            TRANSACTION_FIELDS,
            sort=sorting(order),
            limit=limit,
            # One round trip, also for what is more than MongoDB's first hundred.
            batch_size=limit + 1,
            max_time_ms=MAX_TIME_MS,
        )

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
        async with self._mongo.client.start_session(snapshot=True) as session:
            return _month_counts(await self._sums(owner, query, session))

    async def totals(self, owner: str, query: Query) -> Totals:
        """What the whole list comes to, from one snapshot of the book."""
        async with self._mongo.client.start_session(snapshot=True) as session:
            sums = await self._sums(owner, query, session)
            head = await self._db.books.find_one({"_id": owner}, {"seq": 1}, session=session)
        currencies = _currency_totals(sums)
        seq = head["seq"] if head else 0
        return Totals(sum(total.count for total in currencies), currencies, seq)

    async def _sums(
        self, owner: str, query: Query, session: AsyncClientSession
    ) -> Sequence[MonthSum]:
        """From the rollups where they know it, else counted from each entry that is found."""
        query = simplified(query)
        counted = await self._counted.months(owner, query, session)
        if counted is not None:
            return counted
        cursor = await self._db.entries.aggregate(
            sums_pipeline(await self._matching(owner, query)),
            session=session,
            maxTimeMS=MAX_TIME_MS,
        )
        return [
            MonthSum(
                row["_id"]["month"], row["_id"]["currency"], row["count"], row["in"], -row["out"]
            )
            async for row in cursor
        ]

    async def _matching(self, owner: str, query: Query) -> Document:
        query = simplified(query)
        return matching(owner, query, await self._vocabulary(owner, query))

    async def _vocabulary(self, owner: str, query: Query) -> Vocabulary:
        prefixes = prefixes_of(query)
        return await self._words.of(owner, prefixes) if prefixes else {}


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


def sums_pipeline(found: Document) -> list[Document]:
    by_month_and_currency = {
        "_id": {"month": {"$substrBytes": ["$date", 0, 7]}, "currency": "$currency"},
        "count": {"$sum": 1},
        "in": {"$sum": _if_standard({"$max": ["$amount", 0]})},
        "out": {"$sum": _if_standard({"$min": ["$amount", 0]})},
    }
    return [{"$match": found}, {"$group": by_month_and_currency}]


def _if_standard(value: Any) -> Document:
    """Transfers between own accounts and opening balances are neither income nor spending."""
    return {"$cond": [{"$eq": ["$kind", EntryKind.STANDARD.value]}, value, 0]}


def _month_counts(sums: Sequence[MonthSum]) -> Sequence[MonthCount]:
    by_month: dict[str, list[MonthSum]] = {}
    for row in sorted(sums, key=lambda row: row.currency):
        by_month.setdefault(row.month, []).append(row)
    return [
        MonthCount(
            month,
            sum(row.count for row in rows),
            # Where only transfers were, there is nothing to add up.
            [
                Money(row.money_in - row.money_out, row.currency)
                for row in rows
                if row.money_in or row.money_out
            ],
        )
        for month, rows in sorted(by_month.items(), reverse=True)
    ]


def _currency_totals(sums: Sequence[MonthSum]) -> Sequence[CurrencyTotal]:
    totals: dict[str, Counter[str]] = {}
    for row in sums:
        of_currency = totals.setdefault(row.currency, Counter())
        of_currency.update(into=row.money_in, out=row.money_out, count=row.count)
    return [
        CurrencyTotal(Money(found["into"], code), Money(found["out"], code), found["count"])
        for code, found in sorted(totals.items())
    ]
