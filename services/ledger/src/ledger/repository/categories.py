"""Categories, and who names them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from kit.mongo import Mongo, Tx
from ledger.domain.category import Category, CategoryKind, Kinds
from ledger.domain.report import Dim
from ledger.repository.book_documents import category_document, category_of

_KINDS = {kind.value: kind for kind in CategoryKind}
_ORDER = [("position", 1), ("_id", 1)]
# What a person wrote themselves, so few that each can be looked at.
_PLANS = ("budgets", "rules", "recurring")


class Categories:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def list(self, owner: str, tx: Tx | None = None) -> Sequence[Category]:
        """In the person's order, or in that of their making."""
        session = tx.session if tx else None
        rows = self._db.categories.find({"user_id": owner}, session=session).sort(_ORDER)
        return [category_of(row) for row in await rows.to_list()]

    async def kinds(self, owner: str, tx: Tx | None = None) -> Kinds:
        """Of all categories, also of those that were merged away."""
        session = tx.session if tx else None
        rows = self._db.categories.find({"user_id": owner}, {"kind": 1}, session=session)
        return {row["_id"]: _KINDS[row["kind"]] for row in await rows.to_list()}

    async def get(self, tx: Tx, owner: str, category_id: str) -> Category | None:
        query = {"_id": category_id, "user_id": owner}
        row = await tx.db.categories.find_one(query, session=tx.session)
        return None if row is None else category_of(row)

    async def add(self, tx: Tx, category: Category) -> None:
        await tx.db.categories.insert_one(category_document(category), session=tx.session)

    async def replace(self, tx: Tx, category: Category) -> None:
        """Put the category in the place of its earlier version."""
        query = {"_id": category.id, "user_id": category.owner, "version": category.version - 1}
        row = category_document(category)
        await tx.db.categories.replace_one(query, row, session=tx.session)

    async def remove(self, tx: Tx, category: Category) -> None:
        query = {"_id": category.id, "user_id": category.owner}
        await tx.db.categories.delete_one(query, session=tx.session)

    async def set_positions(self, tx: Tx, categories: Sequence[Category]) -> None:
        moves = [
            UpdateOne(
                {"_id": category.id, "user_id": category.owner},
                {"$set": {"position": category.position}},
            )
            for category in categories
        ]
        if moves:
            await tx.db.categories.bulk_write(moves, session=tx.session)

    async def was_posted_to(self, tx: Tx, owner: str, category_id: str) -> bool:
        """Whether any transaction ever stood in it: its history would have no name for it."""
        query = {"user_id": owner, "dim": str(Dim.CATEGORY), "id": category_id}
        row = await tx.db.rollups.find_one(query, {"_id": 1}, session=tx.session)
        return row is not None

    async def is_planned_with(self, tx: Tx, owner: str, category_id: str) -> bool:
        """Whether a budget, a rule, a recurring transaction or a payee names it."""
        query = {"user_id": owner, "default_category_id": category_id}
        if await tx.db.payees.find_one(query, {"_id": 1}, session=tx.session):
            return True
        for name in _PLANS:
            async for row in tx.db[name].find({"user_id": owner}, session=tx.session):
                if _mentions(row, category_id):
                    return True
        return False

    async def merged_by(self, tx: Tx, owner: str, merge_id: str) -> Category | None:
        """The category that the operation merged away, or had merged away."""
        query = {"user_id": owner, "merge_id": {"$eq": merge_id, "$gt": ""}}
        row = await tx.db.categories.find_one(query, session=tx.session)
        return None if row is None else category_of(row)

    async def transactions_in(
        self, tx: Tx, owner: str, category_id: str, *, most: int
    ) -> Sequence[str]:
        """The ids of the transactions in force that have a part in it."""
        query = {"user_id": owner, "live": True, "postings.account_id": category_id}
        only = {"transaction_id": 1}
        rows = tx.db.entries.find(query, only, session=tx.session).limit(most)
        return [row["transaction_id"] async for row in rows]

    async def rename_untouched(self, tx: Tx, owner: str, names: Mapping[str, str]) -> None:
        """Give default categories other names, by id, unless a person changed them meanwhile."""
        changes = [
            UpdateOne({"_id": id_, "user_id": owner, "version": 1}, {"$set": {"name": name}})
            for id_, name in names.items()
        ]
        if changes:
            await tx.db.categories.bulk_write(changes, session=tx.session)


def _mentions(value: Any, id_: str) -> bool:
    if isinstance(value, dict):
        return any(_mentions(inner, id_) for inner in value.values())
    if isinstance(value, list):
        return any(_mentions(inner, id_) for inner in value)
    return bool(value == id_)
