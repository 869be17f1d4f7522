"""Gains and losses on exchange: what a change of rates did to what a person owns.

The method is that of trading accounts (P. Selinger, "Tutorial on multiple currency accounting"):
amounts stay in their currency, and what the book is worth in the base currency changes for two
reasons only, because something came in or went out, valued at the rate of its day, and because of
rates. The second is the gain of a period:

    gain = worth at its end - worth before it - flows at the rates of their days

Flows are income less expense, as all reports convert them, and opening balances. The gain has three
parts that add up to it:

    exchange    what was got for what was given where money was changed, at the rates of that day:
                the bank's margin, as a rule a loss
    realised    what left a currency's position, at the rate of the day, less what it had cost on
                average (IAS 21.28: differences on settling)
    unrealised  the change of what is left of the positions, at the rates of the day, less what it
                had cost on average (IAS 21.28: differences on translating)

A position is all that is held in a currency over all accounts, owed or owned, taken at the end of
each day. All but that average is exact until it is told; then the gain is the difference of its
rounded parts, and `realised` is what the two others, each rounded, leave of it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from kit.money import Money, exponent
from ledger.domain.rate import Applied, RateTable
from ledger.domain.report.flow import Dated
from ledger.domain.report.span import Period

# An average is kept to 18 decimals: its fraction would grow with each day on which something left.
_COST_UNIT = 10**18


@dataclass(frozen=True, slots=True)
class DayFlow:
    """What one currency's position gained on a day, in minor units: in all, and of that by changing
    money, and in accounts of what is owed."""

    date: str
    currency: str
    change: int
    exchanged: int
    owed: int = 0


@dataclass(frozen=True, slots=True)
class ExchangeBucket:
    """opening + flows + gain = closing, and exchange + realised + unrealised = gain; all in the
    base currency."""

    period: Period
    opening: Money
    flows: Money
    closing: Money
    exchange: Money
    unrealised: Money

    @property
    def gain(self) -> Money:
        return self.closing - self.opening - self.flows

    @property
    def realised(self) -> Money:
        return self.gain - self.exchange - self.unrealised


@dataclass(frozen=True, slots=True)
class Held:
    """A position at the end of the report, what it is worth there and what it had cost."""

    amount: Money
    worth: Money
    cost: Money

    @property
    def unrealised(self) -> Money:
        return self.worth - self.cost


@dataclass(frozen=True, slots=True)
class ExchangeReport:
    buckets: Sequence[ExchangeBucket]
    positions: Sequence[Held]
    # At which the positions are told.
    rates: Sequence[Applied]


@dataclass(slots=True)
class Position:
    """What is held in one currency, in major units, and what that cost in the base currency."""

    amount: Fraction = Fraction(0)
    cost: Fraction = Fraction(0)

    def add(self, change: Fraction, rate: Fraction) -> None:
        """More of it costs the rate of the day; less of it takes its share of the cost along."""
        if self.amount * change >= 0:
            self.cost += change * rate
            self.amount += change
            return
        if abs(change) <= abs(self.amount):
            left = self.cost * (self.amount + change) / self.amount
            self.cost = Fraction(round(left * _COST_UNIT), _COST_UNIT)
            self.amount += change
            return
        # All of it went, and more: what is owned now began today.
        self.amount += change
        self.cost = self.amount * rate


@dataclass(slots=True)
class _State:
    """Running sums of one currency, in the base currency's major units."""

    position: Position = field(default_factory=Position)
    # In minor units, and of that in accounts of what is owed.
    units: int = 0
    owed: int = 0
    exchange: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where the sums of one currency stood at the end of a day, in the base currency's minor
    units."""

    worth: int
    exchange: Fraction
    cost: Fraction
    exact_worth: Fraction


def exchange_report(
    flows: Iterable[DayFlow],
    periods: Sequence[Period],
    before: str,
    table: RateTable,
    base: str,
    *,
    categories: Dated = (),
) -> ExchangeReport:
    """From all flows of the book until the end of the last bucket, and of these what flowed through
    categories in the buckets. `before` is the day before the first bucket. Flows in the base
    currency count in worth and flows, and gain nothing.

    Raises RateMissing: without the rate of a day the parts would not add up.
    """
    by_currency: dict[str, list[DayFlow]] = {}
    flows = sorted(flows, key=lambda flow: flow.date)
    for flow in flows:
        by_currency.setdefault(flow.currency, []).append(flow)
    days = [before, *(period.to_date for period in periods)]
    told: dict[str, Sequence[_Mark]] = {}
    states: dict[str, _State] = {}
    for currency, of_currency in sorted(by_currency.items()):
        told[currency], states[currency] = _marks(currency, of_currency, days, table, base)
    positions = _positions(states, told, base)
    came_in = _flows_told(flows, categories, periods, table, base)
    closing = [table.applied(held.amount.currency, base, days[-1]) for held in positions]
    return ExchangeReport(
        [_bucket(period, i, told, came_in[i], base) for i, period in enumerate(periods)],
        positions,
        closing,
    )


def _marks(
    currency: str, flows: Sequence[DayFlow], days: Sequence[str], table: RateTable, base: str
) -> tuple[Sequence[_Mark], _State]:
    """Where the sums stand at the end of each day, and in the end."""
    state, marks = _State(), []
    scale = Fraction(1, 10 ** exponent(currency))
    dates = [flow.date for flow in flows]
    place = 0
    for day in days:
        until = bisect_right(dates, day)
        for flow in flows[place:until]:
            rate = table.applied(currency, base, flow.date).factor
            state.position.add(flow.change * scale, rate)
            state.units += flow.change
            state.owed += flow.owed
            state.exchange += flow.exchanged * scale * rate
        place = until
        marks.append(_mark(state, currency, day, table, base))
    return marks, state


def _mark(state: _State, currency: str, day: str, table: RateTable, base: str) -> _Mark:
    unit = 10 ** exponent(base)
    amount = state.position.amount
    if not amount:
        return _Mark(0, state.exchange * unit, Fraction(0), Fraction(0))
    applied = table.applied(currency, base, day)
    worth = amount * applied.factor * unit
    return _Mark(
        # As net worth is told: what is owned and what is owed, each rounded.
        applied.units(state.units - state.owed) + applied.units(state.owed),
        state.exchange * unit,
        state.position.cost * unit,
        worth,
    )


def _flows_told(
    flows: Sequence[DayFlow],
    categories: Dated,
    periods: Sequence[Period],
    table: RateTable,
    base: str,
) -> Sequence[int]:
    """Net inflow of each bucket, in the base currency's minor units: income less
    expense as other reports tell it, and opening balances, which are the rest of what the accounts
    gained."""
    starts = [period.from_date for period in periods]
    sums = [0] * len(periods)
    rest: Counter[tuple[str, str]] = Counter()
    for gained in flows:
        if starts[0] <= gained.date <= periods[-1].to_date:
            rest[gained.date, gained.currency] += gained.change - gained.exchanged
    for day, _, currency, debit, credit in categories:
        applied = table.applied(currency, base, day)
        sums[bisect_right(starts, day) - 1] += applied.units(credit) - applied.units(debit)
        rest[day, currency] += debit - credit
    for (day, currency), units in rest.items():
        if units:
            sums[bisect_right(starts, day) - 1] += table.applied(currency, base, day).units(units)
    return sums


def _bucket(
    period: Period, i: int, told: Mapping[str, Sequence[_Mark]], came_in: int, base: str
) -> ExchangeBucket:
    marks = [(of_currency[i], of_currency[i + 1]) for of_currency in told.values()]
    unrealised = sum(
        ((b.exact_worth - b.cost) - (a.exact_worth - a.cost) for a, b in marks), Fraction(0)
    )
    return ExchangeBucket(
        period,
        opening=Money(sum(a.worth for a, _ in marks), base),
        flows=Money(came_in, base),
        closing=Money(sum(b.worth for _, b in marks), base),
        exchange=Money(round(sum((b.exchange - a.exchange for a, b in marks), Fraction(0))), base),
        unrealised=Money(round(unrealised), base),
    )


def _positions(
    states: Mapping[str, _State], told: Mapping[str, Sequence[_Mark]], base: str
) -> Sequence[Held]:
    return [
        Held(
            Money(int(state.position.amount * 10 ** exponent(currency)), currency),
            Money(told[currency][-1].worth, base),
            Money(round(told[currency][-1].cost), base),
        )
        for currency, state in states.items()
        if state.position.amount and currency != base
    ]
