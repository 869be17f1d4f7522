"""What was expected against what arrived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.domain.recurring.series import Series, SeriesKind


class State(StrEnum):
    """Upcoming: its day hasn't come. Due: it has, and may still arrive. Missed: it is late beyond
    the tolerance, and stays so until it is settled or skipped."""

    UPCOMING = "upcoming"
    DUE = "due"
    MISSED = "missed"
    ARRIVED = "arrived"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """A transaction in force, as far as a series can know it by; amounts from its account's
    view."""

    day: date
    transaction_id: str
    account_id: str
    to_account_id: str
    payee_id: str
    payee: str
    minor_units: int
    currency: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a series, and what became of it."""

    series: Series
    day: date
    state: State
    arrived: Sighting | None = None

    @property
    def price_changed(self) -> bool:
        """It arrived with another amount than was expected."""
        if self.arrived is None:
            return False
        return not self.series.low <= self.arrived.minor_units <= self.series.high

    def days_late(self, today: date) -> int:
        """How long it has been waited for, or came after its day (negative: before it)."""
        if self.arrived is not None:
            return (self.arrived.day - self.day).days
        return (today - self.day).days if self.state in (State.DUE, State.MISSED) else 0


def occurrences(
    all_series: Sequence[Series],
    sightings: Iterable[Sighting],
    *,
    from_: date,
    to: date,
    today: date,
) -> Sequence[Occurrence]:
    """Every occurrence of the span by day, each transaction at most one's.

    `sightings` must hold what series are settled with on days of the span, and what can have
    arrived from when each is tracked until the tolerance after the span: what an earlier day took a
    later one can't have.
    """
    known = {sighting.transaction_id: sighting for sighting in sightings}
    named = {id_ for series in all_series for id_ in series.settled.values()}
    free = {id_: sighting for id_, sighting in known.items() if id_ not in named}
    found: list[Occurrence] = []
    for series in sorted(all_series, key=lambda s: s.id):
        taken = _arrivals(series, free, to)
        for sighting in taken.values():
            del free[sighting.transaction_id]
        found += [_occurrence(series, day, taken, known, today) for day in series.days(from_, to)]
    return sorted(found, key=lambda o: (o.day, o.series.id))


def _arrivals(series: Series, free: Mapping[str, Sighting], to: date) -> Mapping[date, Sighting]:
    """For each open day, oldest first, the nearest transaction that can be its."""
    candidates = [s for s in free.values() if _can_be(series, s)]
    taken: dict[date, Sighting] = {}
    for day in series.days(series.tracked_from, to):
        if day in series.skipped or day in series.settled or not candidates:
            continue
        near = [s for s in candidates if abs((s.day - day).days) <= series.tolerance_days]
        if near:
            taken[day] = min(near, key=lambda s: _distance(series, s, day))
            candidates.remove(taken[day])
    return taken


def _can_be(series: Series, sighting: Sighting) -> bool:
    """Same account, currency and direction, same payee (a transfer: same other account, same
    amount). A bill may have changed its price by up to half or to the double."""
    template = series.template
    units = sighting.minor_units
    if sighting.account_id != template.account_id or sighting.currency != template.amount.currency:
        return False
    if series.kind is SeriesKind.TRANSFER:
        same = sighting.to_account_id == template.to_account_id
        return same and series.low <= units <= series.high
    if sighting.to_account_id or sighting.payee_id not in series.payee_ids:
        return False
    if (units > 0) != (template.amount.minor_units > 0):
        return False
    least, most = sorted((abs(series.low), abs(series.high)))
    return least <= abs(units) * 2 and abs(units) <= most * 2


def _distance(series: Series, sighting: Sighting, day: date) -> tuple[int, int, date, str]:
    off = abs(sighting.minor_units - series.amount.minor_units)
    return abs((sighting.day - day).days), off, sighting.day, sighting.transaction_id


def _occurrence(
    series: Series,
    day: date,
    taken: Mapping[date, Sighting],
    known: Mapping[str, Sighting],
    today: date,
) -> Occurrence:
    if day in series.skipped:
        return Occurrence(series, day, State.SKIPPED)
    # What was settled with a transaction that has been deleted since is open again.
    arrived = taken.get(day) or known.get(series.settled.get(day, ""))
    if arrived is not None:
        return Occurrence(series, day, State.ARRIVED, arrived)
    if day > today:
        return Occurrence(series, day, State.UPCOMING)
    late = (today - day).days > series.tolerance_days
    return Occurrence(series, day, State.MISSED if late else State.DUE)
