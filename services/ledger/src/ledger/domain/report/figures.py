"""Income against expense, by currency and in the base currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kit.money import Money
from ledger.domain.category import CategoryKind, Kinds
from ledger.domain.report.conversion import InBase, in_base
from ledger.domain.report.flow import Flow, Series
from ledger.domain.report.span import Period
from ledger.domain.report.summary import CurrencySummary


@dataclass(frozen=True, slots=True)
class BaseSummary:
    """Both in the base currency, each flow converted at the rate of its day."""

    income: InBase
    expense: InBase

    @property
    def net(self) -> InBase:
        return self.income - self.expense

    def __add__(self, other: "BaseSummary") -> "BaseSummary":
        return BaseSummary(self.income + other.income, self.expense + other.expense)


@dataclass(frozen=True, slots=True)
class Figures:
    """What came in and went out: exactly, in each currency, and told in the base currency of the
    report, if it has one."""

    currencies: Sequence[CurrencySummary] = ()
    in_base: BaseSummary | None = None

    def of(self, currency: str) -> CurrencySummary:
        """Zero where nothing is of this currency."""
        nothing = CurrencySummary(Money.zero(currency), Money.zero(currency), 0)
        return next((s for s in self.currencies if s.currency == currency), nothing)


@dataclass(frozen=True, slots=True)
class Bucket:
    period: Period
    figures: Figures


@dataclass(frozen=True, slots=True)
class IncomeExpense:
    """Income against expense over time; the buckets add up to the total, in every currency."""

    buckets: Sequence[Bucket]
    total: Figures


def income_expense(series: Series, kinds: Kinds, base: str = "") -> IncomeExpense:
    """From what flowed through categories; with a base currency, from valued flows."""
    buckets = []
    for period, flows in series:
        buckets.append(Bucket(period, figures_of(*by_kind(flows, kinds), base)))
    return IncomeExpense(buckets, added(bucket.figures for bucket in buckets))


def by_kind(flows: Iterable[Flow], kinds: Kinds) -> tuple[Sequence[Flow], Sequence[Flow]]:
    """Those of income categories, and those of expense categories."""
    income: list[Flow] = []
    expense: list[Flow] = []
    for flow in flows:
        is_income = kinds[flow.id] is CategoryKind.INCOME
        (income if is_income else expense).append(flow)
    return income, expense


def figures_of(income: Sequence[Flow], expense: Sequence[Flow], base: str = "") -> Figures:
    """The totals of the flows; with a base currency, of valued flows."""
    sums: dict[str, list[int]] = {}
    for side, flows, sign in ((0, income, -1), (1, expense, 1)):
        for flow in flows:
            row = sums.setdefault(flow.currency, [0, 0, 0])
            row[side] += sign * flow.net
            row[2] += flow.count
    currencies = [
        CurrencySummary(Money(row[0], currency), Money(row[1], currency), row[2])
        for currency, row in sorted(sums.items())
    ]
    if not base:
        return Figures(currencies)
    converted = BaseSummary(in_base(income, base, sign=-1), in_base(expense, base, sign=1))
    return Figures(currencies, converted)


def added(parts: Iterable[Figures]) -> Figures:
    """The sum, currency by currency; in the base currency the sum of what was converted."""
    sums: dict[str, CurrencySummary] = {}
    converted: BaseSummary | None = None
    for part in parts:
        for summary in part.currencies:
            known = sums.get(summary.currency)
            sums[summary.currency] = summary if known is None else known + summary
        if part.in_base is not None:
            converted = part.in_base if converted is None else converted + part.in_base
    return Figures([sums[currency] for currency in sorted(sums)], converted)
