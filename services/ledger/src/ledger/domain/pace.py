"""How a budget stands: what was spent of what was planned, with how much of the period gone."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from kit.money import Money
from ledger.domain.budget import Budget, Rollover
from ledger.domain.spans import Days

ByDay = Iterable[tuple[date, int]]
"""Amounts in minor units."""


class Spent:
    """Spending of each day, net of refunds: in the currency of a budget, which counts it, and
    in other currencies. Any span of days adds up at once."""

    def __init__(self, by_day: ByDay = (), others: Mapping[str, ByDay] | None = None) -> None:
        self._counted = _Running(by_day)
        self._others = {currency: _Running(of) for currency, of in sorted((others or {}).items())}

    def within(self, days: Days) -> int:
        """In minor units of the budget's currency."""
        return self._counted.within(days)

    def uncounted(self, days: Days) -> Sequence[Money]:
        """In other currencies, in the order of their codes."""
        sums = (Money(of.within(days), currency) for currency, of in self._others.items())
        return tuple(money for money in sums if not money.is_zero)


class _Running:
    """Sums of one currency in minor units, by day."""

    def __init__(self, by_day: ByDay) -> None:
        rows = sorted(by_day)
        self._days = [day for day, _ in rows]
        self._sums = [0, *accumulate(units for _, units in rows)]

    def within(self, days: Days) -> int:
        before = bisect_left(self._days, days.first)
        return self._sums[bisect_right(self._days, days.last)] - self._sums[before]


@dataclass(frozen=True, slots=True)
class Pace:
    """One budget in one period; amounts in minor units of its currency. Percents are rounded down,
    so that 100 means that all is gone."""

    budget: Budget
    period: Days
    planned: int
    # From the period before: what was left, or, negative, what was overspent.
    carried: int
    spent: int
    today: date
    # Spending of the same kind in other currencies, which the budget doesn't count.
    uncounted: Sequence[Money] = ()

    @property
    def available(self) -> int:
        return self.planned + self.carried

    @property
    def left(self) -> int:
        """Negative when overspent."""
        return self.available - self.spent

    @property
    def spent_percent(self) -> int | None:
        """None where there is nothing to spend of."""
        return self.spent * 100 // self.available if self.available > 0 else None

    @property
    def elapsed_days(self) -> int:
        return self.period.elapsed(self.today)

    @property
    def elapsed_percent(self) -> int:
        return self.elapsed_days * 100 // self.period.count

    @property
    def expected(self) -> int:
        """What would be spent by now at an even pace."""
        return self.available * self.elapsed_days // self.period.count

    @property
    def projected(self) -> int | None:
        """What the period comes to at the pace until now; None before it has begun."""
        if not self.elapsed_days:
            return None
        return self.spent * self.period.count // self.elapsed_days

    @property
    def left_per_day(self) -> int:
        """What may be spent on each day that is left, today among them; 0 when nothing is."""
        days = self.period.count - max(self.elapsed_days - 1, 0)
        over = self.today > self.period.last
        return 0 if over or self.left <= 0 else self.left // days

    @property
    def is_exceeded(self) -> bool:
        return self.spent > 0 and self.spent > self.available

    def has_reached(self, percent: int) -> bool:
        return self.spent > 0 and self.spent * 100 >= percent * self.available

    @property
    def reached(self) -> Sequence[int]:
        """The budget's thresholds that the spending has come to."""
        return [percent for percent in self.budget.thresholds if self.has_reached(percent)]


def paces(budget: Budget, spent: Spent, *, from_: date, to: date, today: date) -> Sequence[Pace]:
    """One for each period that shares a day with the span, oldest first.

    A period carries on only when it has ended: what is still running has nothing left for good.
    `spent` has to reach back to `needed_from`.
    """
    found: list[Pace] = []
    carried = 0
    first = needed_from(budget, from_)
    for period in budget.periods(first, to):
        rolls = budget.rollover(period)
        pace = Pace(
            budget,
            period,
            planned=budget.planned(period),
            carried=_taken(carried, rolls),
            spent=spent.within(period),
            today=today,
            uncounted=spent.uncounted(period),
        )
        if period.last >= from_:
            found.append(pace)
        carried = pace.left if period.last < today else 0
    return found


def needed_from(budget: Budget, from_: date) -> date:
    """The day from which on spending must be known to tell of the periods from a day on."""
    if any(term.rollover is not Rollover.NONE for term in budget.terms):
        return budget.starts_on
    period = budget.period_of(from_)
    return period.first if period else max(from_, budget.starts_on)


def _taken(left: int, rollover: Rollover) -> int:
    match rollover:
        case Rollover.NONE:
            return 0
        case Rollover.UNSPENT:
            return max(left, 0)
        case Rollover.ALL:
            return left
