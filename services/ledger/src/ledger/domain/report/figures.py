"""Income against expense, by currency and in the base currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kit.money import Money
from ledger.domain.category import CategoryKind, Kinds
from ledger.domain.report.conversion import Converter, InBase
from ledger.domain.report.flow import Flow, Series
from ledger.domain.report.span import Period
from ledger.domain.report.summary import CurrencySummary


@dataclass(frozen=True, slots=True)
class BaseSummary:
    """Both converted at the rates of one day, or sums of such."""

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


def income_expense(series: Series, kinds: Kinds, converter: Converter | None) -> IncomeExpense:
    """From what flowed through categories. Each bucket is converted at the rates of its last
    day."""
    buckets = []
    for period, flows in series:
        sides = by_kind(flows, kinds)
        buckets.append(Bucket(period, figures_of(*sides, converter, period.to_date)))
    return IncomeExpense(buckets, added(bucket.figures for bucket in buckets))


def by_kind(flows: Iterable[Flow], kinds: Kinds) -> tuple[Sequence[Flow], Sequence[Flow]]:
    """Those of income categories, and those of expense categories."""
    income: list[Flow] = []
    expense: list[Flow] = []
    for flow in flows:
        is_income = kinds[flow.id] is CategoryKind.INCOME
        (income if is_income else expense).append(flow)
    return income, expense


def figures_of(
    income: Iterable[Flow], expense: Iterable[Flow], converter: Converter | None, on: str
) -> Figures:
    """What the flows come to, converted at the rates of this day."""
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
    if converter is None:
        return Figures(currencies)
    in_base = BaseSummary(
        converter.convert((s.income for s in currencies), on),
        converter.convert((s.expense for s in currencies), on),
    )
    return Figures(currencies, in_base)


def added(parts: Iterable[Figures]) -> Figures:
    """The sum, currency by currency; in the base currency the sum of what was converted."""
    sums: dict[str, CurrencySummary] = {}
    in_base: BaseSummary | None = None
    for part in parts:
        for summary in part.currencies:
            known = sums.get(summary.currency)
            sums[summary.currency] = summary if known is None else known + summary
        if part.in_base is not None:
            in_base = part.in_base if in_base is None else in_base + part.in_base
    return Figures([sums[currency] for currency in sorted(sums)], in_base)
