"""The days of a report: how they are cut, what they are compared with, and the search for them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.book_settings import WeekStart
from ledger.domain.errors import InvalidFields
from ledger.domain.report import By, Period, Span, buckets, drill
from ledger.domain.report.ask import Ask, Told
from ledger.domain.report.compare import Comparison, compared

YEAR = Period("2026-01-01", "2026-12-31")
NO_DATE = "a date YYYY-MM-DD from 1900 to 2200"
PREVIOUS, LAST_YEAR = Comparison.PREVIOUS_PERIOD, Comparison.LAST_YEAR
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def period(text: str) -> Period:
    first, _, last = text.partition("..")
    return Period(first, last or first)


def days_from(first: str, count: int) -> Period:
    last = date.fromisoformat(first) + timedelta(days=count - 1)
    return Period(first, last.isoformat())


def refusal(ask: Ask) -> list[tuple[str, str]]:
    with pytest.raises(InvalidFields) as refused:
        ask.check()
    return list(refused.value.fields)


# --- what can be asked -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        Ask(YEAR),
        Ask(Period("2026-01-01", "2026-01-01"), By.DAY, base="USD"),
        Ask(Period("1900-01-01", "2200-12-31"), By.MONTH),
        Ask(Period("1900-01-01", "2200-12-31"), By.QUARTER),
        Ask(Period("1900-01-01", "2200-12-31"), By.YEAR),
        Ask(days_from("2000-01-01", 4_000), By.DAY),
        Ask(days_from("2000-01-01", 28_006), By.WEEK),
    ],
)
def test_what_is_asked_at_its_limits_can_be_told(ask):
    assert ask.check() is None
    assert len(buckets(ask.period, ask.by)) <= 4_002


@pytest.mark.parametrize(
    ("ask", "fields"),
    [
        (
            Ask(Period("2026-02-30", "soon"), By.DAY, base="E$R"),
            [("period.from_date", NO_DATE), ("period.to_date", NO_DATE)],
        ),
        (
            Ask(Period("2026-01-02", "2026-01-01")),
            [("period.to_date", "must not be before from_date")],
        ),
        (Ask(YEAR, base="E$R"), [("base_currency", "'E$R' is not an ISO 4217 currency code")]),
        (
            Ask(days_from("2000-01-01", 4_001), By.DAY),
            [("period.to_date", "more than 4,000 of a day from from_date")],
        ),
        (
            Ask(days_from("2000-01-01", 28_007), By.WEEK),
            [("period.to_date", "more than 4,000 of a week from from_date")],
        ),
    ],
)
def test_what_cannot_be_told_is_refused(ask, fields):
    assert refusal(ask) == fields


def test_what_is_asked_twice_is_compared_once_and_in_its_order():
    ask = Ask(YEAR, compare=[LAST_YEAR, PREVIOUS, LAST_YEAR])
    assert ask.comparisons() == (LAST_YEAR, PREVIOUS)
    assert (Ask(YEAR).comparisons(), Ask(YEAR).by, Told(YEAR, "report").beside) == (
        (), By.MONTH, (),
    )  # fmt: skip


# --- whole months and the days around them ---------------------------------------------------


@pytest.mark.parametrize(
    ("days", "months", "ends"),
    [
        ("2026-01-01..2026-03-31", "2026-01..2026-03", []),
        ("2026-12-01..2026-12-31", "2026-12", []),
        ("2026-01-31..2026-03-01", "2026-02", ["2026-01-31", "2026-03-01"]),
        ("2026-01-02..2026-12-30", "2026-02..2026-11",
         ["2026-01-02..2026-01-31", "2026-12-01..2026-12-30"]),
        ("2025-11-05..2026-01-31", "2025-12..2026-01", ["2025-11-05..2025-11-30"]),
        ("2026-02-01..2026-03-30", "2026-02", ["2026-03-01..2026-03-30"]),
        ("2026-01-02..2026-01-31", None, ["2026-01-02..2026-01-31"]),
        ("2026-01-01..2026-01-30", None, ["2026-01-01..2026-01-30"]),
        ("2026-01-31..2026-02-27", None, ["2026-01-31..2026-02-27"]),
        ("2026-03-14", None, ["2026-03-14"]),
    ],
)  # fmt: skip
def test_which_whole_months_a_period_holds(days, months, ends):
    def span(text: str) -> Span:
        first, _, last = text.partition("..")
        return Span(first, last or first)

    whole, found = period(days).parts()
    assert (whole, list(found)) == (months and span(months), [span(end) for end in ends])


# --- buckets ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "days", "expected"),
    [
        (By.DAY, "2026-02-27..2026-03-01", ["2026-02-27", "2026-02-28", "2026-03-01"]),
        (By.WEEK, "2026-11-22..2026-12-01",
         ["2026-11-22", "2026-11-23..2026-11-29", "2026-11-30..2026-12-01"]),
        (By.MONTH, "2026-01-31..2026-03-01",
         ["2026-01-31", "2026-02-01..2026-02-28", "2026-03-01"]),
        (By.QUARTER, "2026-02-15..2026-08-31",
         ["2026-02-15..2026-03-31", "2026-04-01..2026-06-30", "2026-07-01..2026-08-31"]),
        (By.QUARTER, "2026-08-31..2027-01-01",
         ["2026-08-31..2026-09-30", "2026-10-01..2026-12-31", "2027-01-01"]),
        (By.YEAR, "2025-12-31..2027-01-01",
         ["2025-12-31", "2026-01-01..2026-12-31", "2027-01-01"]),
    ],
)  # fmt: skip
def test_a_period_is_cut_where_the_calendar_cuts_it(by, days, expected):
    assert buckets(period(days), by) == [period(bucket) for bucket in expected]


@pytest.mark.parametrize("month", range(1, 13))
def test_a_quarter_ends_with_its_third_month(month):
    first = date(2026, month, 28)
    found = buckets(Period(first.isoformat(), "2027-12-31"), By.QUARTER)[0]
    assert found.to_date[:7] == f"2026-{(3, 6, 9, 12)[(month - 1) // 3]:02}"


@pytest.mark.parametrize(
    ("week_start", "first_days"),
    [
        (WeekStart.MONDAY, ["2026-11-20", "2026-11-23", "2026-11-30"]),
        (WeekStart.SATURDAY, ["2026-11-20", "2026-11-21", "2026-11-28"]),
        (WeekStart.SUNDAY, ["2026-11-20", "2026-11-22", "2026-11-29"]),
    ],
)
def test_a_week_begins_where_the_book_says(week_start, first_days):
    found = buckets(Period("2026-11-20", "2026-12-02"), By.WEEK, week_start)
    assert [bucket.from_date for bucket in found][:3] == first_days


@given(days, st.integers(0, 400), st.sampled_from(By), st.sampled_from(WeekStart))
def test_buckets_cover_each_day_once(first, length, by, week_start):
    last = min(first + timedelta(days=length), date(2200, 12, 31))
    asked = Period(first.isoformat(), last.isoformat())
    found = buckets(asked, by, week_start)
    assert (found[0].from_date, found[-1].to_date) == (asked.from_date, asked.to_date)
    for bucket, following in pairwise(found):
        day = date.fromisoformat(bucket.to_date) + timedelta(days=1)
        assert following.from_date == day.isoformat()
        starts = {
            By.DAY: True,
            By.WEEK: day.strftime("%A").lower() == week_start.value,
            By.MONTH: day.day == 1,
            By.QUARTER: (day.day, day.month % 3) == (1, 1),
            By.YEAR: (day.day, day.month) == (1, 1),
        }
        assert starts[by]


# --- what they are compared with -------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "with_", "expected"),
    [
        # As many whole months before whole months.
        ("2026-02-01..2026-02-28", PREVIOUS, "2026-01-01..2026-01-31"),
        ("2026-01-01..2026-03-31", PREVIOUS, "2025-10-01..2025-12-31"),
        ("2025-12-01..2026-01-31", PREVIOUS, "2025-10-01..2025-11-30"),
        ("2026-01-01..2026-12-31", PREVIOUS, "2025-01-01..2025-12-31"),
        # As many days before other days.
        ("2026-01-05..2026-01-11", PREVIOUS, "2025-12-29..2026-01-04"),
        ("2026-03-01..2026-03-30", PREVIOUS, "2026-01-30..2026-02-28"),
        ("2026-03-02..2026-03-31", PREVIOUS, "2026-01-31..2026-03-01"),
        ("2026-03-14", PREVIOUS, "2026-03-13"),
        # The same days of last year, and a whole month as a whole.
        ("2026-03-05..2026-03-11", LAST_YEAR, "2025-03-05..2025-03-11"),
        ("2025-02-01..2025-02-28", LAST_YEAR, "2024-02-01..2024-02-29"),
        ("2024-02-29", LAST_YEAR, "2023-02-28"),
        ("2024-02-29..2024-03-01", LAST_YEAR, "2023-02-28..2023-03-01"),
        ("2024-12-05..2025-01-10", LAST_YEAR, "2023-12-05..2024-01-10"),
        # The first and the last days of all books.
        ("1901-01-01..1901-12-31", LAST_YEAR, "1900-01-01..1900-12-31"),
        ("1900-01-02", PREVIOUS, "1900-01-01"),
        ("1900-12-31..1900-12-31", LAST_YEAR, None),
        ("1900-01-01", PREVIOUS, None),
        ("1900-01-01..1900-01-31", PREVIOUS, None),
        ("1900-01-01..2200-12-31", PREVIOUS, None),
        ("1900-01-05..2200-12-30", PREVIOUS, None),
    ],
)
def test_days_are_compared_with_their_like(days, with_, expected):
    assert compared(period(days), with_) == (expected and period(expected))


# --- the search behind a figure --------------------------------------------------------------


def test_the_search_for_the_entries_of_a_figure():
    terms = drill.account("a1"), drill.MOVED
    assert drill.entries_of(YEAR, *terms) == (
        "account:a1 -is:standard from:2026-01-01 to:2026-12-31"
    )
    assert drill.entries_of(YEAR) == "from:2026-01-01 to:2026-12-31"
    assert drill.until("2026-12-31", *terms) == "account:a1 -is:standard to:2026-12-31"
    assert drill.category("c1") == "category:c1"


@pytest.mark.parametrize(
    ("name", "payee", "tag"),
    [
        ("Zoë", 'payee="Zoë"', 'tag:"Zoë"'),
        ("", "-has:payee", "-has:tags"),
        ('The "Best" \\ Shop', r'payee="The \"Best\" \\ Shop"', r'tag:"The \"Best\" \\ Shop"'),
    ],
)
def test_the_search_for_a_name_is_quoted(name, payee, tag):
    assert (drill.payee(name), drill.tag(name)) == (payee, tag)
