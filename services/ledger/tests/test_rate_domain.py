"""Rates of exchange, alone: which of them counts, by which way, and what an amount comes to."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from ledger.domain.errors import InvalidFields
from ledger.domain.fields import EntryDate
from ledger.domain.rate import (
    Applied,
    Leg,
    Rate,
    RateMissing,
    RateNotFound,
    RateSource,
    RateTable,
    is_rate,
    rate_day,
)

DAY, EARLIER = "2026-11-20", "2026-11-19"
ECB, FILE, MANUAL = RateSource.ECB, RateSource.FILE, RateSource.MANUAL
SIZE = "above 0, below 10^12, at most 12 decimals"


def rate(base: str, quote: str, value: str = "2", day: str = DAY, source: RateSource = ECB) -> Rate:
    return Rate(EntryDate(day), base, quote, Decimal(value), source)


def way(found: Applied | None) -> list[str] | None:
    """The currencies that a chain leads through."""
    return None if found is None else [leg.to for leg in found.legs]


def factor(*rates: Rate, from_: str = "EUR", to: str = "USD", on: str = DAY) -> Fraction:
    return RateTable(rates).applied(from_, to, on).factor


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        (rate("EUR", "USD", day="2026-02-30"), [("date", "a date YYYY-MM-DD from 1900 to 2200")]),
        (rate("XXQ", "USD"), [("base", "'XXQ' is not an ISO 4217 currency code")]),
        (rate("EUR", "E$R"), [("quote", "'E$R' is not an ISO 4217 currency code")]),
        (rate("EUR", "EUR"), [("quote", "must be another currency")]),
        (rate("EUR", "USD", "0"), [("rate", SIZE)]),
        (rate("EUR", "EUR", "-1"), [("quote", "must be another currency"), ("rate", SIZE)]),
    ],
)
def test_all_that_is_wrong_with_a_rate_is_told_at_once(wrong, fields):
    with pytest.raises(InvalidFields) as refused:
        wrong.check()
    assert list(refused.value.fields) == fields


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", False), ("-0.000000000001", False), ("0.000000000001", True),
        ("0.0000000000001", False), ("1.1234567890120", True), ("0.9", True), ("1", True),
        ("999999999999.999999999999", True), ("1000000000000", False), ("1e12", False),
        ("NaN", False), ("sNaN", False), ("Infinity", False),
    ],
)  # fmt: skip
def test_what_can_be_a_rate(value, expected):
    assert is_rate(Decimal(value)) is expected
    if expected:
        rate("EUR", "USD", value).check()


def test_what_is_the_day_of_a_rate():
    assert rate_day("2026-11-20") == "2026-11-20"
    assert rate_day("2026-11-31") is None


def test_what_is_missing_is_told_in_words_and_fields():
    with pytest.raises(RateMissing) as refused:
        RateTable([rate("EUR", "USD")]).applied("EUR", "JPY", DAY)
    assert str(refused.value) == "no rate from EUR to JPY is known on or before 2026-11-20"
    assert refused.value.metadata == {"from": "EUR", "to": "JPY", "on": "2026-11-20"}
    assert str(RateNotFound()) == "the book has no rate of its own for this day"


# --- which rate counts -----------------------------------------------------------------------


def test_of_one_day_the_higher_source_counts_and_of_one_source_what_was_said_last():
    ecb, file, manual = (
        rate("EUR", "USD", str(source.value), source=source) for source in (ECB, FILE, MANUAL)
    )
    assert factor(manual, file, ecb) == 3
    assert factor(ecb, file) == factor(file, ecb) == 2
    assert factor(file, rate("EUR", "USD", "7", source=FILE)) == 7


def test_the_latest_on_or_before_the_day_counts_however_they_are_told():
    known = [rate("EUR", "USD", str(n), f"2026-11-{n:02}") for n in (9, 3, 5)]
    table = RateTable(known)
    found = {n: table.find("EUR", "USD", f"2026-11-{n:02}") for n in (2, 3, 4, 5, 8, 9, 30)}
    assert {n: applied and applied.factor for n, applied in found.items()} == {
        2: None, 3: 3, 4: 3, 5: 5, 8: 5, 9: 9, 30: 9,
    }  # fmt: skip


def test_of_two_directions_the_later_counts_then_the_higher_source_then_the_forward_one():
    forwards = rate("EUR", "USD", "2", EARLIER)
    assert factor(forwards, rate("USD", "EUR", "0.2", DAY)) == 5
    assert factor(rate("EUR", "USD", "2"), rate("USD", "EUR", "0.2", EARLIER, MANUAL)) == 2
    assert factor(rate("EUR", "USD", "2"), rate("USD", "EUR", "0.2", source=FILE)) == 5
    assert factor(rate("USD", "EUR", "0.2"), rate("EUR", "USD", "2")) == 2


# --- which way -------------------------------------------------------------------------------


def test_a_currency_is_itself_without_a_rate():
    assert RateTable([]).find("EUR", "EUR", DAY) == Applied("EUR", "EUR", DAY, ())
    assert RateTable([rate("EUR", "USD")]).find("EUR", "EUR", DAY) == Applied(
        "EUR", "EUR", DAY, (), Fraction(1)
    )


def test_a_chain_names_its_ends_its_day_and_its_rates():
    first, second = rate("EUR", "USD", "1.25"), rate("EUR", "JPY", "160", EARLIER)
    found = RateTable([first, second]).find("USD", "JPY", "2026-11-21")
    assert found == Applied(
        "USD", "JPY", "2026-11-21", (Leg(first, False), Leg(second, True)), Fraction(128)
    )
    assert (found.date, found.days_old, found.source) == (EARLIER, 2, ECB)


@pytest.mark.parametrize(("day", "is_stale"), [("2026-11-13", False), ("2026-11-12", True)])
def test_a_rate_is_stale_after_a_week(day, is_stale):
    found = RateTable([rate("EUR", "USD", day=day)]).applied("EUR", "USD", DAY)
    assert found.is_stale is is_stale


def test_a_chain_has_three_rates_at_most():
    names = ["CHF", "EUR", "GBP", "JPY", "USD"]
    table = RateTable(rate(a, b) for a, b in pairwise(names))
    assert way(table.find("CHF", "JPY", DAY)) == ["EUR", "GBP", "JPY"]
    assert way(table.find("JPY", "CHF", DAY)) == ["GBP", "EUR", "CHF"]
    assert table.find("CHF", "USD", DAY) is None


def test_a_way_leads_past_what_leads_nowhere():
    """Tried before the right one: a currency whose rate is still to come, and one that ends."""
    table = RateTable(
        [
            rate("AUD", "CHF", day="2026-12-01"), rate("AUD", "CZK"), rate("AUD", "EUR"),
            rate("CZK", "DKK"), rate("EUR", "USD"),
        ]
    )  # fmt: skip
    assert way(table.find("AUD", "USD", DAY)) == ["EUR", "USD"]
    assert table.find("AUD", "CHF", DAY) is None
    assert table.find("SEK", "USD", DAY) is None
    assert table.find("USD", "SEK", DAY) is None


def test_the_freshest_chain_counts_then_the_shortest_then_the_higher_source():
    old = rate("EUR", "USD", "9", EARLIER)
    through = [rate("EUR", "CHF", "2"), rate("CHF", "USD", "3")]
    assert factor(old, *through) == 6
    assert factor(rate("EUR", "USD", "9"), *through) == 9
    own = [rate("EUR", "JPY", "4", source=MANUAL), rate("JPY", "USD", "5")]
    assert factor(*through, *own) == 20
    of_file = [rate("EUR", "JPY", "4", source=FILE), rate("JPY", "USD", "5")]
    higher = [rate("EUR", "CHF", "2", source=MANUAL), rate("CHF", "USD", "3")]
    assert factor(*higher, *of_file) == 6


def test_each_pair_and_day_is_looked_up_by_itself():
    table = RateTable([rate("EUR", "USD", "2", EARLIER), rate("EUR", "USD", "4"),
                       rate("EUR", "JPY", "5")])  # fmt: skip
    asked = [("EUR", "USD", EARLIER), ("EUR", "USD", DAY), ("USD", "EUR", DAY), ("EUR", "JPY", DAY)]
    for _ in range(2):
        found = [table.applied(*ask).factor for ask in asked]
        assert found == [2, 4, Fraction(1, 4), 5]


# --- what it comes to ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([rate("EUR", "USD", "1.2500")], "1.25"),
        ([rate("EUR", "USD", "100")], "100"),
        ([rate("EUR", "USD", "1.23456789012345")], "1.23456789012345"),
        ([rate("USD", "EUR", "3")], "0.333333333333"),
        ([rate("USD", "EUR", "1.5")], "0.666666666667"),
        ([rate("USD", "EUR", "0.01")], "100"),
        ([rate("USD", "EUR", "0.0000009")], "1111111.11111"),
        ([rate("EUR", "CHF", "1.5"), rate("CHF", "USD", "0.5")], "0.75"),
        ([rate("EUR", "CHF", "0.0000001"), rate("CHF", "USD", "0.1")], "0.00000001"),
    ],
)
def test_a_rate_is_shown_plainly_with_twelve_significant_digits(rates, expected):
    assert RateTable(rates).applied("EUR", "USD", DAY).shown() == expected


@pytest.mark.parametrize(
    ("value", "units", "expected"),
    [
        ("0.5", [1, 2, 3, 5, 7, 9, -1, -3, -5, -7], [0, 1, 2, 2, 4, 4, 0, -2, -2, -4]),
        ("0.51", [1, -1], [1, -1]),
        ("0.49", [1, -1], [0, 0]),
        ("0.25", [1, 2, 3, 5, 6, 7], [0, 0, 1, 1, 2, 2]),
        ("3", [0, 1, -7], [0, 3, -21]),
    ],
)
def test_an_amount_is_rounded_to_the_nearest_unit_a_half_to_the_even_one(value, units, expected):
    applied = RateTable([rate("EUR", "USD", value)]).applied("EUR", "USD", DAY)
    assert [applied.convert(Money(n, "EUR")) for n in units] == [Money(n, "USD") for n in expected]


@pytest.mark.parametrize(
    ("from_", "to", "units", "expected"),
    [("EUR", "JPY", 150, 3), ("JPY", "EUR", 3, 600), ("EUR", "BTC", 1, 2 * 10**6),
     ("BTC", "JPY", 10**8, 2), ("KWD", "EUR", 5, 1), ("KWD", "BTC", 1, 2 * 10**5)],
)  # fmt: skip
def test_each_currency_has_its_own_minor_unit(from_, to, units, expected):
    applied = RateTable([rate(from_, to, "2")]).applied(from_, to, DAY)
    assert applied.convert(Money(units, from_)) == Money(expected, to)


POSITIVE = st.integers(1, 10**6)


@given(st.integers(-(10**9), 10**9), POSITIVE, POSITIVE)
def test_rounding_is_that_of_a_fraction(units, one, other):
    legs = [rate("CHF", "EUR", str(other)), rate("CHF", "USD", str(one))]
    applied = RateTable(legs).applied("EUR", "USD", DAY)
    expected = round(Fraction(units * one, other))
    assert applied.convert(Money(units, "EUR")) == Money(expected, "USD")
