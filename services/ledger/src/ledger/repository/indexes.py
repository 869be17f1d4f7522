"""The indexes; each begins with the owner of the book, which is what the collections shard on."""

from kit.mongo import Database

_IN_FORCE = {"live": True}
_NEWEST_FIRST = [("date", -1), ("transaction_id", -1)]


async def create_indexes(db: Database) -> None:
    """Create what is missing. Lists read only entries in force; so do their indexes."""
    await db.accounts.create_index([("user_id", 1), ("_id", 1)])
    await db.categories.create_index([("user_id", 1), ("_id", 1)])
    await db.entries.create_index([("user_id", 1), ("seq", 1)], unique=True)
    await db.entries.create_index([("user_id", 1), ("transaction_id", 1), ("seq", 1)])
    await db.entries.create_index(
        [("user_id", 1), *_NEWEST_FIRST],
        name="in_force_by_date",
        partialFilterExpression=_IN_FORCE,
    )
    for name, path in (("account", "postings.account_id"), ("word", "words"), ("tag", "tags")):
        await db.entries.create_index(
            [("user_id", 1), (path, 1), *_NEWEST_FIRST],
            name=f"in_force_by_{name}",
            partialFilterExpression=_IN_FORCE,
        )
    await db.entries.create_index(
        [("user_id", 1), ("account_id", 1), ("booked_reference", 1)],
        name="bank_reference",
        unique=True,
        partialFilterExpression={"booked_reference": {"$exists": True}},
    )
    await db.balances.create_index(
        [("user_id", 1), ("account_id", 1), ("currency", 1)], unique=True
    )
    await db.rollups.create_index(
        [
            ("user_id", 1),
            ("is_category", 1),
            ("month", 1),
            ("account_id", 1),
            ("currency", 1),
        ],
        unique=True,
    )
