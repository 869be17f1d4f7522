"""Reports, each from rollups of one moment."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from kit.mongo import Tx
from ledger.domain.account import Account
from ledger.domain.book_settings import WeekStart
from ledger.domain.category import Category, CategoryKind
from ledger.domain.errors import AccountNotFound
from ledger.domain.fields import FIRST_YEAR, FieldCheck
from ledger.domain.rate import Applied
from ledger.domain.report import (
    By,
    CategorySpending,
    CurrencySummary,
    Dated,
    Dim,
    Flow,
    Period,
    Series,
    buckets,
    spending,
    summarise,
)
from ledger.domain.report.ask import Ask, Beside, Told
from ledger.domain.report.breakdown import (
    MAX_LINES,
    Breakdown,
    Dimension,
    Wanted,
    by_category,
    by_name,
    named,
)
from ledger.domain.report.cash_flow import CashFlow, cash_flow, own_days, own_series
from ledger.domain.report.compare import compared
from ledger.domain.report.conversion import Converter, of_days, valued, valued_series
from ledger.domain.report.exchange import DayFlow, ExchangeReport, exchange_report
from ledger.domain.report.figures import (
    Figures,
    IncomeExpense,
    by_kind,
    figures_of,
    income_expense,
)
from ledger.domain.report.net_worth import LIABILITIES, NetWorth, net_worth
from ledger.repository.accounts import Accounts
from ledger.repository.categories import Categories
from ledger.repository.payees import Payees
from ledger.repository.rollups import Rollups
from ledger.service.books import BookService
from ledger.service.rates import RateService

T = TypeVar("T")
Build = Callable[[Tx, Period], Awaitable[tuple[T, Converter | None]]]
_FIRST_DAY = f"{FIRST_YEAR}-01-01"
_INCOME = {Dimension.PAYEE: Dim.PAYEE_INCOME, Dimension.TAG: Dim.TAG_INCOME}
_EXPENSE = {Dimension.PAYEE: Dim.PAYEE_EXPENSE, Dimension.TAG: Dim.TAG_EXPENSE}


class ReportService:
    def __init__(
        self,
        *,
        rollups: Rollups,
        categories: Categories,
        accounts: Accounts,
        book_service: BookService,
        rates: RateService,
        payees: Payees,
    ) -> None:
        self._rollups = rollups
        self._categories = categories
        self._accounts = accounts
        self._book_service = book_service
        self._rates = rates
        self._payees = payees

    async def get_summary(self, *, owner: str, period: Period) -> Sequence[CurrencySummary]:
        """Income against spending, by currency. Raises InvalidFields."""
        flows, kinds = await asyncio.gather(
            self._flows_of(owner, period), self._categories.kinds(owner)
        )
        if any(flow.id not in kinds for flow in flows):
            # One was made, and posted to, between the two readings.
            kinds = await self._categories.kinds(owner)
        return summarise(flows, kinds)

    async def get_spending(self, *, owner: str, period: Period) -> Sequence[CategorySpending]:
        """Spending by category, largest first in each currency. Raises InvalidFields."""
        flows = await self._flows_of(owner, period)
        return spending(flows, await self._by_id(owner))

    async def get_income_expense(self, *, owner: str, ask: Ask) -> Told[IncomeExpense]:
        """Income against expense over time. Raises InvalidFields."""
        ask.check()
        week_start = await self._week_start(owner, ask)

        async def build(tx: Tx, period: Period) -> tuple[IncomeExpense, Converter | None]:
            series = await self._rollups.series(
                owner, Dim.CATEGORY, period, ask.by, week_start=week_start, session=tx.session
            )
            seen = _currencies(flow for _, flows in series for flow in flows)
            converter = await self._converter(owner, ask, seen, period)
            if converter is not None:
                dated = await self._dated(tx, owner, Dim.CATEGORY, ask, period, series)
                series = await asyncio.to_thread(valued_series, series, dated, converter)
            kinds = await self._categories.kinds(owner, tx)
            return income_expense(series, kinds, ask.base), converter

        return await self._told(ask, build)

    async def get_breakdown(
        self, *, owner: str, ask: Ask, dimension: Dimension, wanted: Wanted
    ) -> Told[Breakdown]:
        """Where it went and came from. Raises InvalidFields."""
        ask.check()
        check = FieldCheck()
        if not 1 <= wanted.limit <= MAX_LINES:
            check.wrong("limit", f"1 to {MAX_LINES}")
        check.finish()
        if dimension is Dimension.CATEGORY:
            return await self._told(ask, self._by_category(owner, ask, wanted))
        return await self._told(ask, self._by_name(owner, ask, dimension, wanted))

    async def get_cash_flow(
        self, *, owner: str, ask: Ask, account_ids: Collection[str]
    ) -> Told[CashFlow]:
        """What came into these accounts, or all, and went out. Raises InvalidFields,
        AccountNotFound."""
        ask.check()
        week_start = await self._week_start(owner, ask)

        async def build(tx: Tx, period: Period) -> tuple[CashFlow, Converter | None]:
            accounts = await self._accounts_of(tx, owner, account_ids)
            ids = [account.id for account in accounts]
            all_, moved = [
                await self._rollups.series(
                    owner, dim, period, ask.by, ids, week_start=week_start, session=tx.session
                )
                for dim in (Dim.ACCOUNT, Dim.TRANSFER)
            ]
            opening = await self._before(tx, owner, period, ids)
            converter = await self._converter(owner, ask, _kept_in(accounts), period)
            own: Series = ()
            if converter is not None:
                days = [
                    await self._dated(tx, owner, dim, ask, period, series, ids)
                    for dim, series in ((Dim.ACCOUNT, all_), (Dim.TRANSFER, moved))
                ]
                own = await asyncio.to_thread(
                    valued_series, own_series(all_, moved), own_days(*days), converter
                )
            return cash_flow(opening, all_, moved, accounts, ask.base, own), converter

        return await self._told(ask, build)

    async def get_net_worth(self, *, owner: str, ask: Ask) -> Told[NetWorth]:
        """What is owned less what is owed, over time. Raises InvalidFields."""
        ask.check()
        week_start = await self._week_start(owner, ask)

        async def build(tx: Tx, period: Period) -> tuple[NetWorth, Converter | None]:
            accounts = await self._accounts_of(tx, owner, ())
            ids = [account.id for account in accounts]
            series = await self._rollups.series(
                owner, Dim.ACCOUNT, period, ask.by, ids, week_start=week_start, session=tx.session
            )
            opening = await self._before(tx, owner, period, ids)
            points = Period(_day_before(period.from_date), period.to_date)
            converter = await self._converter(owner, ask, _kept_in(accounts), points)
            return net_worth(opening, series, accounts, converter), converter

        return await self._told(ask, build)

    async def get_exchange_gains(self, *, owner: str, ask: Ask) -> ExchangeReport:
        """What a change of rates did to the book's worth, in the base currency asked for or that of
        the book. Raises InvalidFields, RateMissing."""
        ask.check()
        settings = await self._book_service.settings(owner=owner)
        base = ask.base or settings.base_currency
        flows, categories = await self._day_flows(owner, ask.period)
        first = min((flow.date for flow in flows), default=ask.period.from_date)
        before = _day_before(ask.period.from_date)
        table = await self._rates.table(
            owner=owner,
            currencies={base, *(flow.currency for flow in flows)},
            period=Period(min(first, before), ask.period.to_date),
        )
        periods = buckets(ask.period, ask.by, ask.week_start or settings.week_start)
        # Half a second of computing for ten years, beside which others are to be answered.
        return await asyncio.to_thread(
            exchange_report, flows, periods, before, table, base, categories=categories
        )

    def _by_category(self, owner: str, ask: Ask, wanted: Wanted) -> Build[Breakdown]:
        async def build(tx: Tx, period: Period) -> tuple[Breakdown, Converter | None]:
            flows = await self._rollups.totals(owner, Dim.CATEGORY, period, session=tx.session)
            converter = await self._converter(owner, ask, _currencies(flows), period)
            flows = await self._valued(tx, owner, Dim.CATEGORY, period, flows, converter)
            categories = await self._by_id(owner, tx)
            return by_category(flows, categories, period, wanted, ask.base), converter

        return build

    def _by_name(
        self, owner: str, ask: Ask, dimension: Dimension, wanted: Wanted
    ) -> Build[Breakdown]:
        async def build(tx: Tx, period: Period) -> tuple[Breakdown, Converter | None]:
            sides = {CategoryKind.INCOME: _INCOME, CategoryKind.EXPENSE: _EXPENSE}
            income, expense = [
                await self._rollups.totals(owner, dims[dimension], period, session=tx.session)
                if wanted.wants(kind)
                else ()
                for kind, dims in sides.items()
            ]
            total: Figures | None = None
            converter = None
            if ask.base or dimension is Dimension.TAG:
                # An entry may have two tags; and amounts are converted by category for all totals.
                all_ = await self._rollups.totals(owner, Dim.CATEGORY, period, session=tx.session)
                converter = await self._converter(owner, ask, _currencies(all_), period)
                kinds = await self._categories.kinds(owner, tx)
                told = [flow for flow in all_ if wanted.wants(kinds[flow.id])]
                worth = await self._valued(tx, owner, Dim.CATEGORY, period, told, converter)
                total = figures_of(*by_kind(worth, kinds), ask.base)
                income, expense = [
                    await self._valued(tx, owner, dims[dimension], period, flows, converter)
                    for dims, flows in zip(sides.values(), (income, expense), strict=True)
                ]
            found = by_name(income, expense, period, wanted, ask.base, total)
            if dimension is Dimension.TAG:
                return found, converter
            ids = [line.id for line in found.lines if line.id]
            return named(found, await self._payees.names(owner, ids, tx)), converter

        return build

    async def _told(self, ask: Ask, build: Build[T]) -> Told[T]:
        """The report and those that it is compared with, of one moment."""
        used: dict[tuple[str, str], Applied] = {}
        async with self._rollups.moment() as tx:

            async def built(period: Period) -> T:
                report, converter = await build(tx, period)
                if converter is not None:
                    used.update({(a.on, a.from_): a for a in converter.used()})
                return report

            report = await built(ask.period)
            beside = [
                Beside(comparison, period, await built(period))
                for comparison in ask.comparisons()
                if (period := compared(ask.period, comparison)) is not None
            ]
        return Told(ask.period, report, beside, [used[key] for key in sorted(used)])

    async def _converter(
        self, owner: str, ask: Ask, currencies: Collection[str], period: Period
    ) -> Converter | None:
        if not ask.base:
            return None
        table = await self._rates.table(
            owner=owner, currencies={*currencies, ask.base}, period=period
        )
        return Converter(table, ask.base)

    async def _accounts_of(self, tx: Tx, owner: str, ids: Collection[str]) -> Sequence[Account]:
        """These, or all; also what is closed had its history. Raises AccountNotFound."""
        accounts = await self._accounts.all(tx, owner)
        if set(ids) - {account.id for account in accounts}:
            raise AccountNotFound("account_ids")
        return [account for account in accounts if not ids or account.id in ids]

    async def _before(
        self, tx: Tx, owner: str, period: Period, ids: Collection[str]
    ) -> Sequence[Flow]:
        """What flowed through accounts before the period began."""
        if period.from_date <= _FIRST_DAY:
            return ()
        until = Period(_FIRST_DAY, _day_before(period.from_date))
        return await self._rollups.totals(owner, Dim.ACCOUNT, until, ids, session=tx.session)

    async def _dated(
        self,
        tx: Tx,
        owner: str,
        dim: Dim,
        ask: Ask,
        period: Period,
        series: Series,
        ids: Collection[str] | None = None,
    ) -> Dated:
        """Flows of each day in currencies other than the report's."""
        if ask.by is By.DAY:
            return [row for row in of_days(series) if row[2] != ask.base]
        foreign = _currencies(flow for _, flows in series for flow in flows) - {ask.base}
        return await self._rollups.dated(
            owner, dim, period, ids, currencies=foreign, session=tx.session
        )

    async def _valued(
        self,
        tx: Tx,
        owner: str,
        dim: Dim,
        period: Period,
        flows: Sequence[Flow],
        converter: Converter | None,
    ) -> Sequence[Flow]:
        """The flows of the period, valued in the base currency, if there is one."""
        if converter is None:
            return flows
        foreign = _currencies(flows) - {converter.base}
        dated = await self._rollups.dated(
            owner, dim, period, currencies=foreign, session=tx.session
        )
        return await asyncio.to_thread(valued, flows, dated, converter)

    async def _day_flows(self, owner: str, period: Period) -> tuple[Sequence[DayFlow], Dated]:
        """Of each currency, from the first day of the book on; and of each category, in the
        period."""
        book = await self._book_service.book(owner=owner)
        async with self._rollups.moment() as tx:
            accounts = await self._accounts_of(tx, owner, ())
            own = {account.id for account in accounts}
            owed = {account.id for account in accounts if account.type in LIABILITIES}
            rows = await self._rollups.daily(
                owner,
                Dim.ACCOUNT,
                Period(_FIRST_DAY, period.to_date),
                {*own, book.trading_id},
                session=tx.session,
            )
            categories = await self._rollups.dated(owner, Dim.CATEGORY, period, session=tx.session)
        sums: dict[tuple[str, str], list[int]] = {}
        for day, flow in rows:
            row = sums.setdefault((day, flow.currency), [0, 0, 0])
            if flow.id in own:
                row[0] += flow.net
                row[2] += flow.net if flow.id in owed else 0
            else:
                # What the trading account gave, the person's accounts got.
                row[1] -= flow.net
        flows = [DayFlow(day, currency, *row) for (day, currency), row in sums.items()]
        return flows, categories

    async def _week_start(self, owner: str, ask: Ask) -> WeekStart:
        if ask.week_start is not None or ask.by is not By.WEEK:
            return ask.week_start or WeekStart.MONDAY
        return (await self._book_service.settings(owner=owner)).week_start

    async def _flows_of(self, owner: str, period: Period) -> Sequence[Flow]:
        period.check()
        return await self._rollups.totals(owner, Dim.CATEGORY, period)

    async def _by_id(self, owner: str, tx: Tx | None = None) -> dict[str, Category]:
        return {category.id: category for category in await self._categories.list(owner, tx)}


def _currencies(flows: Iterable[Flow]) -> set[str]:
    return {flow.currency for flow in flows}


def _kept_in(accounts: Iterable[Account]) -> set[str]:
    return {account.currency for account in accounts}


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
