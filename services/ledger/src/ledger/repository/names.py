"""The names of a book's accounts and categories, and no more of them."""

from collections.abc import Sequence

from kit.mongo import Mongo
from ledger.domain.search import AccountName, CategoryName


class BookNames:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def accounts(self, owner: str) -> Sequence[AccountName]:
        """All of them, also those that are closed: their history is still looked for."""
        rows = self._db.accounts.find({"user_id": owner}, {"name": 1, "currency": 1}).sort("_id", 1)
        return [AccountName(row["_id"], row["name"], row["currency"]) async for row in rows]

    async def categories(self, owner: str) -> Sequence[CategoryName]:
        wanted = {"name": 1, "key": 1, "parent_id": 1}
        rows = self._db.categories.find({"user_id": owner}, wanted).sort("_id", 1)
        return [
            CategoryName(row["_id"], row["name"], row["key"], row["parent_id"])
            async for row in rows
        ]
