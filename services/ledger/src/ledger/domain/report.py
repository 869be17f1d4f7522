"""Reports over a span of days: whole months from rollups, what is left over at the ends from
entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kit.money import Money
from ledger.domain.category import Category, CategoryKind
from ledger.domain.fields import FieldCheck


@dataclass(frozen=True, slots=True)
class Span:
    """Calendar days, both ends inclusive, YYYY-MM-DD."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a report, both ends inclusive."""

    from_date: str
    to_date: str

    def check(self) -> None:
        """Raises InvalidFields."""
        check = FieldCheck("period.")
        check.date("from_date", self.from_date)
        check.date("to_date", self.to_date)
        if self.from_date > self.to_date:
            check.wrong("to_date", "must not be before from_date")
        check.finish()

    def parts(self) -> tuple[Span | None, Sequence[Span]]:
        """The whole months that it holds, as the span of them (YYYY-MM), and the days before and
        after them."""
        first, last = date.fromisoformat(self.from_date), date.fromisoformat(self.to_date)
        start = first if first.day == 1 else _next_month(first)
        end = _month_start(last + timedelta(days=1))
        if start >= end:
            return None, [Span(self.from_date, self.to_date)]
        whole = Span(start.isoformat()[:7], (end - timedelta(days=1)).isoformat()[:7])
        ends = []
        if first < start:
            ends.append(Span(self.from_date, (start - timedelta(days=1)).isoformat()))
        if last >= end:
            ends.append(Span(end.isoformat(), self.to_date))
        return whole, ends


@dataclass(frozen=True, slots=True)
class Flow:
    """What went through one category in a currency: `net` is debits less credits in minor units."""

    category_id: str
    currency: str
    net: int
    count: int


@dataclass(frozen=True, slots=True)
class CurrencySummary:
    """Income against spending in one currency; both usually positive, refunds taken off."""

    income: Money
    expense: Money
    posting_count: int

    @property
    def net(self) -> Money:
        return self.income - self.expense


@dataclass(frozen=True, slots=True)
class CategorySpending:
    """What one expense category took, net of refunds."""

    category: Category
    amount: Money
    posting_count: int


def added_up(flows: Iterable[Flow]) -> Sequence[Flow]:
    """One flow for each category and currency."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for flow in flows:
        net, count = sums.get((flow.category_id, flow.currency), (0, 0))
        sums[flow.category_id, flow.currency] = net + flow.net, count + flow.count
    return [Flow(id_, currency, net, n) for (id_, currency), (net, n) in sums.items() if n or net]


def summarise(
    flows: Sequence[Flow], categories: Mapping[str, Category]
) -> Sequence[CurrencySummary]:
    """Income and expense by currency, in the order of the codes."""
    return [
        _summary([f for f in flows if f.currency == currency], categories, currency)
        for currency in sorted({flow.currency for flow in flows})
    ]


def spending(
    flows: Sequence[Flow], categories: Mapping[str, Category]
) -> Sequence[CategorySpending]:
    """Expense categories by currency, then by amount, largest first."""
    rows = [
        CategorySpending(categories[f.category_id], Money(f.net, f.currency), f.count)
        for f in flows
        if categories[f.category_id].kind is CategoryKind.EXPENSE
    ]
    return sorted(rows, key=lambda r: (r.amount.currency, -r.amount.minor_units, r.category.name))


def _summary(
    flows: Sequence[Flow], categories: Mapping[str, Category], currency: str
) -> CurrencySummary:
    def total(kind: CategoryKind) -> int:
        return sum(f.net for f in flows if categories[f.category_id].kind is kind)

    return CurrencySummary(
        income=Money(-total(CategoryKind.INCOME), currency),
        expense=Money(total(CategoryKind.EXPENSE), currency),
        posting_count=sum(f.count for f in flows),
    )


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _next_month(day: date) -> date:
    return _month_start(_month_start(day) + timedelta(days=31))
