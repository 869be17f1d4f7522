"""What balances come to, day by day, with what is booked ahead and what is expected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.recurring.match import Occurrence, State


@dataclass(frozen=True, slots=True)
class Point:
    """What an account holds at the end of a day, in minor units."""

    day: date
    balance: int


@dataclass(frozen=True, slots=True)
class AccountForecast:
    account_id: str
    currency: str
    # From today on, one a day.
    points: Sequence[Point]

    @property
    def lowest(self) -> Point:
        """The first of the lowest."""
        return min(self.points, key=lambda point: (point.balance, point.day))


@dataclass(frozen=True, slots=True)
class Expected:
    """What an account gets (or, negative, gives) on a day."""

    account_id: str
    day: date
    minor_units: int


def forecast(
    *,
    account_id: str,
    currency: str,
    balance: int,
    flows: Iterable[Expected],
    today: date,
    days: int,
) -> AccountForecast:
    """From the balance at the end of today as it is booked, over so many days after it."""
    by_day: dict[date, int] = {}
    for flow in flows:
        if flow.account_id == account_id:
            by_day[flow.day] = by_day.get(flow.day, 0) + flow.minor_units
    points: list[Point] = []
    for number in range(days + 1):
        day = today + timedelta(days=number)
        balance += by_day.get(day, 0)
        points.append(Point(day, balance))
    return AccountForecast(account_id, currency, points)


def expected(occurrences: Iterable[Occurrence], *, today: date) -> Sequence[Expected]:
    """What is still to come of these: on its day, or today where that has passed. What was missed
    is not counted on: nobody knows that it will come."""
    found: list[Expected] = []
    for occurrence in occurrences:
        if occurrence.state not in (State.UPCOMING, State.DUE):
            continue
        template, day = occurrence.series.template, max(occurrence.day, today)
        found.append(Expected(template.account_id, day, template.amount.minor_units))
        if template.to_account_id:
            reaches = template.to_amount or -template.amount
            found.append(Expected(template.to_account_id, day, reaches.minor_units))
    return found
