"""Which accounts' statements have confirmed a transaction, and the marks of it on entries of before
the marks were."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from kit.mongo import Database, Document
from ledger.domain.entry import Status
from ledger.domain.reconciliation import ReconciliationState

_CHUNK = 1_000


async def confirmed_accounts(
    db: Database, owner: str, ids: Sequence[str], session: AsyncClientSession | None = None
) -> Mapping[str, frozenset[str]]:
    """The accounts of the finished reconciliations that hold each transaction; transactions that
    none holds are left out."""
    asked = list(ids)
    finished = {"user_id": owner, "state": ReconciliationState.FINISHED.value}
    pipeline: list[Document] = [
        {"$match": {**finished, "ticked": {"$in": asked}}},
        {"$project": {"account_id": 1, "held": {"$setIntersection": ["$ticked", asked]}}},
    ]
    found: dict[str, frozenset[str]] = {}
    cursor = await db.reconciliations.aggregate(pipeline, session=session)
    async for row in cursor:
        for id_ in row["held"]:
            found[id_] = found.get(id_, frozenset()) | {row["account_id"]}
    return found


async def reconcile_postings(db: Database) -> None:
    """Mark the reconciled postings of all books, and count what statements have confirmed anew."""
    reconciled: list[Document] = [
        {"$match": {"status": Status.RECONCILED.value}},
        {"$group": {"_id": "$user_id"}},
    ]
    cursor = await db.entries.aggregate(reconciled, allowDiskUse=True)
    async for row in cursor:
        await mark_reconciled(db, row["_id"])
        await _count_reconciled(db, row["_id"])


async def mark_reconciled(db: Database, owner: str) -> None:
    """Mark which postings statements have confirmed on entries that only say that they are
    reconciled, as they did before postings said it.

    These are the postings to accounts whose finished statements hold the transaction; where none
    does, all of its accounts were said to be reconciled.
    """
    query = {
        "user_id": owner,
        "status": Status.RECONCILED.value,
        "postings.reconciled": {"$ne": True},
    }
    fields = {"user_id": 1, "transaction_id": 1, "account_id": 1, "to_account_id": 1}
    while rows := await db.entries.find(query, fields).limit(_CHUNK).to_list():
        ids = sorted({row["transaction_id"] for row in rows})
        held = await confirmed_accounts(db, owner, ids)
        marks = [_mark(row, held.get(row["transaction_id"], frozenset())) for row in rows]
        await db.entries.bulk_write(marks, ordered=False)


def _mark(row: Document, held: AbstractSet[str]) -> UpdateOne:
    own = {row["account_id"], row["to_account_id"]} - {""}
    accounts = sorted(own & held or own)
    return UpdateOne(
        {"_id": row["_id"], "user_id": row["user_id"]},
        {"$set": {"postings.$[posting].reconciled": True}},
        array_filters=[{"posting.account_id": {"$in": accounts}}],
    )


async def _count_reconciled(db: Database, owner: str) -> None:
    """Nothing is posted into the book meanwhile: each posting writes its head too."""
    confirmed: list[Document] = [
        {"$match": {"user_id": owner, "status": Status.RECONCILED.value}},
        {"$unwind": "$postings"},
        {"$match": {"postings.reconciled": True}},
        {
            "$group": {
                "_id": {"account_id": "$postings.account_id", "currency": "$postings.currency"},
                "units": {"$sum": "$postings.amount"},
            }
        },
    ]

    async def count(session: AsyncClientSession) -> None:
        await db.books.update_one({"_id": owner}, {"$inc": {"held": 1}}, session=session)
        cursor = await db.entries.aggregate(confirmed, session=session)
        sums = [row async for row in cursor]
        await db.balances.update_many(
            {"user_id": owner}, {"$set": {"reconciled": 0}}, session=session
        )
        for row in sums:
            await db.balances.update_one(
                {"user_id": owner, **row["_id"]},
                {"$set": {"reconciled": row["units"]}},
                session=session,
            )

    async with db.client.start_session() as session:
        await session.with_transaction(count)
