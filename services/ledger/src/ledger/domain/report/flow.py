"""What went through an account, a category, a payee or a tag."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledger.domain.report.span import Period


class Dim(StrEnum):
    """What a rollup is counted by; its `id` is of that kind."""

    ACCOUNT = "account"
    CATEGORY = "category"
    # Postings of accounts in transfers and opening balances alone.
    TRANSFER = "transfer"
    # Spending of an account: its transactions' postings to expense categories.
    ACCOUNT_EXPENSE = "account_expense"
    PAYEE_EXPENSE = "payee_expense"
    PAYEE_INCOME = "payee_income"
    TAG_EXPENSE = "tag_expense"
    TAG_INCOME = "tag_income"
    # All transactions of the book; its id is empty.
    BOOK = "book"
    # The same sums by year. A book has many payees and tags, so that a report of years would
    # otherwise read months times payees.
    PAYEE_EXPENSE_BY_YEAR = "payee_expense_by_year"
    PAYEE_INCOME_BY_YEAR = "payee_income_by_year"
    TAG_EXPENSE_BY_YEAR = "tag_expense_by_year"
    TAG_INCOME_BY_YEAR = "tag_income_by_year"


BY_YEAR: Mapping[Dim, Dim] = {
    Dim.PAYEE_EXPENSE: Dim.PAYEE_EXPENSE_BY_YEAR,
    Dim.PAYEE_INCOME: Dim.PAYEE_INCOME_BY_YEAR,
    Dim.TAG_EXPENSE: Dim.TAG_EXPENSE_BY_YEAR,
    Dim.TAG_INCOME: Dim.TAG_INCOME_BY_YEAR,
}
"""Dimensions that are also counted by year, and the dimension that holds the years."""


@dataclass(frozen=True, slots=True)
class BaseSides:
    """Debits and credits in minor units of the base currency of a report. Not all of the flow is in
    them where the rate of a day is missing."""

    debit: int
    credit: int
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """The sums of one id in one currency: debits and credits in minor units, both usually positive,
    and how many postings they are."""

    id: str
    currency: str
    debit: int
    credit: int
    count: int
    # The value in the base currency, in a report that has one.
    in_base: BaseSides | None = None

    @property
    def net(self) -> int:
        """Debits less credits."""
        return self.debit - self.credit

    @property
    def is_empty(self) -> bool:
        return not (self.debit or self.credit or self.count)


Series = Sequence[tuple[Period, Sequence[Flow]]]
"""The buckets of a period, oldest first, each with its flows; also those in which nothing
flowed."""
DaySum = tuple[str, str, str, int, int]
"""Flow of a day: the day, the id, the currency, debits and credits. A report of ten years
has tens of thousands of these, so that they are plain tuples."""
Dated = Sequence[DaySum]
"""Flows of single days, in no order."""


def added_up(flows: Iterable[Flow]) -> Sequence[Flow]:
    """One flow for each id and currency, in their order; what comes to nothing is left out."""
    sums: dict[tuple[str, str], tuple[int, int, int]] = {}
    flows = list(flows)
    if len({(flow.id, flow.currency) for flow in flows}) == len(flows):
        # Nothing to add: of a day there is one flow of each.
        told = [flow for flow in flows if not flow.is_empty]
        return sorted(told, key=lambda flow: (flow.id, flow.currency))
    for flow in flows:
        debit, credit, count = sums.get((flow.id, flow.currency), (0, 0, 0))
        sums[flow.id, flow.currency] = (
            debit + flow.debit,
            credit + flow.credit,
            count + flow.count,
        )
    added = (Flow(id_, currency, *sums[id_, currency]) for id_, currency in sorted(sums))
    return [flow for flow in added if not flow.is_empty]
