"""Reports: summary and spending of a span of days."""

from collections.abc import Sequence

from ledger.domain.category import Category
from ledger.domain.report import (
    CategorySpending,
    CurrencySummary,
    Flow,
    Period,
    added_up,
    spending,
    summarise,
)
from ledger.repository.books import Categories
from ledger.repository.flows import Flows


class ReportService:
    def __init__(self, *, flows: Flows, categories: Categories) -> None:
        self._flows = flows
        self._categories = categories

    async def get_summary(self, *, owner: str, period: Period) -> Sequence[CurrencySummary]:
        """Income against spending, by currency. Raises InvalidFields."""
        flows = await self._flows_of(owner, period)
        return summarise(flows, await self._by_id(owner))

    async def get_spending(self, *, owner: str, period: Period) -> Sequence[CategorySpending]:
        """Spending by category, largest first in each currency. Raises InvalidFields."""
        flows = await self._flows_of(owner, period)
        return spending(flows, await self._by_id(owner))

    async def _flows_of(self, owner: str, period: Period) -> Sequence[Flow]:
        period.check()
        months, ends = period.parts()
        flows: list[Flow] = []
        if months is not None:
            flows += await self._flows.of_months(owner, months)
        for days in ends:
            flows += await self._flows.of_days(owner, days)
        return added_up(flows)

    async def _by_id(self, owner: str) -> dict[str, Category]:
        return {category.id: category for category in await self._categories.list(owner)}
