"""Income against spending, and spending by category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kit.money import Money
from ledger.domain.category import Category, CategoryKind, Kinds
from ledger.domain.report.flow import Flow


@dataclass(frozen=True, slots=True)
class CurrencySummary:
    """Income against spending in one currency; both usually positive, refunds taken off."""

    income: Money
    expense: Money
    posting_count: int

    @property
    def currency(self) -> str:
        return self.income.currency

    @property
    def net(self) -> Money:
        return self.income - self.expense

    def __add__(self, other: "CurrencySummary") -> "CurrencySummary":
        return CurrencySummary(
            self.income + other.income,
            self.expense + other.expense,
            self.posting_count + other.posting_count,
        )


@dataclass(frozen=True, slots=True)
class CategorySpending:
    """What one expense category took, net of refunds."""

    category: Category
    amount: Money
    posting_count: int


def summarise(flows: Sequence[Flow], kinds: Kinds) -> Sequence[CurrencySummary]:
    """Income and expense by currency, in the order of the codes."""
    return [
        _summary([f for f in flows if f.currency == currency], kinds, currency)
        for currency in sorted({flow.currency for flow in flows})
    ]


def spending(
    flows: Sequence[Flow], categories: Mapping[str, Category]
) -> Sequence[CategorySpending]:
    """Expense categories by currency, then by amount, largest first."""
    rows = [
        CategorySpending(categories[f.id], Money(f.net, f.currency), f.count)
        for f in flows
        if categories[f.id].kind is CategoryKind.EXPENSE
    ]
    return sorted(rows, key=lambda r: (r.amount.currency, -r.amount.minor_units, r.category.name))


def _summary(flows: Sequence[Flow], kinds: Kinds, currency: str) -> CurrencySummary:
    def total(kind: CategoryKind) -> int:
        return sum(f.net for f in flows if kinds[f.id] is kind)

    return CurrencySummary(
        income=Money(-total(CategoryKind.INCOME), currency),
        expense=Money(total(CategoryKind.EXPENSE), currency),
        posting_count=sum(f.count for f in flows),
    )
