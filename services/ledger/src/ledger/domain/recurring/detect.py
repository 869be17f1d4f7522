"""Series that a history shows by itself, with the evidence for each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from statistics import median, median_low

from ledger.domain.recurring.match import Sighting
from ledger.domain.recurring.rule import Rule
from ledger.domain.recurring.series import SeriesKind

MAX_EVIDENCE = 24
# Amounts within a quarter of each other are of one price.
_SAME_PRICE = 1.25
_LEAST_CONFIDENCE = 60


@dataclass(frozen=True, slots=True)
class Interval:
    """How far apart the days of such a series lie, weekends and short months included."""

    name: str
    rule: str
    shortest: int
    longest: int
    # How often it must have been seen.
    least: int

    def count(self, gap: int) -> int:
        """How many intervals the gap is: 1, or 2 where one was left out; 0 for neither."""
        if self.shortest <= gap <= self.longest:
            return 1
        return 2 if 2 * self.shortest <= gap <= 2 * self.longest else 0


INTERVALS = (
    Interval("weekly", "FREQ=WEEKLY", 6, 8, 4),
    Interval("fortnightly", "FREQ=WEEKLY;INTERVAL=2", 13, 15, 4),
    Interval("monthly", "FREQ=MONTHLY", 25, 36, 3),
    Interval("quarterly", "FREQ=MONTHLY;INTERVAL=3", 85, 98, 3),
    Interval("yearly", "FREQ=YEARLY", 355, 376, 2),
)


@dataclass(frozen=True, slots=True)
class Detected:
    """A series that seems to be there; `id` is the same each time it is found."""

    id: str
    kind: SeriesKind
    account_id: str
    payee_id: str
    payee: str
    currency: str
    interval: Interval
    rule: str
    next_on: date
    # In minor units, signed: what is usual now, and the ends of what was seen.
    amount: int
    low: int
    high: int
    # Newest last, at most so many.
    evidence: Sequence[Sighting]
    # Percent.
    confidence: int


def detect(sightings: Iterable[Sighting], *, today: date) -> Sequence[Detected]:
    """Income and bills that come again and have not ended, the surest first. Transfers are none.

    Transactions are grouped by account, currency, direction and payee, and where a group is of
    several prices that don't go together, by price.
    """
    groups: dict[tuple[str, str, bool, str], list[Sighting]] = defaultdict(list)
    for seen in sorted(sightings):
        if seen.payee_id and not seen.to_account_id:
            key = seen.account_id, seen.currency, seen.minor_units > 0, seen.payee_id
            groups[key].append(seen)
    found = [series for group in groups.values() for series in _of_group(group, today)]
    return sorted(found, key=lambda series: (-series.confidence, series.payee, series.id))


def _of_group(group: Sequence[Sighting], today: date) -> Sequence[Detected]:
    whole = _series(group, today)
    if whole is not None:
        return [whole]
    found = [_series(price, today) for price in _by_price(group)]
    return _told_apart([series for series in found if series is not None])


def _told_apart(found: Sequence[Detected]) -> Sequence[Detected]:
    """Of several prices of one order of size the smallest keeps the id, each other gets its own."""
    seen: Counter[str] = Counter()
    apart: list[Detected] = []
    for series in found:
        place = seen[series.id]
        seen[series.id] += 1
        apart.append(replace(series, id=_hashed((series.id, place))) if place else series)
    return apart


def _by_price(group: Sequence[Sighting]) -> Sequence[Sequence[Sighting]]:
    """Split where one amount is more than a quarter above the next smaller."""
    clusters: list[list[Sighting]] = []
    for seen in sorted(group, key=lambda s: (abs(s.minor_units), s)):
        last = clusters[-1][-1] if clusters else None
        if last is None or abs(seen.minor_units) > abs(last.minor_units) * _SAME_PRICE:
            clusters.append([])
        clusters[-1].append(seen)
    return [sorted(cluster) for cluster in clusters]


def _series(group: Sequence[Sighting], today: date) -> Detected | None:
    interval = _interval([seen.day for seen in group])
    if interval is None:
        return None
    confidence = _confidence(group, interval)
    last = group[-1].day
    has_ended = (today - last).days > interval.longest * 3 // 2
    if confidence < _LEAST_CONFIDENCE or has_ended:
        return None
    rule, next_on = _rule(interval, [seen.day for seen in group])
    first, newest = group[0], group[-1]
    kind = SeriesKind.INCOME if first.minor_units > 0 else SeriesKind.BILL
    amounts = [seen.minor_units for seen in group]
    return Detected(
        id=_id(first, interval, amounts),
        kind=kind,
        account_id=first.account_id,
        payee_id=first.payee_id,
        payee=newest.payee,
        currency=first.currency,
        interval=interval,
        rule=rule,
        next_on=next_on,
        amount=_usual(amounts),
        low=min(amounts),
        high=max(amounts),
        evidence=group[-MAX_EVIDENCE:],
        confidence=confidence,
    )


def _usual(amounts: Sequence[int]) -> int:
    """The middle of the last three: a price that has changed counts once it was seen twice."""
    return median_low(amounts[-3:])


def _interval(days: Sequence[date]) -> Interval | None:
    """The one that most gaps are of, if it was seen often enough."""
    gaps = [(b - a).days for a, b in pairwise(days)]
    counts: Counter[Interval] = Counter()
    for gap in gaps:
        # A fortnight is a week left out, too: whole gaps count double.
        counts.update({i: 3 - i.count(gap) for i in INTERVALS if i.count(gap)})
    if not counts:
        return None
    likely = max(counts, key=lambda i: (counts[i], -i.longest))
    return likely if len(days) >= likely.least else None


def _confidence(group: Sequence[Sighting], interval: Interval) -> int:
    """Three quarters from how regular the days are, a quarter from how alike the amounts; what was
    seen but three times is never certain."""
    gaps = [(b.day - a.day).days for a, b in pairwise(group)]
    fitting = sum({0: 0.0, 1: 1.0, 2: 0.5}[interval.count(gap)] for gap in gaps) / len(gaps)
    usual = abs(median(seen.minor_units for seen in group))
    near = sum(abs(abs(seen.minor_units) - usual) <= usual / 4 for seen in group) / len(group)
    seldom = 0.9 if len(group) <= interval.least else 1.0
    if fitting < 2 / 3:
        return 0
    return int(100 * seldom * (0.75 * fitting + 0.25 * near))


def _rule(interval: Interval, days: Sequence[date]) -> tuple[str, date]:
    """The rule that the days follow, and the first of its days after the last that was seen."""
    last = days[-1]
    if interval.name in ("weekly", "fortnightly"):
        return interval.rule, last + timedelta(days=interval.shortest + 1)
    if all((day + timedelta(days=1)).day == 1 for day in days):
        rule, usual = f"{interval.rule};BYMONTHDAY=-1", last
    else:
        # Weekends and holidays move single days: the middle one is what was agreed.
        rule, usual = interval.rule, _agreed(days, median_low(day.day for day in days))
    following = Rule(rule, usual).first_from(last + timedelta(days=interval.shortest - 5))
    return rule, following or last + timedelta(days=interval.longest)


def _agreed(days: Sequence[date], number: int) -> date:
    """The day of that number nearest to the last of the days; where the month was too short for it,
    the newest that was seen."""
    last = days[-1]
    about = [last + timedelta(days=off) for off in range(-15, 16)]
    near = [day for day in about if day.day == number]
    if near:
        return min(near, key=lambda day: abs(day - last))
    return max(day for day in days if day.day == number)


def _id(first: Sighting, interval: Interval, amounts: Sequence[int]) -> str:
    """Of account, payee, direction and interval; of several prices also of their order of size, so
    that "not recurring" holds when the price changes a little."""
    size = len(str(abs(median_low(amounts))))
    said = (first.account_id, first.currency, first.payee_id, first.minor_units > 0, interval.name)
    return _hashed((*said, size))


def _hashed(said: tuple[object, ...]) -> str:
    return sha256(repr(said).encode()).hexdigest()[:32]
