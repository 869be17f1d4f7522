"""What the use cases need of the outside."""

from datetime import date
from typing import Protocol

from kit.mongo import Tx
from ledger.domain.account import Account
from ledger.domain.book_settings import BookSettings
from ledger.domain.category import Category
from ledger.domain.reconciliation import Reconciliation
from ledger.domain.recurring.series import Series


class Announcements(Protocol):
    """Events, each written in the transaction of the change that it tells of."""

    async def book_changed(self, tx: Tx, settings: BookSettings) -> None: ...

    async def account_changed(self, tx: Tx, account: Account, change: str) -> None: ...

    async def accounts_reordered(self, tx: Tx, owner: str) -> None: ...

    async def reconciliation_changed(
        self, tx: Tx, reconciliation: Reconciliation, change: str
    ) -> None: ...

    async def category_created(self, tx: Tx, category: Category) -> None: ...

    async def category_changed(self, tx: Tx, category: Category, change: str) -> None: ...

    async def categories_reordered(self, tx: Tx, owner: str) -> None: ...


class RecurringAnnouncements(Protocol):
    async def recurring_changed(self, tx: Tx, series: Series, change: str) -> None: ...

    async def recurring_posted(
        self, tx: Tx, series: Series, day: date, transaction_id: str
    ) -> None: ...
