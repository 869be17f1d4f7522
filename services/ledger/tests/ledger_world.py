"""A person at the ledger, in few words, for tests."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kit.money import Money
from ledger.audit.auditor import BookAudit
from ledger.domain.account import Account, AccountDraft, AccountType
from ledger.domain.category import Category, CategoryKind
from ledger.domain.operation import Operation, Row
from ledger.domain.posting import Command, Key, Reconcile
from ledger.domain.search import TransactionFilter
from ledger.domain.transaction import Transaction, TransactionInput
from ledger.service.transactions import ImportItem
from ledger.wiring import Ledger


def eur(minor_units: int) -> Money:
    return Money(minor_units, "EUR")


def key_of(text: str, request: object) -> Key:
    """The key with a hash of the request, as the API makes it from the message."""
    return Key(text, hashlib.sha256(repr(request).encode()).hexdigest()) if text else Key()


def coffee(account: Account, minor_units: int = -450, **fields: Any) -> TransactionInput:
    given = {"date": "2026-03-14", "payee": "Café Zoë", **fields}
    return TransactionInput(account.id, amount=Money(minor_units, account.currency), **given)


@dataclass(frozen=True)
class Person:
    ledger: Ledger
    id: str

    async def account(self, name: str = "Main", currency: str = "EUR", **fields: Any) -> Account:
        draft = AccountDraft(name, AccountType.CHECKING, currency, **fields)
        state = await self.ledger.accounts.create_account(
            owner=self.id, actor=self.id, draft=draft, key=Key()
        )
        return state.account

    async def balance(self, account: Account) -> int:
        state = await self.ledger.accounts.get_account(owner=self.id, account_id=account.id)
        return state.balance.minor_units

    async def category(self, key: str, kind: CategoryKind = CategoryKind.EXPENSE) -> Category:
        categories = await self.ledger.categories.list_categories(owner=self.id)
        return next(c for c in categories if c.key == key and c.kind is kind)

    async def post(self, input_: TransactionInput, key: str = "") -> Transaction:
        return await self.ledger.transactions.create_transaction(
            owner=self.id, actor=self.id, input_=input_, key=key_of(key, input_)
        )

    async def edit(
        self, transaction: Transaction, input_: TransactionInput, version: int = 0, key: str = ""
    ) -> Transaction:
        return await self.ledger.transactions.update_transaction(
            owner=self.id,
            actor=self.id,
            transaction_id=transaction.id,
            expected_version=version,
            input_=input_,
            key=key_of(key, (transaction.id, version, input_)),
        )

    async def delete(
        self, transaction: Transaction, version: int = 0, key: str = ""
    ) -> Transaction:
        return await self.ledger.transactions.delete_transaction(
            owner=self.id,
            actor=self.id,
            transaction_id=transaction.id,
            expected_version=version,
            key=key_of(key, (transaction.id, version)),
        )

    async def import_(self, *inputs: TransactionInput, keys: list[str]) -> list[Any]:
        items = [
            ImportItem(key_of(key, input_), input_)
            for key, input_ in zip(keys, inputs, strict=True)
        ]
        results = await self.ledger.transactions.import_transactions(
            owner=self.id, actor=self.id, items=items
        )
        return list(results)

    async def accept(self, input_: TransactionInput) -> Any:
        """Import a draft of a bank's file, under its own key."""
        key = key_of(input_.origin.draft_id, input_)
        (result,) = await self.ledger.transactions.import_transactions(
            owner=self.id, actor=self.id, items=[ImportItem(key, input_, counted=True)]
        )
        return result

    async def list(self, limit: int = 0, **filter_: Any) -> list[Transaction]:
        """All pages, concatenated."""
        found: list[Transaction] = []
        cursor = ""
        while True:
            page = await self.ledger.transactions.list_transactions(
                owner=self.id, filter_=TransactionFilter(**filter_), cursor=cursor, limit=limit
            )
            found += page.transactions
            if page.next is None:
                return found
            cursor = page.next.text()

    async def restore(
        self, transaction: Transaction, to: int = 0, version: int = 0, key: str = ""
    ) -> Transaction:
        return await self.ledger.transactions.restore_transaction(
            owner=self.id,
            actor=self.id,
            transaction_id=transaction.id,
            expected_version=version,
            version=to,
            key=key_of(key, (transaction.id, to, version)),
        )

    async def undo(self, operation_id: str, key: str = "") -> tuple[Operation, Sequence[Row]]:
        return await self.ledger.operations.undo(
            owner=self.id, actor=self.id, operation_id=operation_id, key=key_of(key, operation_id)
        )

    async def confirm(self, transaction: Transaction, *accounts: Account) -> Transaction:
        """Reconcile it on these accounts, as finishing a statement does, without a statement."""
        for account in accounts:
            act = Reconcile(transaction.id, 0, account.id)
            await self.ledger.writer.post(Command(self.id, self.id, act))
        return await self.ledger.transactions.get_transaction(
            owner=self.id, transaction_id=transaction.id
        )

    async def audit(self) -> BookAudit:
        return await self.ledger.auditor.audit(self.id)


def at(input_: TransactionInput, date: str) -> TransactionInput:
    return replace(input_, date=date)
