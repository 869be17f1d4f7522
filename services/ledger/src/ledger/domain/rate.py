"""Rates of exchange by day, and what an amount comes to at them.

A conversion is exact to its end: rates are decimals, chains of them fractions, and the one
rounding, half to even, is that of the result to its currency's minor unit.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import IntEnum
from fractions import Fraction
from math import prod

from kit.money import Money, exponent
from ledger.domain.errors import LedgerError
from ledger.domain.fields import EntryDate, FieldCheck, is_entry_date

# What the ECB's reference rates are quoted against.
EURO = "EUR"
# An older rate is used all the same, and said to be stale. The ECB's longest pause, over Easter or
# Christmas, is five days.
STALE_DAYS = 7
MAX_LEGS = 3
MAX_DECIMALS, MAX_RATE = 12, Decimal(10) ** 12
_SHOWN = Context(prec=12, rounding=ROUND_HALF_EVEN)


class RateSource(IntEnum):
    """Who says so; of one day's rates of a pair, that of the higher source counts."""

    ECB = 1
    # The same file, brought in by the person into their own book.
    FILE = 2
    MANUAL = 3


class RateMissing(LedgerError):
    """No rates lead from one currency to the other on this day."""

    def __init__(self, from_: str, to: str, on: str) -> None:
        super().__init__(f"no rate from {from_} to {to} is known on or before {on}")
        self.metadata = {"from": from_, "to": to, "on": on}


class RateNotFound(LedgerError):
    """The book has no rate of its own for this pair and day."""

    def __init__(self) -> None:
        super().__init__("the book has no rate of its own for this day")


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `base` is worth `value` of `quote`."""

    date: EntryDate
    base: str
    quote: str
    value: Decimal
    source: RateSource

    def check(self) -> None:
        """Raises InvalidFields."""
        check = FieldCheck()
        check.date("date", self.date)
        check.currency("base", self.base)
        check.currency("quote", self.quote)
        if self.base == self.quote:
            check.wrong("quote", "must be another currency")
        if not is_rate(self.value):
            check.wrong("rate", f"above 0, below 10^12, at most {MAX_DECIMALS} decimals")
        check.finish()


@dataclass(frozen=True, slots=True)
class Leg:
    """A rate, read forwards (base to quote) or backwards."""

    rate: Rate
    forwards: bool

    @property
    def to(self) -> str:
        return self.rate.quote if self.forwards else self.rate.base

    @property
    def factor(self) -> Fraction:
        value = Fraction(self.rate.value)
        return value if self.forwards else 1 / value


@dataclass(frozen=True, slots=True)
class Applied:
    """The rate from one currency to another on a day: a chain of known rates, empty between a
    currency and itself."""

    from_: str
    to: str
    on: str
    legs: Sequence[Leg]
    # Exactly how many units of `to` one unit of `from_` is.
    factor: Fraction = Fraction(1)

    @classmethod
    def chain(cls, from_: str, to: str, on: str, legs: Sequence[Leg]) -> "Applied":
        return cls(from_, to, on, legs, prod((leg.factor for leg in legs), start=Fraction(1)))

    @property
    def date(self) -> str:
        """The day of the oldest rate in it."""
        return min((leg.rate.date for leg in self.legs), default=self.on)

    @property
    def source(self) -> RateSource | None:
        """The highest source in it; None where no rate was needed."""
        return max((leg.rate.source for leg in self.legs), default=None)

    @property
    def days_old(self) -> int:
        return (date.fromisoformat(self.on) - date.fromisoformat(self.date)).days

    @property
    def is_stale(self) -> bool:
        return self.days_old > STALE_DAYS

    def shown(self) -> str:
        """The factor as a decimal of 12 significant digits: for people, not for arithmetic."""
        if len(self.legs) == 1 and self.legs[0].forwards:
            return format(self.legs[0].rate.value.normalize(), "f")
        factor = self.factor
        shown = _SHOWN.divide(Decimal(factor.numerator), Decimal(factor.denominator))
        return format(shown.normalize(), "f")

    def convert(self, money: Money) -> Money:
        """The amount in `to`, rounded half to even to its minor unit."""
        return Money(self.units(money.minor_units), self.to)

    def units(self, minor_units: int) -> int:
        """The same, in minor units."""
        numerator, denominator = self.ratio()
        return rounded(minor_units * numerator, denominator)

    def ratio(self) -> tuple[int, int]:
        """Numerator and denominator of what one minor unit of `from_` is in minor units of
        `to`."""
        factor = self.factor
        return factor.numerator * _scale(self.to), factor.denominator * _scale(self.from_)


@dataclass(slots=True)
class _Pair:
    """The rates of one pair, by day."""

    rates: dict[str, Rate] = field(default_factory=dict)
    days: list[str] = field(default_factory=list)

    def add(self, rate: Rate) -> None:
        known = self.rates.get(rate.date)
        if known is None or rate.source >= known.source:
            self.rates[rate.date] = rate

    def latest(self, on: str) -> Rate | None:
        if len(self.days) != len(self.rates):
            self.days = sorted(self.rates)
        place = bisect_right(self.days, on)
        return self.rates[self.days[place - 1]] if place else None


class RateTable:
    """Some rates, to be looked up: of each pair the latest on or before the day counts, and between
    two currencies the freshest chain, then the shortest."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._pairs: dict[tuple[str, str], _Pair] = {}
        self._neighbours: dict[str, set[str]] = {}
        self._found: dict[tuple[str, str, str], Applied | None] = {}
        for rate in rates:
            self._pairs.setdefault((rate.base, rate.quote), _Pair()).add(rate)
            self._neighbours.setdefault(rate.base, set()).add(rate.quote)
            self._neighbours.setdefault(rate.quote, set()).add(rate.base)

    def find(self, from_: str, to: str, on: str) -> Applied | None:
        """None where no rates lead there."""
        key = (from_, to, on)
        if key not in self._found:
            self._found[key] = self._best(from_, to, on)
        return self._found[key]

    def applied(self, from_: str, to: str, on: str) -> Applied:
        """Raises RateMissing."""
        found = self.find(from_, to, on)
        if found is None:
            raise RateMissing(from_, to, on)
        return found

    def _best(self, from_: str, to: str, on: str) -> Applied | None:
        if from_ == to:
            return Applied(from_, to, on, ())
        found = self._chains(from_, to, on, (from_,))
        chains = (Applied.chain(from_, to, on, legs) for legs in found)
        return min(chains, key=_worse, default=None)

    def _chains(
        self, at: str, to: str, on: str, seen: tuple[str, ...]
    ) -> Iterator[tuple[Leg, ...]]:
        for other in sorted(self._neighbours.get(at, ())):
            if other in seen or (leg := self._leg(at, other, on)) is None:
                continue
            if other == to:
                yield (leg,)
            elif len(seen) < MAX_LEGS:
                for rest in self._chains(other, to, on, (*seen, other)):
                    yield (leg, *rest)

    def _leg(self, at: str, other: str, on: str) -> Leg | None:
        legs = [
            Leg(rate, forwards)
            for pair, forwards in (((at, other), True), ((other, at), False))
            if pair in self._pairs and (rate := self._pairs[pair].latest(on)) is not None
        ]
        return max(legs, key=lambda leg: (leg.rate.date, leg.rate.source), default=None)


def is_rate(value: Decimal) -> bool:
    """Whether it can be a rate of ours: positive, and of a sane size."""
    if not value.is_finite() or not 0 < value < MAX_RATE:
        return False
    exponent_ = value.normalize().as_tuple().exponent
    return isinstance(exponent_, int) and -exponent_ <= MAX_DECIMALS


def rate_day(text: str) -> EntryDate | None:
    """The text as a day, if it is one."""
    return EntryDate(text) if is_entry_date(text) else None


def _worse(applied: Applied) -> tuple[int, int, int]:
    return applied.days_old, len(applied.legs), -(applied.source or 0)


def rounded(numerator: int, denominator: int) -> int:
    """The quotient, half to even; the denominator is positive."""
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    up = twice > denominator or (twice == denominator and whole % 2 == 1)
    return whole + 1 if up else whole


def _scale(currency: str) -> int:
    return int(10 ** exponent(currency))
