"""Lists over the entries in force, newest first, by keyset."""

from collections.abc import Sequence
from typing import Any

from kit.money import Money
from kit.mongo import Document, Mongo
from ledger.domain.entry import Entry, EntryKind
from ledger.domain.search import Cursor, MonthCount, TransactionFilter
from ledger.domain.words import search_words
from ledger.repository.documents import entry_of


class Transactions:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def page(
        self, owner: str, filter_: TransactionFilter, *, after: Cursor | None, limit: int
    ) -> Sequence[Entry]:
        """The next entries in force, newest first (date, then transaction id)."""
        query = matching(owner, filter_)
        if after is not None:
            query["$and"] = [*query.get("$and", ()), *_older_than(after)]
        rows = (
            self._db.entries.find(query, {"words": 0})
            .sort([("date", -1), ("transaction_id", -1)])
            .limit(limit)
        )
        return [entry_of(row) async for row in rows]

    async def months(self, owner: str, filter_: TransactionFilter) -> Sequence[MonthCount]:
        """What the list holds, by month, newest first."""
        pipeline = months_pipeline(owner, filter_)
        cursor = await self._db.entries.aggregate(pipeline)
        return [_month_count(row) async for row in cursor]


def matching(owner: str, filter_: TransactionFilter) -> Document:
    """The query of a filter; whatever narrows by equality comes with an index."""
    query: Document = {"user_id": owner, "live": True}
    places = [id_ for id_ in (filter_.account_id, filter_.category_id) if id_]
    if places:
        query["postings.account_id"] = places[0] if len(places) == 1 else {"$all": places}
    dates = {"$gte": filter_.from_date, "$lte": filter_.to_date}
    if present := {op: date for op, date in dates.items() if date}:
        query["date"] = present
    if filter_.tag:
        query["tags"] = filter_.tag
    if filter_.kind is not None:
        query["kind"] = filter_.kind.value
    conditions = [*_words(filter_.text), *_amount(filter_)]
    if conditions:
        query["$and"] = conditions
    return query


def months_pipeline(owner: str, filter_: TransactionFilter) -> list[Document]:
    own_amount = {"$cond": [{"$eq": ["$kind", EntryKind.TRANSFER.value]}, 0, "$amount"]}
    month = {"$substrBytes": ["$date", 0, 7]}
    by_currency = {
        "_id": {"month": month, "currency": "$currency"},
        "count": {"$sum": 1},
        "sum": {"$sum": own_amount},
        "own": {"$sum": {"$cond": [{"$eq": ["$kind", EntryKind.TRANSFER.value]}, 0, 1]}},
    }
    by_month = {
        "_id": "$_id.month",
        "count": {"$sum": "$count"},
        "sums": {"$push": {"currency": "$_id.currency", "sum": "$sum", "own": "$own"}},
    }
    return [
        {"$match": matching(owner, filter_)},
        {"$group": by_currency},
        {"$sort": {"_id.currency": 1}},
        {"$group": by_month},
        {"$sort": {"_id": -1}},
    ]


def _month_count(row: Document) -> MonthCount:
    sums = [Money(s["sum"], s["currency"]) for s in row["sums"] if s["own"]]
    return MonthCount(row["_id"], row["count"], sums)


def _words(text: str) -> list[Document]:
    """Each word begins a word of payee or description.

    An anchored expression without options walks its index; `re.compile` would add the option `u`.
    """
    return [{"words": {"$regex": f"^{word}"}} for word in search_words(text)]


def _amount(filter_: TransactionFilter) -> list[Document]:
    conditions: list[Document] = []
    if (least := filter_.min_minor_units) is not None and least > 0:
        conditions.append({"$or": [{"amount": {"$gte": least}}, {"amount": {"$lte": -least}}]})
    if (most := filter_.max_minor_units) is not None:
        conditions.append({"amount": {"$gte": -most, "$lte": most}})
    return conditions


def _older_than(cursor: Cursor) -> list[dict[str, Any]]:
    # The bound on the date alone is what the index can walk from; the rest filters one day.
    return [
        {"date": {"$lte": cursor.date}},
        {
            "$or": [
                {"date": {"$lt": cursor.date}},
                {"transaction_id": {"$lt": cursor.transaction_id}},
            ]
        },
    ]
