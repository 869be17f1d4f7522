"""Accounts with their balances, and what each began with."""

from collections.abc import Mapping, Sequence

from pymongo import UpdateOne

from kit.money import Money
from kit.mongo import Document, Mongo, Tx
from ledger.domain.account import Account, AccountState, Balances, Opening
from ledger.domain.entry import Entry, EntryKind
from ledger.repository.book_documents import (
    account_document,
    account_of,
    balances_of,
    opening_of,
)
from ledger.repository.documents import entry_of

_BALANCES = {"_id": 0, "account_id": 1, "balance": 1, "cleared": 1, "reconciled": 1}
_OPENING = {"account_id": 1, "amount": 1, "currency": 1, "date": 1}


class Accounts:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def state(self, owner: str, account_id: str, tx: Tx | None = None) -> AccountState | None:
        """The account with what is on it; within a transaction, as it stands there."""
        session = tx.session if tx else None
        query = {"_id": account_id, "user_id": owner}
        row = await self._db.accounts.find_one(query, session=session)
        if row is None:
            return None
        account = account_of(row)
        balances = await self._balances(account, tx)
        opening = await self._db.entries.find_one(
            _openings(owner, [account_id]), _OPENING, session=session
        )
        return AccountState(account, balances, opening_of(opening) if opening else None)

    async def list(
        self, owner: str, *, include_closed: bool, include_archived: bool
    ) -> Sequence[AccountState]:
        """In the person's order."""
        query: Document = {"user_id": owner}
        if not include_closed:
            query["closed"] = False
        if not include_archived:
            query["archived"] = {"$ne": True}
        rows = await self._db.accounts.find(query).sort([("position", 1), ("_id", 1)]).to_list()
        accounts = [account_of(row) for row in rows]
        ids = [account.id for account in accounts]
        balances = await self._balances_by_id(owner, accounts)
        openings = await self._openings_by_id(owner, ids)
        return [
            AccountState(account, balances[account.id], openings.get(account.id))
            for account in accounts
        ]

    async def all(self, tx: Tx, owner: str) -> Sequence[Account]:
        """Every account of the book in the person's order, closed and archived ones too."""
        rows = tx.db.accounts.find({"user_id": owner}, session=tx.session)
        return [account_of(row) async for row in rows.sort([("position", 1), ("_id", 1)])]

    async def get(self, tx: Tx, owner: str, account_id: str) -> Account | None:
        query = {"_id": account_id, "user_id": owner}
        row = await tx.db.accounts.find_one(query, session=tx.session)
        return None if row is None else account_of(row)

    async def balance(self, tx: Tx, account: Account) -> Money:
        return (await self._balances(account, tx)).balance

    async def opening_entry(self, tx: Tx, account: Account) -> Entry | None:
        """The entry that says what the account began with."""
        row = await tx.db.entries.find_one(
            _openings(account.owner, [account.id]), session=tx.session
        )
        return entry_of(row) if row else None

    async def last_position(self, tx: Tx, owner: str) -> int:
        row = await tx.db.accounts.find_one(
            {"user_id": owner}, {"position": 1}, sort=[("position", -1)], session=tx.session
        )
        return row.get("position", 0) if row else 0

    async def add(self, tx: Tx, account: Account) -> None:
        await tx.db.accounts.insert_one(account_document(account), session=tx.session)

    async def replace(self, tx: Tx, account: Account) -> None:
        """Put the account in the place of its earlier version."""
        query = {"_id": account.id, "user_id": account.owner, "version": account.version - 1}
        await tx.db.accounts.replace_one(query, account_document(account), session=tx.session)

    async def set_positions(self, tx: Tx, accounts: Sequence[Account]) -> None:
        moves = [
            UpdateOne(
                {"_id": account.id, "user_id": account.owner},
                {"$set": {"position": account.position}},
            )
            for account in accounts
        ]
        if moves:
            await tx.db.accounts.bulk_write(moves, session=tx.session)

    async def _balances(self, account: Account, tx: Tx | None) -> Balances:
        query = {
            "user_id": account.owner,
            "account_id": account.id,
            "currency": account.currency,
        }
        session = tx.session if tx else None
        row = await self._db.balances.find_one(query, _BALANCES, session=session)
        return balances_of(row, account.currency)

    async def _balances_by_id(
        self, owner: str, accounts: Sequence[Account]
    ) -> Mapping[str, Balances]:
        query = {"user_id": owner, "account_id": {"$in": [account.id for account in accounts]}}
        rows = {row["account_id"]: row async for row in self._db.balances.find(query, _BALANCES)}
        return {a.id: balances_of(rows.get(a.id), a.currency) for a in accounts}

    async def _openings_by_id(self, owner: str, ids: Sequence[str]) -> Mapping[str, Opening]:
        rows = self._db.entries.find(_openings(owner, ids), _OPENING)
        return {row["account_id"]: opening_of(row) async for row in rows}


def _openings(owner: str, account_ids: Sequence[str]) -> Document:
    return {
        "user_id": owner,
        "account_id": {"$in": list(account_ids)},
        "kind": EntryKind.OPENING_BALANCE.value,
        "live": True,
    }
