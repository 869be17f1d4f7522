import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import (
    KNOWN_CURRENCIES,
    MAX_MINOR_UNITS,
    CurrencyMismatch,
    InvalidAmount,
    Money,
    UnknownCurrency,
    exponent,
)

currencies = st.sampled_from(sorted(KNOWN_CURRENCIES))
amounts = st.integers(-MAX_MINOR_UNITS, MAX_MINOR_UNITS)


@given(amounts, currencies)
def test_what_is_written_reads_back_to_the_same_amount(minor_units, currency):
    money = Money(minor_units, currency)
    assert Money.parse(money.decimal_text(), currency) == money


@pytest.mark.parametrize(
    ("text", "currency", "minor_units"),
    [
        ("12.34", "EUR", 1234),
        ("-0.05", "EUR", -5),
        ("12", "JPY", 12),
        ("1.234", "KWD", 1234),
        ("0.00000001", "BTC", 1),
        ("7", "EUR", 700),
    ],
)
def test_a_plain_decimal_is_read_to_the_minor_unit(text, currency, minor_units):
    assert Money.parse(text, currency).minor_units == minor_units


@pytest.mark.parametrize(
    "text", ["1,234.50", "1.2.3", "", "-", "1e3", "NaN", "١٢", " 1", "1.005", "1_000", "9" * 30]
)
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidAmount):
        Money.parse(text, "EUR")


def test_decimals_that_a_currency_does_not_have_are_refused():
    with pytest.raises(InvalidAmount, match="more than the 0 decimals of JPY"):
        Money.parse("12.5", "JPY")


def test_currencies_are_never_added_up():
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") - Money(1, "USD")


@given(amounts, amounts, currencies)
def test_a_difference_is_the_sum_with_the_opposite(one, other, currency):
    assert Money(one, currency) - Money(other, currency) == Money(one, currency) + -Money(
        other, currency
    )


def test_an_unknown_currency_is_refused():
    with pytest.raises(UnknownCurrency):
        exponent("XXQ")
