"""What the book said at a moment of the past: from the entries that had been recorded by then."""

from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from itertools import islice

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.mongo import Document, Mongo
from ledger.domain.entry import Entry
from ledger.domain.search import Cursor, Order, TransactionFilter
from ledger.domain.totals import Balance, BalanceKey, Totals
from ledger.repository.documents import balance_of, entry_of
from ledger.repository.search_fields import WITHOUT_SEARCH_FIELDS
from ledger.repository.transactions import following, sorting


class Known:
    """`session` is a snapshot session where several readings must be of one moment."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._db = mongo.db

    async def newest(self, owner: str, transaction_id: str, on: datetime) -> Entry | None:
        """The entry that said then what the transaction is."""
        query = {
            "user_id": owner,
            "transaction_id": transaction_id,
            "recorded_at": {"$lte": on},
        }
        row = await self._db.entries.find_one(query, sort=[("seq", -1)])
        return None if row is None else entry_of(row)

    async def page(
        self,
        owner: str,
        filter_: TransactionFilter,
        on: datetime,
        *,
        after: Cursor | None,
        limit: int,
    ) -> Sequence[Entry]:
        """The next entries that were in force then, newest first: some still are, the others were
        superseded later."""
        known = {"user_id": owner, "recorded_at": {"$lte": on}, **_matching(filter_)}
        if after is not None:
            known["$and"] = following(after, Order.NEWEST)
        still = {**known, "live": True}
        since = {**known, "superseded_at": {"$gt": on}}
        found = [await self._rows(query, limit) for query in (still, since)]
        both = merge(*found, key=lambda row: (row["date"], row["transaction_id"]), reverse=True)
        return [entry_of(row) for row in islice(both, limit)]

    async def _rows(self, query: Document, limit: int) -> Sequence[Document]:
        rows = self._db.entries.find(query, WITHOUT_SEARCH_FIELDS).sort(sorting(Order.NEWEST))
        return await rows.limit(limit).to_list()

    async def newer(self, owner: str, on: datetime, session: AsyncClientSession) -> Totals:
        """What was recorded after that, added up; walks only those entries, from the newest, for no
        entry is recorded before the one before it."""
        totals = Totals()
        rows = self._db.entries.find({"user_id": owner}, WITHOUT_SEARCH_FIELDS, session=session)
        async for row in rows.sort("seq", -1):
            if row["recorded_at"] <= on:
                break
            totals.add(entry_of(row))
        return totals

    async def balances(self, owner: str, on: datetime) -> dict[BalanceKey, Balance]:
        """What each account held, as the book knew then."""
        async with self._mongo.client.start_session(snapshot=True) as session:
            rows = self._db.balances.find({"user_id": owner}, session=session)
            now = {
                BalanceKey(owner, row["account_id"], row["currency"]): balance_of(row)
                async for row in rows
            }
            newer = await self.newer(owner, on, session)
        return {
            key: balance.less(newer.balances.get(key, Balance())) for key, balance in now.items()
        }


def _matching(filter_: TransactionFilter) -> Document:
    """Whatever narrows without a search, which knows only the words of today."""
    query: Document = {}
    places = [id_ for id_ in (filter_.account_id, filter_.category_id) if id_]
    if places:
        query["postings.account_id"] = {"$all": places}
    dates = {"$gte": filter_.from_date, "$lte": filter_.to_date}
    if present := {op: date for op, date in dates.items() if date}:
        query["date"] = present
    if filter_.tag:
        query["tags"] = filter_.tag
    if filter_.kind is not None:
        query["kind"] = filter_.kind.value
    return query
