"""The periods that a budget is kept by: spans of calendar days, one after the other without a
gap."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Every(StrEnum):
    """How long a period is; a span is one period that the person chose."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SPAN = "span"


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """Calendar days, both ends inclusive."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def elapsed(self, today: date) -> int:
        """How many of the days have begun, today among them."""
        return min(max((today - self.first).days + 1, 0), self.count)


def period_of(every: Every, day: date, anchor: date) -> Days:
    """The period that holds the day. Weeks begin on the anchor's weekday; the rest are those of
    the calendar. A span has no rule."""
    if every is Every.SPAN:
        raise ValueError("a span is not one of many")
    if every is Every.WEEK:
        first = day - timedelta(days=(day - anchor).days % 7)
        return Days(first, first + timedelta(days=6))
    months = _MONTHS[every]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Days(first, add_months(first, months) - _DAY)


def period_after(every: Every, period: Days) -> Days:
    """The one that follows; after a span comes one as long: whole months after whole months."""
    first = period.last + _DAY
    if every is not Every.SPAN:
        return period_of(every, first, period.first)
    if period.first.day == 1 and first.day == 1:
        months = (first.year - period.first.year) * 12 + first.month - period.first.month
        return Days(first, add_months(first, months) - _DAY)
    return Days(first, first + timedelta(days=period.count - 1))


def periods(every: Every, from_: date, to: date, anchor: date) -> Iterator[Days]:
    """All that share a day with the span, oldest first."""
    period = period_of(every, from_, anchor)
    while period.first <= to:
        yield period
        period = period_after(every, period)


def add_months(first_of_month: date, months: int) -> date:
    """The first day of the month that is so many later (or, where negative, earlier)."""
    number = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
