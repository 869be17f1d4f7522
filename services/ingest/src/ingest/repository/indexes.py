"""Indexes for the queries of this package."""

from typing import Any

from kit.mongo import Database


async def ensure_indexes(db: Database) -> None:
    await db.documents.create_index([("user_id", 1), ("sha256", 1)], unique=True)
    await db.documents.create_index([("user_id", 1), ("_id", -1)])
    await db.documents.create_index([("user_id", 1), ("status", 1), ("_id", -1)])
    await db.drafts.create_index([("user_id", 1), ("document_id", 1), ("position", 1)], unique=True)
    await db.drafts.create_index([("user_id", 1), ("status", 1), ("_id", -1)])
    await db.drafts.create_index(
        "accepting_since",
        partialFilterExpression={"accepting_since": {"$type": "date"}},
        name="accepting",
    )


async def count_booked_drafts(db: Database) -> None:
    """Set `drafts_booked` in the documents that lack it; may be run again."""
    await db.documents.update_many(
        {"drafts_booked": {"$exists": False}}, {"$set": {"drafts_booked": 0}}
    )
    counts: list[dict[str, Any]] = [
        {"$match": {"status": "accepted"}},
        {"$group": {"_id": "$document_id", "drafts_booked": {"$sum": 1}}},
        {"$merge": {"into": "documents", "whenMatched": "merge", "whenNotMatched": "discard"}},
    ]
    async for _ in await db.drafts.aggregate(counts):
        pass
