"""The indexes; each begins with the owner of the book, which is what the collections shard on."""

from contextlib import suppress
from datetime import UTC, datetime

from pymongo.errors import CollectionInvalid

from kit.mongo import Database

_IN_FORCE = {"live": True}
_NEWEST_FIRST = [("date", -1), ("transaction_id", -1)]


async def create_collections(db: Database) -> None:
    """Those without an index of their own, or with a document a book. Made ahead: transactions that
    make a collection as they first write to it fail one another."""
    for name in ("books", "erased", "rulebooks", "saved_searches"):
        with suppress(CollectionInvalid):  # it is there
            await db.create_collection(name)
    for of_a_book in (db.rulebooks, db.saved_searches):
        await of_a_book.create_index("user_id")


async def create_note_index(db: Database) -> None:
    """Entries with a note: few in some books, so that `has:note` would walk all the others."""
    await db.entries.create_index(
        [("user_id", 1), *_NEWEST_FIRST],
        name="in_force_with_note",
        partialFilterExpression={**_IN_FORCE, "description": {"$gt": ""}},
    )


async def create_indexes(db: Database) -> None:
    """Create what is missing. Lists read only entries in force; so do their indexes."""
    await db.accounts.create_index([("user_id", 1), ("_id", 1)])
    await db.categories.create_index([("user_id", 1), ("_id", 1)])
    await db.categories.create_index(
        [("user_id", 1), ("merge_id", 1)],
        name="merges",
        partialFilterExpression={"merge_id": {"$gt": ""}},
    )
    for planned in (db.budgets, db.goals, db.recurring):
        await planned.create_index([("user_id", 1), ("_id", 1)])
    await db.recurring_dismissed.create_index([("user_id", 1), ("detected_id", 1)], unique=True)
    # What the ledger has to post by itself, of all books: no person's index.
    await db.recurring.create_index(
        [("due_at", 1)],
        name="due",
        partialFilterExpression={"due_at": {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}},
    )
    await db.budget_alerts.create_index(
        [("user_id", 1), ("budget_id", 1), ("period", 1), ("threshold", 1)], unique=True
    )
    await db.entries.create_index([("user_id", 1), ("seq", 1)], unique=True)
    await db.entries.create_index([("user_id", 1), ("transaction_id", 1), ("seq", 1)])
    await db.entries.create_index(
        [("user_id", 1), *_NEWEST_FIRST],
        name="in_force_by_date",
        partialFilterExpression=_IN_FORCE,
    )
    await db.entries.create_index(
        [("user_id", 1), ("size", -1), *_NEWEST_FIRST],
        name="in_force_by_size",
        partialFilterExpression=_IN_FORCE,
    )
    for name, path in (
        ("account", "postings.account_id"),
        ("payee", "payee_id"),
        ("word", "words"),
        ("mark", "marks"),
    ):
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
    await db.entries.create_index(
        [("user_id", 1), ("account_id", 1), ("booked_fingerprint", 1)],
        name="fingerprint",
        partialFilterExpression={"booked_fingerprint": {"$exists": True}},
    )
    await db.entries.create_index(
        [("user_id", 1), ("operation_id", 1), ("seq", 1)], name="operation"
    )
    await db.entries.create_index(
        [("user_id", 1), ("recorded_at", -1), ("operation_id", -1)],
        name="acts",
        partialFilterExpression={"act": True},
    )
    await db.entries.create_index(
        [("user_id", 1), *_NEWEST_FIRST],
        name="superseded_by_date",
        partialFilterExpression={"superseded_at": {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}},
    )
    # What each account began with: one entry an account, found without walking the others.
    await db.entries.create_index(
        [("user_id", 1), ("account_id", 1)],
        name="opening_balances",
        partialFilterExpression={"live": True, "kind": "opening_balance"},
    )
    await db.operations.create_index([("user_id", 1), ("at", -1), ("_id", -1)])
    await db.operations.create_index(
        [("user_id", 1), ("undoes", 1)],
        name="undone_once",
        unique=True,
        partialFilterExpression={"undoes": {"$gt": ""}},
    )
    # What no statement has confirmed, and what one of the other account has: what may be ticked.
    await db.entries.create_index(
        [("user_id", 1), ("postings.account_id", 1), *_NEWEST_FIRST],
        name="unconfirmed",
        partialFilterExpression={"live": True, "status": {"$in": ["pending", "cleared"]}},
    )
    await db.entries.create_index(
        [("user_id", 1), ("postings.account_id", 1), *_NEWEST_FIRST],
        name="reconciled_transfers",
        partialFilterExpression={"live": True, "kind": "transfer", "status": "reconciled"},
    )
    await db.reconciliations.create_index(
        [("user_id", 1), ("account_id", 1), ("state", 1), ("statement_date", -1)]
    )
    await db.reconciliations.create_index([("user_id", 1), ("account_id", 1), ("_id", -1)])
    await db.reconciliations.create_index(
        [("user_id", 1), ("account_id", 1)],
        name="one_open_an_account",
        unique=True,
        partialFilterExpression={"state": "open"},
    )
    await db.balances.create_index(
        [("user_id", 1), ("account_id", 1), ("currency", 1)], unique=True
    )
    await db.rollups.create_index(
        [("user_id", 1), ("dim", 1), ("month", 1), ("id", 1), ("currency", 1)], unique=True
    )
    await db.rates.create_index(
        [("user_id", 1), ("source", 1), ("base", 1), ("quote", 1), ("month", 1)], unique=True
    )
