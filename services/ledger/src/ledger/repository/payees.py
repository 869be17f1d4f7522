"""The payees of each book: noted when they are first posted."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from kit.money import Money
from kit.mongo import Database, Document, Mongo, Tx
from ledger.domain.entry import Entry, EntryKind
from ledger.domain.payee import Payee, PayeeCursor, PayeeSum, PayeeUsage, payee_words
from ledger.domain.report.flow import Dim
from ledger.domain.words import search_words

REMEMBERED = 100_000


async def create_payee_indexes(db: Database) -> None:
    await db.payees.create_index([("user_id", 1), ("name_words", 1), ("payee_id", 1)])


async def create_renamed_payee_index(db: Database) -> None:
    await db.payees.create_index(
        [("user_id", 1), ("imported_as_id", 1)],
        name="renamed",
        partialFilterExpression={"imported_as_id": {"$gt": ""}},
    )


class Payees:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def get(
        self, owner: str, payee_ids: Collection[str], tx: Tx | None = None
    ) -> Mapping[str, Payee]:
        """Those of the ids that the book knows, without their usage."""
        query = {"_id": {"$in": sorted(_key(owner, id_) for id_ in payee_ids)}, "user_id": owner}
        rows = self._db.payees.find(query, session=tx.session if tx else None)
        return {row["payee_id"]: payee_of(row) async for row in rows}

    async def renamed(self, owner: str) -> Sequence[Payee]:
        """Those that imports know under the name of another, without their usage."""
        rows = self._db.payees.find({"user_id": owner, "imported_as_id": {"$gt": ""}})
        return [payee_of(row) async for row in rows]

    async def names(
        self, owner: str, payee_ids: Collection[str], tx: Tx | None = None
    ) -> Mapping[str, str]:
        """The names of those that the book knows, by id."""
        query = {"_id": {"$in": sorted(_key(owner, id_) for id_ in payee_ids)}, "user_id": owner}
        fields = {"_id": 0, "payee_id": 1, "name": 1}
        rows = self._db.payees.find(
            query, fields, session=tx.session if tx else None, batch_size=len(payee_ids) + 1
        )
        return {row["payee_id"]: row["name"] for row in await rows.to_list()}

    async def page(
        self, owner: str, *, search: str, after: PayeeCursor | None, limit: int
    ) -> Sequence[Payee]:
        """The next payees by name, without their usage."""
        query: Document = {"user_id": owner}
        # An expression without options; `re.compile` would add the option `u`.
        words = [{"words": {"$regex": f"^{word}"}} for word in search_words(search)]
        later = [] if after is None else [_later(after)]
        if conditions := [*words, *later]:
            query["$and"] = conditions
        rows = self._db.payees.find(query).sort([("name_words", 1), ("payee_id", 1)]).limit(limit)
        return [payee_of(row) async for row in rows]

    async def put(self, tx: Tx, payee: Payee) -> None:
        """Keep what the payee is now, whether it was known or not."""
        query = {"_id": _key(payee.owner, payee.id), "user_id": payee.owner}
        await tx.db.payees.replace_one(
            query, payee_document(payee), upsert=True, session=tx.session
        )

    async def misnamed(
        self, owner: str, payee_ids: Collection[str], *, name: str, limit: int
    ) -> Sequence[str]:
        """Transactions of these payees that write another name, at most so many, newest first."""
        query = {
            "user_id": owner,
            "live": True,
            "payee_id": {"$in": sorted(payee_ids)},
            "payee": {"$ne": name},
        }
        rows = self._db.entries.find(query, {"transaction_id": 1}).sort(
            [("date", -1), ("transaction_id", -1)]
        )
        return [row["transaction_id"] async for row in rows.limit(limit)]

    async def usage(self, owner: str, payee_ids: Collection[str]) -> Mapping[str, PayeeUsage]:
        """What the transactions of each come to, from the rollups."""
        sums = await self._rows(sums_pipeline(owner, payee_ids))
        of_year: dict[str, list[str]] = {}
        for row in sums:
            if row["last_year"]:
                of_year.setdefault(row["last_year"], []).append(row["_id"])
        newest = await self._rows(newest_pipeline(owner, of_year)) if of_year else []
        last: dict[str, str] = {}
        for row in newest:
            last[row["id"]] = max(last.get(row["id"], ""), _last_day(row["month"], row["days"]))
        return {row["_id"]: _usage_of(row, last.get(row["_id"], "")) for row in sums}

    async def _rows(self, pipeline: list[Document]) -> Sequence[Document]:
        cursor = await self._db.rollups.aggregate(pipeline)
        return await cursor.to_list()


class NewPayees:
    """Notes payees as they are first posted, in the transaction of the posting.

    What a process has seen in the database it doesn't look for again, so that postings to known
    payees cost nothing. Payees are never taken out, so what was seen stays true.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    async def note(self, tx: Tx, entries: Iterable[Entry]) -> None:
        posted = {
            _key(entry.owner, entry.payee_id): entry
            for entry in entries
            if entry.payee_id
            and not entry.is_reversal
            and entry.kind is not EntryKind.OPENING_BALANCE
        }
        strange = {key: entry for key, entry in posted.items() if key not in self._known}
        if not strange:
            return
        query = {
            "_id": {"$in": sorted(strange)},
            "user_id": {"$in": sorted({entry.owner for entry in strange.values()})},
        }
        async for row in tx.db.payees.find(query, {"_id": 1}, session=tx.session):
            # Only what stood before this transaction is sure to stay.
            self._remember(row["_id"])
            strange.pop(row["_id"])
        new = [_first_seen(entry) for _, entry in sorted(strange.items())]
        if new:
            await tx.db.payees.bulk_write(
                [
                    UpdateOne(
                        {"_id": row.pop("_id"), "user_id": row.pop("user_id")},
                        {"$setOnInsert": row},
                        upsert=True,
                    )
                    for row in map(payee_document, new)
                ],
                session=tx.session,
            )

    def _remember(self, key: str) -> None:
        self._known[key] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def sums_pipeline(owner: str, payee_ids: Collection[str]) -> list[Document]:
    """By payee: sums and counts of all years, and the last year that has any.

    The index is walked by year and jumps to the payees in each, so that the cost is that of years
    times payees, whatever the number of entries.
    """
    by_currency = {
        "_id": {"id": "$id", "currency": "$currency", "dim": "$dim"},
        "net": {"$sum": {"$subtract": ["$debit", "$credit"]}},
        "count": {"$sum": "$count"},
        "last_year": {"$max": {"$cond": [{"$gt": ["$count", 0]}, "$month", ""]}},
    }
    flow = {"currency": "$_id.currency", "dim": "$_id.dim", "net": "$net", "count": "$count"}
    by_payee = {
        "_id": "$_id.id",
        "count": {"$sum": "$count"},
        "last_year": {"$max": "$last_year"},
        "flows": {"$push": flow},
    }
    dims = [Dim.PAYEE_EXPENSE_BY_YEAR.value, Dim.PAYEE_INCOME_BY_YEAR.value]
    return [
        {"$match": {"user_id": owner, "dim": {"$in": dims}, "id": {"$in": sorted(payee_ids)}}},
        {"$group": by_currency},
        {"$group": by_payee},
    ]


def newest_pipeline(owner: str, of_year: Mapping[str, Collection[str]]) -> list[Document]:
    """The days of the newest month that has any, by payee, currency and dimension; of each payee
    within the year under which it is given."""
    dims = [Dim.PAYEE_EXPENSE.value, Dim.PAYEE_INCOME.value]
    within = [
        {
            "user_id": owner,
            "dim": {"$in": dims},
            "month": {"$gte": f"{year}-01", "$lte": f"{year}-12"},
            "id": {"$in": sorted(ids)},
            "count": {"$gt": 0},
        }
        for year, ids in sorted(of_year.items())
    ]
    newest = {"$top": {"sortBy": {"month": -1}, "output": {"month": "$month", "days": "$days"}}}
    by_flow = {"_id": {"id": "$id", "currency": "$currency", "dim": "$dim"}, "newest": newest}
    told = {"_id": 0, "id": "$_id.id", "month": "$newest.month", "days": "$newest.days"}
    return [{"$match": {"$or": within}}, {"$group": by_flow}, {"$project": told}]


def _last_day(month: str, days: Mapping[str, Document]) -> str:
    used = [day for day, sums in days.items() if sums["count"] > 0]
    return f"{month}-{max(used)}" if used else ""


def _usage_of(row: Document, last: str) -> PayeeUsage:
    flows = [flow for flow in row["flows"] if flow["count"]]
    currencies = sorted({flow["currency"] for flow in flows})
    sums = [
        PayeeSum(
            expense=Money(_net(flows, currency, Dim.PAYEE_EXPENSE_BY_YEAR), currency),
            income=Money(-_net(flows, currency, Dim.PAYEE_INCOME_BY_YEAR), currency),
        )
        for currency in currencies
    ]
    return PayeeUsage(row["count"], last, tuple(sums))


def _net(flows: Sequence[dict[str, Any]], currency: str, dim: Dim) -> int:
    return sum(f["net"] for f in flows if f["currency"] == currency and f["dim"] == dim.value)


def _first_seen(entry: Entry) -> Payee:
    return Payee(entry.payee_id, entry.owner, entry.payee, entry.recorded_at)


def _key(owner: str, payee_id: str) -> str:
    return f"{owner}/{payee_id}"


def _later(after: PayeeCursor) -> Document:
    return {
        "$or": [
            {"name_words": {"$gt": after.words}},
            {"name_words": after.words, "payee_id": {"$gt": after.payee_id}},
        ]
    }


def payee_document(payee: Payee) -> Document:
    return {
        "_id": _key(payee.owner, payee.id),
        "user_id": payee.owner,
        "payee_id": payee.id,
        "name": payee.name,
        # In order, and one by one to be found by.
        "name_words": payee_words(payee.name),
        "words": list(search_words(payee.name)),
        "default_category_id": payee.default_category_id,
        "version": payee.version,
        "first_seen_at": payee.first_seen_at,
        "imported_as_id": payee.imported_as_id,
        "imported_by": payee.imported_by,
        "moved": payee.moved,
    }


def payee_of(row: Document) -> Payee:
    return Payee(
        id=row["payee_id"],
        owner=row["user_id"],
        name=row["name"],
        first_seen_at=row["first_seen_at"],
        default_category_id=row["default_category_id"],
        version=row["version"],
        imported_as_id=row["imported_as_id"],
        imported_by=row["imported_by"],
        moved=row["moved"],
    )
