"""What an account's register is read from: its entries in force, and its balance at one of them."""

from collections.abc import Sequence

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.mongo import Document, Mongo
from ledger.domain.entry import Entry
from ledger.domain.register import RegisterCursor
from ledger.repository.documents import entry_of
from ledger.repository.search_fields import WITHOUT_SEARCH_FIELDS

_NEWEST_FIRST = [("date", -1), ("transaction_id", -1)]


class Register:
    """Reads within one snapshot session, so that rows and balances are of one moment."""

    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def page(
        self,
        owner: str,
        account_id: str,
        *,
        until: str,
        after: RegisterCursor | None,
        limit: int,
        session: AsyncClientSession,
    ) -> Sequence[Entry]:
        """The next entries in force, newest first; `until` (YYYY-MM-DD) may be empty."""
        query = _of_account(owner, account_id)
        if after is not None:
            # The bound on the date alone is what the index can walk from; the rest filters one day.
            query["date"] = {"$lte": after.date}
            query["$or"] = [
                {"date": {"$lt": after.date}},
                {"transaction_id": {"$lt": after.transaction_id}},
            ]
        elif until:
            query["date"] = {"$lte": until}
        rows = self._db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=session)
        return [entry_of(row) async for row in rows.sort(_NEWEST_FIRST).limit(limit)]

    async def later_on_the_day(
        self, owner: str, account_id: str, entry: Entry, *, session: AsyncClientSession
    ) -> int:
        """What the account's entries move that stand above this one on its day, in minor units."""
        query = _of_account(owner, account_id)
        query["date"] = entry.date
        query["transaction_id"] = {"$gt": entry.transaction_id}
        pipeline: list[Document] = [
            {"$match": query},
            {"$unwind": "$postings"},
            {"$match": {"postings.account_id": account_id}},
            {"$group": {"_id": None, "sum": {"$sum": "$postings.amount"}}},
        ]
        async for row in await self._db.entries.aggregate(pipeline, session=session):
            return int(row["sum"])
        return 0


def _of_account(owner: str, account_id: str) -> Document:
    return {"user_id": owner, "live": True, "postings.account_id": account_id}
