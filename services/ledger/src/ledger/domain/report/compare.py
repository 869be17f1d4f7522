"""With which other days a report is compared."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

from ledger.domain.fields import FIRST_YEAR
from ledger.domain.report.span import Period

_DAY = timedelta(days=1)


class Comparison(StrEnum):
    PREVIOUS_PERIOD = "previous_period"
    LAST_YEAR = "last_year"


def compared(period: Period, with_: Comparison) -> Period | None:
    """The days to compare a period with; None where they lie before all books.

    Before whole months lie as many whole months, before other days as many days. Last year are the
    same days of the year before, whole months again whole. Of a period that was checked: of the
    years 1900 to 2200, before which there are years enough.
    """
    first, last = date.fromisoformat(period.from_date), date.fromisoformat(period.to_date)
    if with_ is Comparison.LAST_YEAR:
        return _between(_months_before(first, 12), _months_before(last, 12, end=_ends_month(last)))
    if first.day == 1 and _ends_month(last):
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        return _between(_months_before(first, months), first - _DAY)
    return _between(first - (last - first) - _DAY, first - _DAY)


def _between(first: date, last: date) -> Period | None:
    if first.year < FIRST_YEAR:
        return None
    return Period(first.isoformat(), last.isoformat())


def _ends_month(day: date) -> bool:
    return (day + _DAY).day == 1


def _months_before(day: date, months: int, *, end: bool = False) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    length = monthrange(year, month + 1)[1]
    return date(year, month + 1, length if end else min(day.day, length))
