"""Amounts of several currencies told in one: the base currency of a report.

Each flow is converted at the rate of its own day: the debits and the credits of one category,
account, payee or tag in one currency on one day, each rounded once. All figures are sums of these,
so that they are the same however a report divides its period, and parts add up to their totals.
Holdings, unlike flows, are converted at the rate of the reporting day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kit.money import Money
from ledger.domain.rate import Applied, RateTable, rounded
from ledger.domain.report.flow import BaseSides, Dated, DaySum, Flow, Series


@dataclass(frozen=True, slots=True)
class InBase:
    """Amounts converted to the base currency. `unconverted` are the currencies that are not, or
    not whole, in it, because no rate leads from them to the base currency."""

    amount: Money
    unconverted: frozenset[str] = frozenset()

    def __add__(self, other: "InBase") -> "InBase":
        return InBase(self.amount + other.amount, self.unconverted | other.unconverted)

    def __neg__(self) -> "InBase":
        return InBase(-self.amount, self.unconverted)

    def __sub__(self, other: "InBase") -> "InBase":
        return self + -other


class Converter:
    """Converts at the rates of a day and remembers which it used."""

    def __init__(self, table: RateTable, base: str) -> None:
        self._table = table
        self.base = base
        self._applied: dict[tuple[str, str], Applied | None] = {}
        self._ratios: dict[tuple[str, str], tuple[int, int] | None] = {}

    def convert(self, amounts: Iterable[Money], on: str) -> InBase:
        """The sum of the amounts, each rounded by itself; zero needs no rate."""
        total, unconverted = 0, set()
        for amount in amounts:
            if amount.is_zero:
                continue
            ratio = self._ratio(amount.currency, on)
            if ratio is None:
                unconverted.add(amount.currency)
                continue
            total += rounded(amount.minor_units * ratio[0], ratio[1])
        return InBase(Money(total, self.base), frozenset(unconverted))

    def sums(self, dated: Dated) -> Mapping[tuple[str, str], BaseSides]:
        """Flows of some days by id and currency; each side of each day is rounded by itself."""
        sums: dict[tuple[str, str], list[int]] = {}
        lacking: set[tuple[str, str]] = set()
        for day, id_, currency, debit, credit in dated:
            key = id_, currency
            row = sums.get(key)
            if row is None:
                row = sums[key] = [0, 0]
            ratio = self._ratio(currency, day)
            if ratio is None:
                lacking.add(key)
                continue
            numerator, denominator = ratio
            if debit:
                row[0] += rounded(debit * numerator, denominator)
            if credit:
                row[1] += rounded(credit * numerator, denominator)
        return {key: BaseSides(row[0], row[1], key not in lacking) for key, row in sums.items()}

    def used(self) -> Sequence[Applied]:
        """Each rate that something was converted at, once, by day and currency. `on` is the last
        day that it was used for."""
        last: dict[tuple[str, str], Applied] = {}
        for (currency, on), applied in self._applied.items():
            if applied is None or not applied.legs:
                continue
            known = last.get((currency, applied.date))
            if known is None or known.on < on:
                last[currency, applied.date] = applied
        return sorted(last.values(), key=lambda applied: (applied.on, applied.from_))

    def _ratio(self, currency: str, on: str) -> tuple[int, int] | None:
        key = currency, on
        if key not in self._ratios:
            applied = self._applied[key] = self._table.find(currency, self.base, on)
            self._ratios[key] = None if applied is None else applied.ratio()
        return self._ratios[key]


def valued(flows: Sequence[Flow], dated: Dated, converter: Converter) -> Sequence[Flow]:
    """The flows with what they come to in the base currency. `dated` are the same flows by day, of
    all currencies but the base currency."""
    sums, nothing = converter.sums(dated), BaseSides(0, 0)
    return [
        replace(
            flow,
            in_base=BaseSides(flow.debit, flow.credit)
            if flow.currency == converter.base
            else sums.get((flow.id, flow.currency), nothing),
        )
        for flow in flows
    ]


def valued_series(series: Series, dated: Dated, converter: Converter) -> Series:
    """The same for each bucket."""
    starts = [period.from_date for period, _ in series]
    by_bucket: list[list[DaySum]] = [[] for _ in series]
    for row in dated:
        by_bucket[bisect_right(starts, row[0]) - 1].append(row)
    return [
        (period, valued(flows, of_bucket, converter))
        for (period, flows), of_bucket in zip(series, by_bucket, strict=True)
    ]


def of_days(series: Series) -> Dated:
    """The flows of a series whose buckets are single days."""
    return [
        (period.from_date, flow.id, flow.currency, flow.debit, flow.credit)
        for period, flows in series
        for flow in flows
    ]


def in_base(flows: Iterable[Flow], base: str, *, sign: int) -> InBase:
    """Debits less credits of valued flows, or the reverse with a `sign` of -1."""
    total, unconverted = 0, set()
    for flow in flows:
        sides = flow.in_base
        if sides is None:
            raise ValueError(f"the flow of {flow.id} has no value in {base}")
        total += sign * (sides.debit - sides.credit)
        if not sides.is_whole:
            unconverted.add(flow.currency)
    return InBase(Money(total, base), frozenset(unconverted))
