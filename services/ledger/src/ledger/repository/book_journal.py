"""The entries in force of a book, oldest first, from one snapshot: what exports for people hold."""

from collections.abc import AsyncIterator

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.mongo import Mongo
from ledger.domain.account import Account
from ledger.domain.book import Book
from ledger.domain.entry import Entry
from ledger.domain.export import Chart
from ledger.repository.book_documents import account_of, book_of, category_of
from ledger.repository.documents import entry_of
from ledger.repository.search_fields import WITHOUT_SEARCH_FIELDS

_OLDEST_FIRST = [("date", 1), ("transaction_id", 1)]
CHUNK = 1_000


class BookJournal:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def chart(self, session: AsyncClientSession, owner: str) -> Chart | None:
        """What accounts and categories are called; None where there is no book."""
        row = await self._db.books.find_one({"_id": owner}, session=session)
        if row is None or "equity_id" not in row:
            return None
        book: Book = book_of(row)
        order = [("position", 1), ("_id", 1)]
        accounts = self._db.accounts.find({"user_id": owner}, session=session).sort(order)
        categories = self._db.categories.find({"user_id": owner}, session=session).sort("_id", 1)
        return Chart.of(
            book,
            [account_of(row) async for row in accounts],
            [category_of(row) async for row in categories],
        )

    async def entries(
        self, session: AsyncClientSession, owner: str, *, account: Account | None = None
    ) -> AsyncIterator[Entry]:
        """Of the whole book, or of one account."""
        query = {"user_id": owner, "live": True}
        if account is not None:
            query["postings.account_id"] = account.id
        rows = self._db.entries.find(
            query, WITHOUT_SEARCH_FIELDS, session=session, batch_size=CHUNK
        )
        async for row in rows.sort(_OLDEST_FIRST):
            yield entry_of(row)

    async def dates(
        self, session: AsyncClientSession, owner: str, account: Account
    ) -> tuple[str, str]:
        """The first and the last date on which the account has an entry; empty without any."""
        query = {"user_id": owner, "live": True, "postings.account_id": account.id}
        found = []
        for direction in (1, -1):
            order = [("date", direction), ("transaction_id", direction)]
            row = await self._db.entries.find_one(query, {"date": 1}, sort=order, session=session)
            found.append(row["date"] if row else "")
        return found[0], found[1]

    async def first_date(self, session: AsyncClientSession, owner: str) -> str:
        """The date of the book's oldest entry in force; empty without any."""
        query = {"user_id": owner, "live": True}
        row = await self._db.entries.find_one(
            query, {"date": 1}, sort=_OLDEST_FIRST, session=session
        )
        return row["date"] if row else ""

    async def balance(self, session: AsyncClientSession, owner: str, account_id: str) -> int:
        """What the account holds, in minor units."""
        query = {"user_id": owner, "account_id": account_id}
        row = await self._db.balances.find_one(query, session=session)
        return int(row["balance"]) if row else 0
