"""Adds the rollups by year to books that were written before there were any."""

from kit.mongo import Database, Document, Mongo, Tx
from ledger.domain.report import BY_YEAR
from ledger.repository.books import Books


async def create_yearly_rollups(db: Database) -> None:
    """Count the years of each book from its months, in one transaction a book."""
    mongo = Mongo(db.client, db.name)
    async for book in mongo.db.books.find({}, {"_id": 1}).sort("_id", 1):
        await _count_years(mongo, book["_id"])


async def _count_years(mongo: Mongo, owner: str) -> None:
    books = Books(mongo)

    async def count(tx: Tx) -> None:
        await books.hold(tx, owner)
        by_year = {"$in": [dim.value for dim in BY_YEAR.values()]}
        await tx.db.rollups.delete_many({"user_id": owner, "dim": by_year}, session=tx.session)
        for months, years in BY_YEAR.items():
            pipeline = _years_pipeline(owner, months.value, years.value)
            cursor = await tx.db.rollups.aggregate(pipeline, session=tx.session)
            if rows := await cursor.to_list():
                await tx.db.rollups.insert_many(rows, session=tx.session)

    await mongo.in_transaction(count)


def _years_pipeline(owner: str, months: str, years: str) -> list[Document]:
    key = {"month": {"$substrBytes": ["$month", 0, 4]}, "id": "$id", "currency": "$currency"}
    sums = {name: {"$sum": f"${name}"} for name in ("debit", "credit", "count")}
    return [
        {"$match": {"user_id": owner, "dim": months}},
        {"$group": {"_id": key, **sums}},
        {
            "$project": {
                "_id": 0,
                "user_id": {"$literal": owner},
                "dim": {"$literal": years},
                **{name: f"$_id.{name}" for name in key},
                **dict.fromkeys(sums, 1),
            }
        },
    ]
