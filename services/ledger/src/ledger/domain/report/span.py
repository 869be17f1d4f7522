"""Spans of calendar days, and how a report divides them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ledger.domain.book_settings import WeekStart
from ledger.domain.fields import FieldCheck

# Ten years of days, and some more; three hundred years of months.
MAX_BUCKETS = 4_000
_DAY = timedelta(days=1)
_HALF_A_YEAR = 6
# As date.weekday() counts. ISO 8601 weeks begin on Monday.
_WEEKDAYS = {WeekStart.MONDAY: 0, WeekStart.SATURDAY: 5, WeekStart.SUNDAY: 6}


class By(StrEnum):
    """How long the buckets of a series are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """Calendar days or months, both ends inclusive, YYYY-MM-DD or YYYY-MM."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class YearCover:
    """A span of months as years, months beside them, and months to subtract from the years."""

    years: Span
    added: Sequence[Span] = ()
    subtracted: Sequence[Span] = ()


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

    def check_buckets(self, by: By) -> None:
        """Also few enough buckets. Raises InvalidFields."""
        self.check()
        days = (date.fromisoformat(self.to_date) - date.fromisoformat(self.from_date)).days + 1
        least_days = {By.DAY: 1, By.WEEK: 7, By.MONTH: 28, By.QUARTER: 90, By.YEAR: 365}[by]
        if days // least_days > MAX_BUCKETS:
            check = FieldCheck("period.")
            check.wrong("to_date", f"more than {MAX_BUCKETS:,} of a {by} from from_date")
            check.finish()

    def parts(self) -> tuple[Span | None, Sequence[Span]]:
        """The whole months that it holds, as the span of them (YYYY-MM), and the days before and
        after them."""
        first, last = date.fromisoformat(self.from_date), date.fromisoformat(self.to_date)
        start = first if first.day == 1 else _next_month(first)
        end = (last + _DAY).replace(day=1)
        if start >= end:
            return None, [Span(self.from_date, self.to_date)]
        whole = Span(start.isoformat()[:7], (end - _DAY).isoformat()[:7])
        ends = []
        if first < start:
            ends.append(Span(self.from_date, (start - _DAY).isoformat()))
        if last >= end:
            ends.append(Span(end.isoformat(), self.to_date))
        return whole, ends


def months_of(days: Span) -> Sequence[Span]:
    """The days (YYYY-MM-DD) of each month of a span."""
    parts = []
    first, last = date.fromisoformat(days.first), date.fromisoformat(days.last)
    while first <= last:
        following = _next_month(first)
        parts.append(Span(first.isoformat(), min(following - _DAY, last).isoformat()))
        first = following
    return parts


def year_cover(months: Span) -> YearCover | None:
    """Cover a span of months (YYYY-MM) with few sums; None where no year helps.

    A year of which more than half is inside is read whole, less its months outside.
    """
    first, last = _month_number(months.first), _month_number(months.last)
    years: list[int] = []
    added: list[Span] = []
    subtracted: list[Span] = []
    for year in range(first // 12, last // 12 + 1):
        january, december = 12 * year, 12 * year + 11
        begins, ends = max(first, january), min(last, december)
        if ends - begins < _HALF_A_YEAR:
            added.append(_months(begins, ends))
            continue
        years.append(year)
        if begins > january:
            subtracted.append(_months(january, begins - 1))
        if ends < december:
            subtracted.append(_months(ends + 1, december))
    if not years:
        return None
    return YearCover(Span(f"{years[0]:04}", f"{years[-1]:04}"), added, subtracted)


def buckets(period: Period, by: By, week_start: WeekStart = WeekStart.MONDAY) -> Sequence[Period]:
    """The period in calendar days, weeks, months, quarters or years, oldest first; the first and
    the last are cut where the period begins and ends, so that buckets add up to the period."""
    first, last = date.fromisoformat(period.from_date), date.fromisoformat(period.to_date)
    return [
        Period(start.isoformat(), min(following - _DAY, last).isoformat())
        for start, following in _cuts(first, last, by, week_start)
    ]


def _cuts(first: date, last: date, by: By, week_start: WeekStart) -> Iterator[tuple[date, date]]:
    start = first
    while start <= last:
        following = _following(start, by, week_start)
        yield start, following
        start = following


def _following(day: date, by: By, week_start: WeekStart) -> date:
    """The first day of the bucket after that of this day."""
    match by:
        case By.DAY:
            return day + _DAY
        case By.WEEK:
            into = (day.weekday() - _WEEKDAYS[week_start]) % 7
            return day + timedelta(days=7 - into)
        case By.MONTH:
            return _next_month(day)
        case By.QUARTER:
            return _next_month(day.replace(day=1, month=(day.month - 1) // 3 * 3 + 3))
        case By.YEAR:
            return date(day.year + 1, 1, 1)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _month_number(month: str) -> int:
    """Months since the year 0."""
    return 12 * int(month[:4]) + int(month[5:]) - 1


def _months(first: int, last: int) -> Span:
    return Span(*(f"{number // 12:04}-{number % 12 + 1:02}" for number in (first, last)))
