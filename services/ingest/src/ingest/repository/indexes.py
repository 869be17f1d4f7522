"""What the queries of this package need."""

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
