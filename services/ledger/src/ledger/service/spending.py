"""What budgets count as spent, from rollups."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pymongo.asynchronous.client_session import AsyncClientSession

from ledger.domain.budget import Budget, ScopeKind, with_descendants
from ledger.domain.category import Category, stands_for
from ledger.domain.pace import Spent, needed_from
from ledger.domain.report import By, Dim, Flow, Period
from ledger.domain.spans import Every
from ledger.repository.categories import Categories
from ledger.repository.rollups import Rollups

Rows = dict[str, list[tuple[date, int]]]
"""Spending of days, by currency."""
_DIMS = {
    ScopeKind.CATEGORY: Dim.CATEGORY,
    ScopeKind.TAG: Dim.TAG_EXPENSE,
    ScopeKind.ACCOUNT: Dim.ACCOUNT_EXPENSE,
}
_WHOLE_MONTHS = (Every.MONTH, Every.QUARTER, Every.YEAR)


@dataclass(frozen=True, slots=True)
class _Source:
    """One reading of the rollups: a kind of them, by month or by day."""

    dim: Dim
    by: By


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The ids that one budget takes from a reading."""

    budget: Budget
    ids: frozenset[str]

    def units(self, flows: Sequence[Flow]) -> Mapping[str, int]:
        """Spending net of refunds, by currency."""
        units: Counter[str] = Counter()
        for flow in flows:
            if flow.id in self.ids:
                units[flow.currency] += flow.net
        return units


class Spending:
    def __init__(self, *, rollups: Rollups, categories: Categories) -> None:
        self._rollups = rollups
        self._categories = categories

    async def of(
        self,
        owner: str,
        budgets: Sequence[Budget],
        *,
        from_: date,
        to: date,
        session: AsyncClientSession | None = None,
    ) -> Mapping[str, Spent]:
        """What each budget, by id, has to know of the periods that share a day with the span: one
        reading for each kind of rollup, however many the budgets are."""
        categories = await self._named(owner, budgets)
        parents, budgets = parents_of(categories), following(budgets, categories)
        readings: dict[_Source, list[_Wanted]] = defaultdict(list)
        for budget in budgets:
            by = By.MONTH if budget.every in _WHOLE_MONTHS else By.DAY
            source = _Source(_DIMS[budget.scope.kind], by)
            readings[source].append(_Wanted(budget, _ids(budget, parents)))
        by_day: dict[str, Rows] = {budget.id: defaultdict(list) for budget in budgets}
        for source, wanted in readings.items():
            span = _span([w.budget for w in wanted], from_, to)
            ids = frozenset[str]().union(*(w.ids for w in wanted))
            await self._read(owner, source, span, ids, wanted, by_day, session)
        return {b.id: Spent(by_day[b.id].pop(b.currency, ()), by_day[b.id]) for b in budgets}

    async def _read(
        self,
        owner: str,
        source: _Source,
        span: Period,
        ids: Collection[str],
        wanted: Sequence[_Wanted],
        by_day: dict[str, Rows],
        session: AsyncClientSession | None,
    ) -> None:
        series = await self._rollups.series(
            owner, source.dim, span, source.by, ids, session=session
        )
        for bucket, flows in series:
            if not flows:
                continue
            day = date.fromisoformat(bucket.from_date)
            for each in wanted:
                for currency, units in each.units(flows).items():
                    if units:
                        by_day[each.budget.id][currency].append((day, units))

    async def _named(self, owner: str, budgets: Sequence[Budget]) -> Sequence[Category]:
        if all(budget.scope.kind is not ScopeKind.CATEGORY for budget in budgets):
            return ()
        return await self._categories.list(owner)


def parents_of(categories: Sequence[Category]) -> Mapping[str, str]:
    """What each category counts under, empty at the root: its parent, or what it was merged into.
    Where accounts are closed, some of it stays in what was merged away."""
    merged = stands_for(categories)
    return {c.id: merged.get(c.id, c.parent_id) for c in categories}


def following(budgets: Sequence[Budget], categories: Sequence[Category]) -> Sequence[Budget]:
    """The budgets with the categories that theirs were merged into, for as long as they are."""
    merged = stands_for(categories)
    return [budget.following(merged) for budget in budgets]


def tag_id(tag: str) -> str:
    """A tag as rollups know it: however it is written."""
    return tag.strip().casefold()


def _ids(budget: Budget, parents: Mapping[str, str]) -> frozenset[str]:
    match budget.scope.kind:
        case ScopeKind.CATEGORY:
            return with_descendants(budget.scope.id, parents)
        case ScopeKind.TAG:
            return frozenset({tag_id(budget.scope.id)})
        case ScopeKind.ACCOUNT:
            return frozenset({budget.scope.id})


def _span(budgets: Sequence[Budget], from_: date, to: date) -> Period:
    """From the first day that any has to know to the last day of the last period."""
    first = min(min(needed_from(budget, from_), from_) for budget in budgets)
    ends = (period.last for budget in budgets for period in budget.periods(to, to))
    # The span's own edges may cut a period of a budget that has begun in between.
    return Period(_month_start(first).isoformat(), max([to, *ends]).isoformat())


def _month_start(day: date) -> date:
    return day.replace(day=1)
