"""Adds what accounts spent to the rollups of books that were written before it was counted."""

from kit.mongo import Database, Document, Mongo, Tx
from ledger.domain.entry import EntryKind
from ledger.domain.report import Dim
from ledger.repository.books import Books

_SUMS: Document = {name: {"$sum": f"${name}"} for name in ("debit", "credit", "count")}
_KEY: Document = {"id": "$account_id", "currency": "$currency", "month": "$month"}


async def count_account_spending(db: Database) -> None:
    """Count each book's from its journal, in one transaction a book."""
    mongo = Mongo(db.client, db.name)
    async for book in mongo.db.books.find({}, {"_id": 1}).sort("_id", 1):
        await _count(mongo, book["_id"])


async def _count(mongo: Mongo, owner: str) -> None:
    books = Books(mongo)
    counted = {"user_id": owner, "dim": Dim.ACCOUNT_EXPENSE.value}

    async def count(tx: Tx) -> None:
        await books.hold(tx, owner)
        await tx.db.rollups.delete_many(counted, session=tx.session)
        cursor = await tx.db.entries.aggregate(_pipeline(owner), session=tx.session)
        if rows := await cursor.to_list():
            await tx.db.rollups.insert_many(rows, session=tx.session)

    await mongo.in_transaction(count)


def _pipeline(owner: str) -> list[Document]:
    """As `Totals` adds up: a reversal takes back from the side that was given to."""
    is_reversal = {"$ne": ["$reverses", ""]}
    is_debit = {"$ne": [{"$gt": ["$postings.amount", 0]}, is_reversal]}
    return [
        {"$match": {"user_id": owner, "kind": EntryKind.STANDARD.value}},
        {"$unwind": "$postings"},
        {"$match": {"postings.is_category": True, "postings.is_income": False}},
        {
            "$project": {
                "account_id": 1,
                "currency": "$postings.currency",
                "month": {"$substrBytes": ["$date", 0, 7]},
                "day": {"$substrBytes": ["$date", 8, 2]},
                "debit": {"$cond": [is_debit, "$postings.amount", 0]},
                "credit": {"$cond": [is_debit, 0, {"$multiply": ["$postings.amount", -1]}]},
                "count": {"$cond": [is_reversal, -1, 1]},
            }
        },
        {"$group": {"_id": {**_KEY, "day": "$day"}, **_SUMS}},
        {
            "$group": {
                "_id": {name: f"$_id.{name}" for name in _KEY},
                **_SUMS,
                "days": {"$push": {"k": "$_id.day", "v": {name: f"${name}" for name in _SUMS}}},
            }
        },
        {
            "$project": {
                "_id": 0,
                "user_id": {"$literal": owner},
                "dim": {"$literal": Dim.ACCOUNT_EXPENSE.value},
                **{name: f"$_id.{name}" for name in _KEY},
                **dict.fromkeys(_SUMS, 1),
                "days": {"$arrayToObject": "$days"},
            }
        },
    ]
