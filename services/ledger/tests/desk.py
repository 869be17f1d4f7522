"""A person with statements, in few words, for tests."""

from dataclasses import dataclass
from typing import Any

from ledger_world import Person

from kit.money import Money
from ledger.domain.account import Account
from ledger.domain.entry import Status
from ledger.domain.posting import Key
from ledger.domain.reconciliation import Progress, StatementSaid, Verification
from ledger.domain.transaction import Transaction

DAY = "2026-03-31"


@dataclass(frozen=True)
class Desk:
    """A person with statements."""

    person: Person

    async def start(
        self, account: Account, closing: int, day: str = DAY, key: str = "", **fields: Any
    ) -> Progress:
        said = StatementSaid(day, Money(closing, account.currency), **fields)
        return await self.person.ledger.reconciliations.start(
            owner=self.person.id,
            actor=self.person.id,
            account_id=account.id,
            said=said,
            key=Key(key, str((account.id, said))) if key else Key(),
        )

    async def get(self, one: Progress) -> Progress:
        return await self.person.ledger.reconciliation_reader.get(
            owner=self.person.id, reconciliation_id=one.reconciliation.id
        )

    async def tick(self, one: Progress, *tick: str, untick: tuple[str, ...] = ()) -> Progress:
        return await self.person.ledger.reconciliations.tick(
            owner=self.person.id,
            reconciliation_id=one.reconciliation.id,
            tick=tick,
            untick=untick,
        )

    async def finish(self, one: Progress, version: int = 0) -> Progress:
        return await self.person.ledger.reconciliations.finish(
            owner=self.person.id,
            actor=self.person.id,
            reconciliation_id=one.reconciliation.id,
            expected_version=version,
        )

    async def cancel(self, one: Progress) -> Progress:
        return await self.person.ledger.reconciliations.cancel(
            owner=self.person.id, reconciliation_id=one.reconciliation.id
        )

    async def reopen(self, one: Progress) -> Progress:
        return await self.person.ledger.reconciliations.reopen(
            owner=self.person.id, actor=self.person.id, reconciliation_id=one.reconciliation.id
        )

    async def rows(self, one: Progress, limit: int = 0) -> list[tuple[str, int, bool]]:
        """All pages, concatenated."""
        found: list[tuple[str, int, bool]] = []
        cursor = ""
        while True:
            page = await self.person.ledger.reconciliation_reader.list_rows(
                owner=self.person.id,
                reconciliation_id=one.reconciliation.id,
                cursor=cursor,
                limit=limit,
            )
            found += [(r.transaction.id, r.amount.minor_units, r.ticked) for r in page.rows]
            if page.next is None:
                return found
            cursor = page.next.text()

    async def status(self, transaction: Transaction) -> Status:
        found = await self.person.ledger.transactions.get_transaction(
            owner=self.person.id, transaction_id=transaction.id
        )
        return found.status


async def verified(person: Person, account: Account) -> list[Verification]:
    return list(
        await person.ledger.reconciliation_reader.verify(owner=person.id, account_id=account.id)
    )
