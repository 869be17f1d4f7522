"""What reports read: rollups for whole months, entries in force for the days around them."""

from collections.abc import Sequence

from kit.mongo import Document, Mongo
from ledger.domain.report import Flow, Span


class Flows:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def of_months(self, owner: str, months: Span) -> Sequence[Flow]:
        """What went through each category in these months (YYYY-MM, both inclusive)."""
        cursor = await self._db.rollups.aggregate(rollup_pipeline(owner, months))
        return [_flow(row) async for row in cursor]

    async def of_days(self, owner: str, days: Span) -> Sequence[Flow]:
        """The same from the entries themselves."""
        cursor = await self._db.entries.aggregate(entry_pipeline(owner, days))
        return [_flow(row) async for row in cursor]


def rollup_pipeline(owner: str, months: Span) -> list[Document]:
    return [
        {
            "$match": {
                "user_id": owner,
                "is_category": True,
                "month": {"$gte": months.first, "$lte": months.last},
            }
        },
        {
            "$group": {
                "_id": {"category": "$account_id", "currency": "$currency"},
                "debit": {"$sum": "$debit"},
                "credit": {"$sum": "$credit"},
                "count": {"$sum": "$count"},
            }
        },
    ]


def entry_pipeline(owner: str, days: Span) -> list[Document]:
    return [
        {
            "$match": {
                "user_id": owner,
                "live": True,
                "date": {"$gte": days.first, "$lte": days.last},
            }
        },
        {"$project": {"_id": 0, "postings": 1}},
        {"$unwind": "$postings"},
        {"$match": {"postings.is_category": True}},
        {
            "$group": {
                "_id": {"category": "$postings.account_id", "currency": "$postings.currency"},
                "debit": {"$sum": {"$max": ["$postings.amount", 0]}},
                "credit": {"$sum": {"$max": [{"$multiply": ["$postings.amount", -1]}, 0]}},
                "count": {"$sum": 1},
            }
        },
    ]


def _flow(row: Document) -> Flow:
    key = row["_id"]
    return Flow(key["category"], key["currency"], row["debit"], row["credit"], row["count"])
