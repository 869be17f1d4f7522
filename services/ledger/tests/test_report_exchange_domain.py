"""Gains and losses on exchange, in figures that a person can follow, and beside a model that goes
from day to day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posting_ground import eur, usd

from kit.money import Money, exponent
from ledger.domain.fields import EntryDate
from ledger.domain.rate import Rate, RateMissing, RateSource, RateTable
from ledger.domain.report import Dated, Period
from ledger.domain.report.exchange import (
    DayFlow,
    ExchangeBucket,
    ExchangeReport,
    Held,
    Position,
    exchange_report,
)

BEFORE = "2025-12-31"
JANUARY, FEBRUARY = Period("2026-01-01", "2026-01-31"), Period("2026-02-01", "2026-02-28")
MARCH = Period("2026-03-01", "2026-03-31")


def table(*said: tuple[str, str, str]) -> RateTable:
    """Day, currency, and what one of it is in euros."""
    return RateTable(
        Rate(EntryDate(day), currency, "EUR", Decimal(value), RateSource.MANUAL)
        for day, currency, value in said
    )


DOLLAR = table(
    ("2026-01-01", "USD", "1.00"), ("2026-02-01", "USD", "1.10"), ("2026-03-01", "USD", "1.20")
)


def told(
    *flows: DayFlow, periods: tuple[Period, ...] = (JANUARY, FEBRUARY, MARCH),
    rates: RateTable = DOLLAR, base: str = "EUR", categories: Dated = (),
) -> ExchangeReport:  # fmt: skip
    return exchange_report(iter(flows), periods, BEFORE, rates, base, categories=categories)


def figures(bucket: ExchangeBucket) -> list[int]:
    """Opening, flows, closing; exchange, realised, unrealised; gain."""
    amounts = (
        bucket.opening, bucket.flows, bucket.closing, bucket.exchange, bucket.realised,
        bucket.unrealised, bucket.gain,
    )  # fmt: skip
    assert {amount.currency for amount in amounts} == {bucket.opening.currency}
    return [amount.minor_units for amount in amounts]


# 100.00 EUR earned; 100 USD bought for 90 EUR at a rate of 1.00; 40 USD spent at 1.10.
STORY = [
    DayFlow("2026-02-10", "USD", -4_000, 0),
    DayFlow("2026-01-10", "USD", 10_000, 10_000),
    DayFlow("2026-01-05", "EUR", 10_000, 0),
    DayFlow("2026-01-10", "EUR", -9_000, -9_000),
]


def test_the_parts_of_a_gain_are_told_bucket_by_bucket():
    report = told(*STORY)
    assert [bucket.period for bucket in report.buckets] == [JANUARY, FEBRUARY, MARCH]
    assert [figures(bucket) for bucket in report.buckets] == [
        [0, 10_000, 11_000, 1_000, 0, 0, 1_000],
        [11_000, -4_400, 7_600, 0, 400, 600, 1_000],
        [7_600, 0, 8_200, 0, 0, 600, 600],
    ]


def test_the_parts_are_those_of_the_whole_period_too():
    (bucket,) = told(*STORY, periods=(Period("2026-01-01", "2026-03-31"),)).buckets
    assert figures(bucket) == [0, 5_600, 8_200, 1_000, 400, 1_200, 2_600]


def test_what_is_held_in_the_end_is_told_with_its_cost_and_its_rate():
    report = told(*STORY)
    assert report.positions == [Held(usd(6_000), eur(7_200), eur(6_000))]
    assert report.positions[0].unrealised == eur(1_200)
    assert report.rates == [DOLLAR.applied("USD", "EUR", "2026-03-31")]


def test_what_came_before_the_period_stands_in_its_opening():
    before = [DayFlow("2025-12-31", "USD", 500, 0), DayFlow("2025-06-01", "EUR", 7, 0)]
    rates = table(("2025-12-01", "USD", "2"), ("2026-01-31", "USD", "3"))
    (bucket,) = told(*before, periods=(JANUARY,), rates=rates).buckets
    assert figures(bucket) == [1_007, 0, 1_507, 0, 0, 500, 500]


def test_what_flows_on_the_last_day_of_a_bucket_is_of_that_bucket():
    report = told(DayFlow("2026-01-31", "USD", 100, 0), DayFlow("2026-02-01", "USD", 10, 0))
    assert [bucket.flows for bucket in report.buckets] == [eur(100), eur(11), eur(0)]


def test_what_comes_after_the_last_bucket_is_not_told():
    (bucket,) = told(*STORY, periods=(JANUARY,)).buckets
    assert figures(bucket) == [0, 10_000, 11_000, 1_000, 0, 0, 1_000]


def test_what_is_owed_gains_when_its_currency_falls():
    report = told(
        DayFlow("2026-01-10", "USD", -1_000, 0), DayFlow("2026-02-10", "USD", 600, 0),
        DayFlow("2026-03-10", "USD", 1_000, 0),
    )  # fmt: skip
    assert [figures(bucket) for bucket in report.buckets] == [
        [0, -1_000, -1_000, 0, 0, 0, 0],
        # 600 repaid at 1.10, 400 still owed at 1.10; both were borrowed at 1.00.
        [-1_000, 660, -440, 0, -60, -40, -100],
        # 400 repaid at 1.20; 600 are owned from now on, at what they cost.
        [-440, 1_200, 720, 0, -80, 40, -40],
    ]
    assert report.positions == [Held(usd(600), eur(720), eur(720))]


def test_a_position_that_is_closed_is_told_no_more_and_needs_no_rate():
    rates = table(("2026-01-01", "USD", "2"))
    report = told(DayFlow("2026-01-02", "USD", 5, 0), DayFlow("2026-01-03", "USD", -5, 0),
                  rates=rates)  # fmt: skip
    assert (report.positions, report.rates) == ([], [])
    assert [figures(bucket) for bucket in report.buckets] == [[0] * 7] * 3


def test_what_went_through_a_position_is_told_though_nothing_is_left_of_it():
    report = told(
        DayFlow("2026-01-10", "USD", 1_000, 400), DayFlow("2026-02-10", "USD", -1_000, -300)
    )
    assert [figures(bucket) for bucket in report.buckets] == [
        [0, 600, 1_000, 400, 0, 0, 400],
        [1_000, -770, 0, -330, 100, 0, -230],
        [0, 0, 0, 0, 0, 0, 0],
    ]


def test_currencies_are_told_in_their_order_and_the_base_gains_nothing():
    rates = table(("2025-12-01", "USD", "2"), ("2025-12-01", "JPY", "0.5"),
                  ("2025-12-01", "KWD", "3"))  # fmt: skip
    report = told(
        DayFlow("2026-01-02", "USD", 5, 0), DayFlow("2026-01-02", "KWD", 1_000, 0),
        DayFlow("2026-01-02", "EUR", 9, 0), DayFlow("2026-01-02", "JPY", 3, 0),
        rates=rates,
    )  # fmt: skip
    assert report.positions == [
        Held(Money(3, "JPY"), eur(150), eur(150)),
        Held(Money(1_000, "KWD"), eur(300), eur(300)),
        Held(usd(5), eur(10), eur(10)),
    ]
    assert [applied.from_ for applied in report.rates] == ["JPY", "KWD", "USD"]
    assert figures(report.buckets[0]) == [0, 469, 469, 0, 0, 0, 0]


def test_another_base_has_its_own_minor_unit():
    report = told(DayFlow("2026-01-02", "EUR", 350, 0), base="JPY",
                  rates=table(("2025-12-01", "JPY", "0.01")))  # fmt: skip
    assert figures(report.buckets[0]) == [0, 350, 350, 0, 0, 0, 0]
    assert report.positions == [Held(eur(350), Money(350, "JPY"), Money(350, "JPY"))]


def test_what_flows_is_told_as_other_reports_tell_it():
    """Income and spending by category; what is left of the day is an opening balance."""
    rates = table(("2026-01-01", "USD", "0.5"))
    # 3 and 3 are 1.5 and 1.5: rounded to 2 and 2. All of the day would be 6, or 3.
    categories = [("2026-01-02", id_, "USD", 3, 0) for id_ in ("food", "rent")]
    opened = DayFlow("2026-01-02", "USD", 9 - 6, 0)
    (bucket,) = told(opened, rates=rates, periods=(JANUARY,), categories=categories).buckets
    # 9 are 4.5: rounded to 4.
    assert (bucket.flows, bucket.closing) == (eur(4 - 2 - 2), eur(2))


def test_what_is_owned_and_what_is_owed_are_each_rounded():
    rates = table(("2026-01-01", "USD", "0.5"))
    flows = DayFlow("2026-01-02", "USD", 5, 0, owed=0), DayFlow("2026-01-03", "USD", -3, 0, owed=-3)
    (bucket,) = told(*flows, rates=rates, periods=(JANUARY,)).buckets
    # 2.5 and 1.5, rounded to 2 and 2.
    assert bucket.closing == eur(0)


def test_each_part_is_rounded_by_itself_half_to_even_and_realised_is_what_they_leave():
    """5 cents at 0.50 are 2.5, at 0.70 they are 3.5."""
    rates = table(("2026-01-01", "USD", "0.5"), ("2026-02-01", "USD", "0.7"))
    report = told(DayFlow("2026-01-02", "USD", 5, 5), rates=rates, periods=(JANUARY, FEBRUARY))
    assert [figures(bucket) for bucket in report.buckets] == [
        [0, 0, 2, 2, 0, 0, 2], [2, 0, 4, 0, 1, 1, 2],
    ]  # fmt: skip
    assert report.positions == [Held(usd(5), eur(4), eur(2))]


def test_an_empty_book_has_gained_nothing():
    report = told()
    assert [figures(bucket) for bucket in report.buckets] == [[0] * 7] * 3
    assert (report.positions, report.rates) == ([], [])


@pytest.mark.parametrize(
    ("flow", "missing"),
    [
        (DayFlow("2025-12-30", "USD", 1, 0), ("USD", "EUR", "2025-12-30")),
        (DayFlow("2026-01-02", "GBP", 1, 0), ("GBP", "EUR", "2026-01-02")),
    ],
)
def test_without_the_rate_of_a_day_nothing_is_told(flow, missing):
    with pytest.raises(RateMissing) as refused:
        told(flow)
    assert tuple(refused.value.metadata.values()) == missing


# --- one position ----------------------------------------------------------------------------

THIRD = Fraction(1, 3)


@pytest.mark.parametrize(
    ("amount", "cost", "change", "rate", "expected"),
    [
        # The first of it, more of it, more owed.
        (0, 0, 4, 2, (4, 8)), (4, 8, 2, 5, (6, 18)), (-4, -8, -2, 5, (-6, -18)),
        # Less of it takes its share of the cost along, whatever the rate.
        (4, 8, -1, 5, (3, 6)), (-4, -8, 3, 5, (-1, -2)), (4, 8, -4, 5, (0, 0)),
        # More than all of it: what is left began today.
        (4, 8, -6, 5, (-2, -10)), (-4, -8, 5, 7, (1, 7)),
        # Nothing changes nothing, to the last digit.
        (1, THIRD, 0, 5, (1, THIRD)),
        # An average is kept to 18 decimals.
        (3, 1, -1, 5, (2, Fraction(666_666_666_666_666_667, 10**18))),
    ],
)  # fmt: skip
def test_a_position_grows_shrinks_and_turns(amount, cost, change, rate, expected):
    position = Position(Fraction(amount), Fraction(cost))
    position.add(Fraction(change), Fraction(rate))
    assert (position.amount, position.cost) == expected


@dataclass
class Model:
    """One currency, revalued each day: all that a change of its rate did to what was held."""

    currency: str
    rates: RateTable
    held: int = 0
    revalued: Fraction = Fraction(0)
    flows: Fraction = Fraction(0)
    exchange: Fraction = Fraction(0)

    def rate(self, day: str) -> Fraction:
        """In cents for one minor unit."""
        scale = Fraction(100, 10 ** exponent(self.currency))
        return self.rates.applied(self.currency, "EUR", day).factor * scale

    def live_through(self, day: str, yesterday: str, flows: list[DayFlow]) -> None:
        self.revalued += self.held * (self.rate(day) - self.rate(yesterday))
        for flow in flows:
            self.held += flow.change
            self.flows += (flow.change - flow.exchanged) * self.rate(day)
            self.exchange += flow.exchanged * self.rate(day)


DAYS = [(date(2025, 12, 28) + timedelta(days=n)).isoformat() for n in range(14)]
BUCKETS = (Period(DAYS[4], DAYS[8]), Period(DAYS[9], DAYS[13]))
day_flows = st.lists(
    st.builds(
        DayFlow, st.sampled_from(DAYS[1:]), st.sampled_from(["EUR", "USD", "JPY"]),
        st.integers(-900, 900), st.integers(-900, 900),
    ),
    max_size=12,
)  # fmt: skip
day_rates = st.lists(st.integers(1, 300), min_size=28, max_size=28)


@settings(max_examples=100, deadline=None)
@given(day_flows, day_rates)
def test_a_gain_is_what_changes_of_rates_did_to_what_was_held_and_what_exchanges_left(flows, rates):
    known = table(
        *((day, currency, f"{rates[2 * i + j]}e-2")
          for i, day in enumerate(DAYS) for j, currency in enumerate(("USD", "JPY")))
    )  # fmt: skip
    models = [Model(currency, known) for currency in ("EUR", "USD", "JPY")]
    states = {}
    for yesterday, day in pairwise(DAYS):
        for model in models:
            of_day = [f for f in flows if (f.date, f.currency) == (day, model.currency)]
            model.live_through(day, yesterday, of_day)
        states[day] = [
            sum(parts)
            for parts in zip(*((m.revalued, m.flows, m.exchange) for m in models), strict=True)
        ] + [sum(round(m.held * m.rate(day)) for m in models)]

    buckets = exchange_report(flows, BUCKETS, DAYS[3], known, "EUR").buckets
    for bucket, before in zip(buckets, (DAYS[3], DAYS[8]), strict=True):
        start, end = states[before], states[bucket.period.to_date]
        revalued, flowed, exchanged = (b - a for a, b in zip(start[:3], end[:3], strict=True))
        assert (bucket.opening, bucket.closing) == (eur(start[3]), eur(end[3]))
        assert bucket.exchange == eur(round(exchanged))
        # Each day's flow in a currency is converted and rounded by itself.
        days = {(f.date, f.currency) for f in flows if f.date in DAYS}
        assert abs(bucket.flows.minor_units - flowed) <= Fraction(len(days), 2)
        # Worths are rounded by currency at both ends.
        assert abs(bucket.gain.minor_units - revalued - exchanged) <= 4 + Fraction(len(days), 2)
