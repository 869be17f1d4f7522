"""What a budget could plan: what went into each category before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.budget import Budget, ScopeKind
from ledger.domain.category import Category, CategoryKind
from ledger.domain.report import Period, Series
from ledger.domain.spans import Every, add_months

MONTHS = (3, 6, 12)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an expense category with all below it took in each month, oldest first, in minor units
    of one currency, net of refunds."""

    category: Category
    currency: str
    months: Sequence[int]
    # The monthly budget that there is, and what it plans now.
    budget_id: str = ""
    planned: int | None = None

    @property
    def median(self) -> int:
        """Of an even number of months the middle of the two in the middle, rounded down."""
        ordered, half = sorted(self.months), len(self.months) // 2
        if len(ordered) % 2:
            return ordered[half]
        return (ordered[half - 1] + ordered[half]) // 2

    @property
    def mean(self) -> int:
        """Rounded down."""
        return sum(self.months) // len(self.months)


def months_before(today: date, months: int) -> Period:
    """The last whole months before this one."""
    this = today.replace(day=1)
    last = this - timedelta(days=1)
    return Period(add_months(this, -months).isoformat(), last.isoformat())


def suggestions(
    series: Series, categories: Sequence[Category], budgets: Sequence[Budget], *, today: date
) -> Sequence[Suggestion]:
    """One for each expense category and currency with any spending, the largest median first
    within a currency."""
    sums = _sums(series, {c.id: c for c in categories if c.kind is CategoryKind.EXPENSE})
    planned = _monthly(budgets, today)
    named = {category.id: category for category in categories}
    rows = [
        Suggestion(named[id_], currency, months, *planned.get((id_, currency), ("", None)))
        for (id_, currency), months in sums.items()
        if any(months)
    ]
    return sorted(rows, key=lambda row: (row.currency, -row.median, row.category.name))


def _sums(
    series: Series, expenses: Mapping[str, Category]
) -> Mapping[tuple[str, str], Sequence[int]]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(series))
    for place, (_, flows) in enumerate(series):
        for flow in flows:
            id_ = flow.id
            while id_ in expenses:
                sums[id_, flow.currency][place] += flow.net
                id_ = expenses[id_].parent_id
    return sums


def _monthly(budgets: Sequence[Budget], today: date) -> Mapping[tuple[str, str], tuple[str, int]]:
    """The id and plan of each category's monthly budget."""
    return {
        (budget.scope.id, budget.currency): (budget.id, budget.planned(period))
        for budget in budgets
        if budget.scope.kind is ScopeKind.CATEGORY
        and budget.every is Every.MONTH
        and (period := budget.period_of(today))
    }
