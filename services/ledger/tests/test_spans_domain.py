"""The periods of a budget: which days they hold, and which follow."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.spans import Days, Every, add_months, period_after, period_of, periods

on = date.fromisoformat
SATURDAY = on("2026-11-21")
ANCHOR = on("2020-01-01")
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def span(text: str) -> Days:
    first, last = text.split("..")
    return Days(on(first), on(last))


MARCH = span("2026-03-01..2026-03-31")


def test_days_hold_both_their_ends():
    days = [on("2026-02-28"), MARCH.first, on("2026-03-15"), MARCH.last, on("2026-04-01")]
    assert [MARCH.holds(day) for day in days] == [False, True, True, True, False]
    assert MARCH.count == 31


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-01-01", 0), ("2026-02-28", 0), ("2026-03-01", 1), ("2026-03-02", 2),
        ("2026-03-30", 30), ("2026-03-31", 31), ("2026-04-01", 31), ("2027-01-01", 31),
    ],
)  # fmt: skip
def test_how_many_days_have_begun(today, expected):
    assert MARCH.elapsed(on(today)) == expected


@pytest.mark.parametrize(
    ("every", "day", "expected"),
    [
        (Every.MONTH, "2026-02-28", "2026-02-01..2026-02-28"),
        (Every.MONTH, "2028-02-01", "2028-02-01..2028-02-29"),
        (Every.MONTH, "2026-12-31", "2026-12-01..2026-12-31"),
        (Every.QUARTER, "2026-01-01", "2026-01-01..2026-03-31"),
        (Every.QUARTER, "2026-03-31", "2026-01-01..2026-03-31"),
        (Every.QUARTER, "2026-04-01", "2026-04-01..2026-06-30"),
        (Every.QUARTER, "2026-09-05", "2026-07-01..2026-09-30"),
        (Every.QUARTER, "2026-12-31", "2026-10-01..2026-12-31"),
        (Every.YEAR, "2026-01-01", "2026-01-01..2026-12-31"),
        (Every.YEAR, "2026-12-31", "2026-01-01..2026-12-31"),
        (Every.WEEK, "2026-11-21", "2026-11-21..2026-11-27"),
        (Every.WEEK, "2026-11-20", "2026-11-14..2026-11-20"),
        (Every.WEEK, "2026-11-27", "2026-11-21..2026-11-27"),
        (Every.WEEK, "2026-11-28", "2026-11-28..2026-12-04"),
    ],
)
def test_which_period_holds_a_day(every, day, expected):
    assert period_of(every, on(day), SATURDAY) == span(expected)


def test_a_span_is_no_rule():
    with pytest.raises(ValueError, match=r"^a span is not one of many$"):
        period_of(Every.SPAN, SATURDAY, ANCHOR)


@pytest.mark.parametrize(
    ("every", "period", "expected"),
    [
        (Every.MONTH, "2026-12-01..2026-12-31", "2027-01-01..2027-01-31"),
        (Every.QUARTER, "2026-10-01..2026-12-31", "2027-01-01..2027-03-31"),
        (Every.YEAR, "2026-01-01..2026-12-31", "2027-01-01..2027-12-31"),
        (Every.WEEK, "2026-11-21..2026-11-27", "2026-11-28..2026-12-04"),
        # Whole months after whole months, also across a year.
        (Every.SPAN, "2026-01-01..2026-02-28", "2026-03-01..2026-04-30"),
        (Every.SPAN, "2026-11-01..2027-01-31", "2027-02-01..2027-04-30"),
        (Every.SPAN, "2025-03-01..2026-02-28", "2026-03-01..2027-02-28"),
        # As many days after other days, also where one end is that of a month.
        (Every.SPAN, "2026-03-05..2026-03-14", "2026-03-15..2026-03-24"),
        (Every.SPAN, "2026-03-01..2026-03-30", "2026-03-31..2026-04-29"),
        (Every.SPAN, "2026-03-02..2026-03-31", "2026-04-01..2026-04-30"),
        (Every.SPAN, "2026-03-31..2026-03-31", "2026-04-01..2026-04-01"),
    ],
)
def test_which_period_follows(every, period, expected):
    assert period_after(every, span(period)) == span(expected)


def test_all_periods_that_share_a_day_with_a_span_are_told():
    found = periods(Every.MONTH, on("2026-01-31"), on("2026-03-01"), ANCHOR)
    assert list(found) == [
        span("2026-01-01..2026-01-31"), span("2026-02-01..2026-02-28"), MARCH,
    ]  # fmt: skip
    assert list(periods(Every.WEEK, on("2026-11-20"), on("2026-11-27"), SATURDAY)) == [
        span("2026-11-14..2026-11-20"), span("2026-11-21..2026-11-27"),
    ]  # fmt: skip


@given(st.sampled_from([e for e in Every if e is not Every.SPAN]), days, days)
def test_every_day_is_in_one_period_and_after_it_comes_the_next(every, day, anchor):
    period = period_of(every, day, anchor)
    following = period_after(every, period)
    assert period.holds(day)
    assert following.first == period.last + timedelta(days=1)
    assert following == period_of(every, following.last, anchor)
    if every is Every.WEEK:
        assert (period.first.weekday(), period.count) == (anchor.weekday(), 7)


@pytest.mark.parametrize(
    ("months", "expected"),
    [(0, "2026-03-01"), (1, "2026-04-01"), (9, "2026-12-01"), (10, "2027-01-01"),
     (-2, "2026-01-01"), (-3, "2025-12-01"), (24, "2028-03-01")],
)  # fmt: skip
def test_months_later_and_earlier(months, expected):
    assert add_months(on("2026-03-01"), months) == on(expected)
