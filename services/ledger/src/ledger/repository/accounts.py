"""Accounts with their balances."""

from collections.abc import Sequence

from kit.money import Money
from kit.mongo import Mongo, Tx
from ledger.domain.account import Account, AccountState
from ledger.repository.book_documents import account_document, account_of


class Accounts:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def state(self, owner: str, account_id: str) -> AccountState | None:
        row = await self._db.accounts.find_one({"_id": account_id, "user_id": owner})
        if row is None:
            return None
        balance = await self._db.balances.find_one(
            {"user_id": owner, "account_id": account_id, "currency": row["currency"]}
        )
        return _state(account_of(row), balance["balance"] if balance else 0)

    async def list(self, owner: str, *, include_closed: bool) -> Sequence[AccountState]:
        """In the order of their opening."""
        query: dict[str, object] = {"user_id": owner}
        if not include_closed:
            query["closed"] = False
        rows = await self._db.accounts.find(query).sort("_id", 1).to_list()
        ids = [row["_id"] for row in rows]
        balances = self._db.balances.find({"user_id": owner, "account_id": {"$in": ids}})
        known = {row["account_id"]: row["balance"] async for row in balances}
        return [_state(account_of(row), known.get(row["_id"], 0)) for row in rows]

    async def get(self, tx: Tx, owner: str, account_id: str) -> Account | None:
        query = {"_id": account_id, "user_id": owner}
        row = await tx.db.accounts.find_one(query, session=tx.session)
        return None if row is None else account_of(row)

    async def balance(self, tx: Tx, account: Account) -> Money:
        row = await tx.db.balances.find_one(
            {
                "user_id": account.owner,
                "account_id": account.id,
                "currency": account.currency,
            },
            session=tx.session,
        )
        return Money(row["balance"] if row else 0, account.currency)

    async def add(self, tx: Tx, account: Account) -> None:
        await tx.db.accounts.insert_one(account_document(account), session=tx.session)

    async def replace(self, tx: Tx, account: Account) -> None:
        """Put the account in the place of its earlier version."""
        query = {"_id": account.id, "user_id": account.owner, "version": account.version - 1}
        await tx.db.accounts.replace_one(query, account_document(account), session=tx.session)


def _state(account: Account, minor_units: int) -> AccountState:
    return AccountState(account, Money(minor_units, account.currency))
