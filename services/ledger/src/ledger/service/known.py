"""What the books said at a moment of the past ("what did I believe on 1 March?")."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kit.money import Money
from kit.mongo import Mongo
from ledger.domain.account import AccountState, Balances
from ledger.domain.entry import Change
from ledger.domain.errors import InvalidFields, TransactionDeleted, TransactionNotFound
from ledger.domain.report import CurrencySummary, Dim, Flow, Period, added_up, summarise
from ledger.domain.search import Cursor, Order, Page, TransactionFilter, page_limit
from ledger.domain.totals import Balance, BalanceKey, Totals
from ledger.domain.transaction import Transaction, transaction_of
from ledger.repository.categories import Categories
from ledger.repository.known import Known
from ledger.repository.rollups import Rollups
from ledger.service.books import BookService


class KnownService:
    """Sums are those of now less what was recorded since: the older the moment, the longer it
    takes, and only what was recorded since is read."""

    def __init__(
        self,
        *,
        mongo: Mongo,
        known: Known,
        rollups: Rollups,
        categories: Categories,
        book_service: BookService,
    ) -> None:
        self._mongo = mongo
        self._known = known
        self._rollups = rollups
        self._categories = categories
        self._books = book_service

    async def get_transaction(
        self, *, owner: str, transaction_id: str, on: datetime
    ) -> Transaction:
        """Raises TransactionNotFound, TransactionDeleted as they would have been then."""
        newest = await self._known.newest(owner, transaction_id, on)
        if newest is None:
            raise TransactionNotFound
        if newest.change is Change.DELETED:
            raise TransactionDeleted
        return transaction_of(newest, await self._books.book(owner=owner))

    async def list_transactions(
        self, *, owner: str, filter_: TransactionFilter, on: datetime, cursor: str, limit: int
    ) -> Page:
        """The page after the cursor, newest first. Raises InvalidFields, also for a search: what is
        searched are the words of today."""
        filter_.check()
        unknown = ("text", "query", "min_minor_units", "max_minor_units")
        asked = [name for name in unknown if getattr(filter_, name) not in ("", None)]
        if asked:
            what = "can't be asked of the past: narrow by account, category, date, kind or tag"
            raise InvalidFields([(f"filter.{name}", what) for name in asked])
        limit, after = page_limit(limit), Cursor.parse(cursor)
        book = await self._books.book(owner=owner)
        entries = await self._known.page(owner, filter_, on, after=after, limit=limit + 1)
        page = [transaction_of(entry, book) for entry in entries[:limit]]
        more = len(entries) > limit
        return Page(page, Cursor.at(page[-1], Order.NEWEST) if more else None)

    async def accounts(
        self, *, owner: str, states: Sequence[AccountState], on: datetime
    ) -> Sequence[AccountState]:
        """The accounts that had been opened by then, with what was on them."""
        balances = await self._known.balances(owner, on)
        return [
            replace(state, balances=_balances(balances, state))
            for state in states
            if state.account.created_at <= on
        ]

    async def get_summary(
        self, *, owner: str, period: Period, on: datetime
    ) -> Sequence[CurrencySummary]:
        """Income against spending, by currency. Raises InvalidFields."""
        period.check()
        async with self._mongo.client.start_session(snapshot=True) as session:
            now = await self._rollups.totals(owner, Dim.CATEGORY, period, session=session)
            newer = await self._known.newer(owner, on, session)
        flows = added_up([*now, *_taken_back(newer, period)])
        return summarise(flows, await self._categories.kinds(owner))


def _balances(balances: dict[BalanceKey, Balance], state: AccountState) -> Balances:
    account = state.account
    held = balances.get(BalanceKey(account.owner, account.id, account.currency), Balance())
    units = (held.balance, held.cleared, held.reconciled)
    return Balances(*(Money(n, account.currency) for n in units))


def _taken_back(newer: Totals, period: Period) -> Sequence[Flow]:
    """What was recorded since about the period's days, with the other sign."""
    return [
        Flow(key.id, key.currency, -sums.debit, -sums.credit, -sums.count)
        for key, rollup in newer.rollups.items()
        if key.dim is Dim.CATEGORY
        for day, sums in rollup.days.items()
        if period.from_date <= f"{key.month}-{day}" <= period.to_date
    ]
