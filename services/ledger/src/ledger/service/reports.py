"""Reports: summary and spending of a span of days."""

from collections.abc import Sequence

from ledger.domain.category import Category
from ledger.domain.report import (
    CategorySpending,
    CurrencySummary,
    Dim,
    Flow,
    Period,
    spending,
    summarise,
)
from ledger.repository.books import Categories
from ledger.repository.rollups import Rollups


class ReportService:
    def __init__(self, *, rollups: Rollups, categories: Categories) -> None:
        self._rollups = rollups
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
        return await self._rollups.totals(owner, Dim.CATEGORY, period)

    async def _by_id(self, owner: str) -> dict[str, Category]:
        return {category.id: category for category in await self._categories.list(owner)}
