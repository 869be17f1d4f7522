"""Amounts and days as a search says them, the words that it compares, and a list's own fields."""

from datetime import date
from decimal import Decimal

import pytest

from ledger.domain.book_settings import WeekStart
from ledger.domain.errors import InvalidFields
from ledger.domain.search.filter import TransactionFilter
from ledger.domain.search.folded import folded_name, folded_text, words_in
from ledger.domain.search.values import (
    Unreadable,
    amount_text,
    is_days,
    read_amount,
    read_range,
    span_of,
)

SUCH_AS = "an amount such as 4, 4.50, 4,50 or 4.50EUR, or a range such as 4..10"
NO_SIGN = "amounts are looked for without their sign: add is:expense or is:income"
THOUSANDS = "an amount without separators between thousands, such as 1234.50"
NO_DAYS = "a date from 1900 to 2200 such as 2026-03-14, 2026-03, 2026-Q1, 2026, today or last-month"
# A Wednesday.
TODAY = date(2026, 7, 15)


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [
        ("4", "4", ""),
        ("4.5", "4.5", ""),
        ("4,50", "4.50", ""),
        ("4.50eur", "4.50", "EUR"),
        ("1.234", "1.234", ""),
        ("1,2345", "1.2345", ""),
        ("9" * 16 + "." + "1" * 8, "9" * 16 + "." + "1" * 8, ""),
        ("0,00000001BTC", "0.00000001", "BTC"),
    ],
)
def test_an_amount_is_read_exactly(text, number, currency):
    assert read_amount(text) == (Decimal(number), currency)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", SUCH_AS),
        ("4.", SUCH_AS),
        ("4 EUR", SUCH_AS),
        ("4EURO", SUCH_AS),
        ("4..5", SUCH_AS),
        ("9" * 17, SUCH_AS),
        ("4." + "1" * 9, SUCH_AS),
        ("-4", NO_SIGN),
        ("+4", NO_SIGN),
        ("1,234", THOUSANDS),
        ("1.234,50", THOUSANDS),
        ("1'234.5", THOUSANDS),
        ("1 234", THOUSANDS),
        ("4xxq", "XXQ is not an ISO 4217 currency code"),
    ],
)
def test_what_is_no_amount(text, why):
    with pytest.raises(Unreadable) as refused:
        read_amount(text)

    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("text", "least", "most", "currency"),
    [
        ("4..10", "4", "10", ""),
        ("4,5..", "4.5", None, ""),
        ("..10.25eur", None, "10.25", "EUR"),
        ("4..EUR", "4", None, "EUR"),
        # Whether it begins above its end is for whoever asked.
        ("10..4", "10", "4", ""),
    ],
)
def test_a_range_may_be_open_at_one_end(text, least, most, currency):
    ends = [None if end is None else Decimal(end) for end in (least, most)]
    assert read_range(text) == (*ends, currency)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("..", SUCH_AS),
        ("..EUR", SUCH_AS),
        ("4", SUCH_AS),
        ("4EUR..10", SUCH_AS),
        ("-4..10", NO_SIGN),
        ("1,234..", THOUSANDS),
        ("..1,234", THOUSANDS),
        ("4..10XXQ", "XXQ is not an ISO 4217 currency code"),
    ],
)
def test_what_is_no_range(text, why):
    with pytest.raises(Unreadable) as refused:
        read_range(text)

    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("value", "text"),
    [("4.50", "4.5"), ("4.00", "4"), ("100", "100"), ("0", "0"), ("0.00", "0"), ("1E+3", "1000"),
     ("1E-8", "0.00000001"), ("10.10", "10.1")],
)  # fmt: skip
def test_an_amount_is_written_as_short_as_it_can_be(value, text):
    assert amount_text(Decimal(value)) == text


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1900", "1900-01-01", "1900-12-31"),
        ("1900-01-01", "1900-01-01", "1900-01-01"),
        ("2200-12-31", "2200-12-31", "2200-12-31"),
        ("2200-12", "2200-12-01", "2200-12-31"),
        ("2026-q2", "2026-04-01", "2026-06-30"),
        ("2026-q4", "2026-10-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("last-1-months", "2026-06-16", "2026-07-15"),
        ("last-1-years", "2025-07-16", "2026-07-15"),
        ("last-1-weeks", "2026-07-09", "2026-07-15"),
        ("last-7-days", "2026-07-09", "2026-07-15"),
        # What would begin before all books begins with them.
        ("last-127-years", "1900-01-01", "2026-07-15"),
        ("last-126-years", "1900-07-16", "2026-07-15"),
        ("last-9999-years", "1900-01-01", "2026-07-15"),
    ],
)
def test_spans_of_days(text, first, last):
    begins, ends = span_of(text, TODAY)

    assert (begins.isoformat(), ends.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("text", "today", "first", "last"),
    [
        ("this-quarter", date(2026, 3, 31), "2026-01-01", "2026-03-31"),
        ("this-quarter", date(2026, 4, 1), "2026-04-01", "2026-06-30"),
        ("last-quarter", date(2026, 1, 31), "2025-10-01", "2025-12-31"),
        ("this-quarter", date(2026, 12, 31), "2026-10-01", "2026-12-31"),
        ("last-month", date(2026, 3, 31), "2026-02-01", "2026-02-28"),
        ("last-month", date(2026, 1, 1), "2025-12-01", "2025-12-31"),
        ("this-year", date(2026, 12, 31), "2026-01-01", "2026-12-31"),
        ("last-year", date(2026, 1, 1), "2025-01-01", "2025-12-31"),
        ("last-1-months", date(2026, 3, 31), "2026-03-01", "2026-03-31"),
        ("yesterday", date(2026, 3, 1), "2026-02-28", "2026-02-28"),
    ],
)
def test_spans_of_days_at_their_edges(text, today, first, last):
    begins, ends = span_of(text, today)

    assert (begins.isoformat(), ends.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("start", "today", "first"),
    [
        (WeekStart.MONDAY, date(2026, 7, 13), date(2026, 7, 13)),
        (WeekStart.MONDAY, date(2026, 7, 19), date(2026, 7, 13)),
        (WeekStart.SUNDAY, date(2026, 7, 18), date(2026, 7, 12)),
        (WeekStart.SUNDAY, date(2026, 7, 19), date(2026, 7, 19)),
        (WeekStart.SATURDAY, date(2026, 7, 17), date(2026, 7, 11)),
        (WeekStart.SATURDAY, date(2026, 7, 18), date(2026, 7, 18)),
    ],
)
def test_a_week_has_seven_days_from_its_first(start, today, first):
    assert span_of("this-week", today, start) == (first, date.fromordinal(first.toordinal() + 6))
    week_before = date.fromordinal(first.toordinal() - 7), date.fromordinal(first.toordinal() - 1)
    assert span_of("last-week", today, start) == week_before


@pytest.mark.parametrize(
    "text",
    ["1899", "1899-12-31", "2201", "2201-01-01", "2201-q1", "2026-02-30", "0000", "9999-12",
     "2026-13", "2026-q5", "2026-q0", "last-0-days", "last-10000-days", "next-week", "26", ""],
)  # fmt: skip
def test_what_is_no_day(text):
    with pytest.raises(Unreadable) as refused:
        span_of(text, TODAY)

    assert str(refused.value) == NO_DAYS
    assert not is_days(text)


def test_a_year_before_all_books_is_no_day():
    with pytest.raises(Unreadable) as refused:
        span_of("last-year", date(1900, 5, 1))

    assert str(refused.value) == NO_DAYS


@pytest.mark.parametrize("text", ["today", "2026", "last-week", "2026-03-14", "last-9-years"])
def test_what_is_a_day_or_days(text):
    assert is_days(text) is True


def test_the_words_of_a_text_are_kept_in_their_order_up_to_a_length_and_a_number():
    assert words_in("Café  CAFE, Zoë!") == ["cafe", "cafe", "zoe"]
    assert words_in("a" * 41 + " b") == ["a" * 40, "b"]
    assert words_in("a " * 61) == ["a"] * 60
    assert words_in("") == []


def test_a_payee_and_a_note_are_one_text_of_so_many_words():
    assert folded_text("Café Zoë", "First coffee") == " cafe zoe | first coffee "
    assert folded_text("", "x") == " | x "
    assert folded_text("x", "") == " x | "
    assert folded_text("a " * 59, "b c") == " " + "a " * 59 + "| b "
    assert folded_text("a " * 61, "b c") == " " + "a " * 60 + "| "


def test_names_are_compared_without_case_accents_and_punctuation():
    assert folded_name(" Main-Card, Zoë ") == "main card zoe"
    assert folded_name(" ☕ ") == "☕"
    assert folded_name(" €SS ") == "ss"
    assert folded_name(" ⓧ! ") == "x"


@pytest.mark.parametrize(
    ("filter_", "problems"),
    [
        (TransactionFilter(), []),
        (TransactionFilter(text="t" * 200, from_date="1900-01-01", to_date="2200-12-31"), []),
        (
            TransactionFilter(text="t" * 201, from_date="soon", to_date="2026-02-30"),
            [
                ("filter.text", "at most 200 characters"),
                ("filter.from_date", "a date YYYY-MM-DD from 1900 to 2200"),
                ("filter.to_date", "a date YYYY-MM-DD from 1900 to 2200"),
            ],
        ),
    ],
)
def test_what_a_lists_own_fields_take(filter_, problems):
    try:
        filter_.check()
        told = []
    except InvalidFields as refused:
        told = list(refused.fields)

    assert told == problems
