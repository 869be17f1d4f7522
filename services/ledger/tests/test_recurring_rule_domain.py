"""The days of rules, as RFC 5545 and people mean them, and which are refused in which words."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st
from plan_ground import on

from ledger.domain.recurring.rule import Rule, RuleProblem, parse_rule


def days(rule: str, start: str, to: str) -> list[str]:
    found = parse_rule(rule, on(start)).days(on(start), on(to))
    return [day.isoformat() for day in found]


def test_a_plain_monthly_rule_from_the_31st_falls_on_the_last_day_of_shorter_months():
    assert days("FREQ=MONTHLY", "2027-12-31", "2028-05-01") == [
        "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30",
    ]  # fmt: skip
    assert days("FREQ=MONTHLY", "2027-01-30", "2027-04-01") == [
        "2027-01-30", "2027-02-28", "2027-03-30",
    ]  # fmt: skip
    assert days("FREQ=YEARLY", "2024-02-29", "2028-12-31") == [
        "2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29",
    ]  # fmt: skip


def test_a_rule_that_names_the_31st_leaves_shorter_months_out_as_the_rfc_says():
    assert days("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31", "2027-06-01") == [
        "2027-01-31", "2027-03-31", "2027-05-31",
    ]  # fmt: skip
    assert days("RRULE:freq=monthly;bymonthday=-1", "2027-01-31", "2027-03-01") == [
        "2027-01-31", "2027-02-28",
    ]  # fmt: skip


def test_an_end_is_by_count_or_by_date():
    assert len(days("FREQ=WEEKLY;COUNT=3", "2026-01-01", "2027-01-01")) == 3
    assert days("FREQ=MONTHLY;UNTIL=20260301", "2026-01-01", "2027-01-01")[-1] == "2026-03-01"


RULES = st.builds(
    lambda frequency, interval, extra, end: ";".join(
        part for part in (f"FREQ={frequency[0]}", interval, extra, end) if part
    ),
    st.sampled_from([("DAILY",), ("WEEKLY",), ("MONTHLY",), ("YEARLY",)]),
    st.sampled_from(["", "INTERVAL=2", "INTERVAL=5"]),
    st.sampled_from(
        ["", "BYDAY=MO,FR", "BYDAY=-1FR", "BYMONTHDAY=15,-1", "BYMONTH=2,11", "BYMONTHDAY=31"]
    ),
    st.sampled_from(["", "COUNT=7", "UNTIL=20271231"]),
)
STARTS = st.dates(date(2026, 1, 1), date(2026, 12, 28)).filter(lambda d: d.day <= 28)


@given(text=RULES, start=STARTS, first=st.integers(0, 400), length=st.integers(0, 400))
def test_the_days_are_those_of_dateutil(text: str, start: date, first: int, length: int):
    try:
        rule = parse_rule(text, start)
    except RuleProblem:
        assume(False)
    from_ = start + timedelta(days=first)
    to = from_ + timedelta(days=length)

    expected_days = [
        instant.date()
        for instant in rrulestr(text, dtstart=datetime.combine(start, time.min)).between(
            datetime.combine(from_, time.min),
            datetime.combine(to, time.min),
            inc=True,
        )
    ]

    assert rule.days(from_, to) == expected_days


# Weekly a rule of 200 characters, monthly one of 201.
SIXTY_ONE = ",".join(["MO"] * 61)
LONG = "a rule such as FREQ=MONTHLY, at most 200 characters"
FREQ = "FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY"
DAY = "BYDAY is days such as MO,FR (monthly and yearly also 1MO or -1FR)"
MONTH_DAY = "BYMONTHDAY holds numbers up to 31, and no 0"
MONTHS = "BYMONTH holds numbers up to 12, and no 0"
PLACES = "BYSETPOS holds numbers up to 366, and no 0"
UNTIL = "UNTIL is a date such as 20271231"
NEVER = "falls on no day within 10 years"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", LONG),
        ("RRULE:", LONG),
        (f"FREQ=MONTHLY;BYDAY={SIXTY_ONE}", LONG),
        ("MONTHLY", "'MONTHLY' is not NAME=VALUE"),
        ("x" * 50, f"'{'X' * 40}' is not NAME=VALUE"),
        ("FREQ=DAILY;", "'' is not NAME=VALUE"),
        ("FREQ=", "'FREQ=' is not NAME=VALUE"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ is said twice"),
        (f"{'X' * 50}=1;{'X' * 50}=1", f"{'X' * 40} is said twice"),
        ("INTERVAL=2", FREQ),
        ("FREQ=SECONDLY", FREQ),
        ("FREQ=HOURLY", FREQ),
        ("FREQ=MINUTELY;INTERVAL=99999", FREQ),
        ("FREQ=DAILY\nDTSTART:20200101", FREQ),
        ("FREQ=DAILY;BYHOUR=1", "BYHOUR has no place in a daily rule"),
        ("FREQ=DAILY;BYMONTHDAY=31", "BYMONTHDAY has no place in a daily rule"),
        ("FREQ=WEEKLY;BYSETPOS=1;BYMONTH=1", "BYMONTH has no place in a weekly rule"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY has no place in a monthly rule"),
        ("FREQ=YEARLY;BYEASTER=1", "BYEASTER has no place in a yearly rule"),
        (f"FREQ=DAILY;{'X' * 50}=1", f"{'X' * 40} has no place in a daily rule"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is from 1 to 999"),
        ("FREQ=DAILY;INTERVAL=1000", "INTERVAL is from 1 to 999"),
        ("FREQ=DAILY;INTERVAL=2.5", "'2.5' is no number"),
        ("FREQ=DAILY;INTERVAL=12345", "'12345' is no number"),
        ("FREQ=DAILY;INTERVAL=" + "A" * 50, f"'{'A' * 40}' is no number"),
        ("FREQ=DAILY;INTERVAL=\u0663", "'\u0663' is no number"),
        ("FREQ=WEEKLY;WKST=XX", "WKST is a day such as MO"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "either COUNT or UNTIL"),
        ("FREQ=DAILY;COUNT=0", "COUNT is from 1 to 1000"),
        ("FREQ=DAILY;COUNT=1001", "COUNT is from 1 to 1000"),
        ("FREQ=DAILY;UNTIL=20251231", "UNTIL is before the start"),
        ("FREQ=DAILY;UNTIL=20270101T000000Z", UNTIL),
        ("FREQ=DAILY;UNTIL=20270229", UNTIL),
        ("FREQ=DAILY;UNTIL=2027111", UNTIL),
        ("FREQ=DAILY;UNTIL=2027W011", UNTIL),
        ("FREQ=DAILY;BYDAY=1MO", DAY),
        ("FREQ=WEEKLY;BYDAY=1MO", DAY),
        ("FREQ=WEEKLY;BYDAY=XX", DAY),
        ("FREQ=MONTHLY;BYDAY=0MO", DAY),
        ("FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=32", MONTH_DAY),
        ("FREQ=MONTHLY;BYMONTHDAY=-32", MONTH_DAY),
        ("FREQ=MONTHLY;BYMONTHDAY=0", MONTH_DAY),
        ("FREQ=MONTHLY;BYMONTHDAY=", "'BYMONTHDAY=' is not NAME=VALUE"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,", "'' is no number"),
        ("FREQ=YEARLY;BYMONTH=0", MONTHS),
        ("FREQ=YEARLY;BYMONTH=13", MONTHS),
        ("FREQ=YEARLY;BYMONTH=-1", MONTHS),
        ("FREQ=YEARLY;BYMONTH=1;BYSETPOS=367", PLACES),
        ("FREQ=YEARLY;BYMONTH=1;BYSETPOS=-367", PLACES),
        ("FREQ=YEARLY;BYMONTH=1;BYSETPOS=0", PLACES),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS chooses among the days of another part"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", NEVER),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=5", NEVER),
    ],
)  # fmt: skip
def test_what_is_no_days_or_never_comes_is_refused(rule: str, words: str):
    with pytest.raises(RuleProblem) as refused:
        parse_rule(rule, on("2026-01-01"))
    assert str(refused.value) == words


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=1;COUNT=1;WKST=SU",
        "FREQ=DAILY;INTERVAL=999;COUNT=1000;WKST=MO",
        "FREQ=WEEKLY;UNTIL=20260101;WKST=TU",
        "FREQ=WEEKLY;UNTIL=20991231;WKST=WE",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;WKST=TH",
        f"FREQ=WEEKLY;BYDAY={SIXTY_ONE}",
        "FREQ=MONTHLY;BYDAY=5MO,-5SU;WKST=FR",
        "FREQ=MONTHLY;BYMONTHDAY=31,-31,+1;BYSETPOS=366,-366,1;WKST=SA",
        "FREQ=YEARLY;BYDAY=53MO,-53SU",
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=1",
        "FREQ=YEARLY;BYMONTH=1,12;BYSETPOS=1",
    ],
)
def test_a_rule_at_its_limits_is_taken(rule: str):
    assert parse_rule(f" rrule:{rule.lower()}\n", on("2026-01-01")) == Rule(rule, on("2026-01-01"))


@pytest.mark.parametrize(
    ("rule", "most"),
    [
        ("FREQ=MONTHLY;BYDAY=1MO,6MO", 5),
        ("FREQ=MONTHLY;BYDAY=1MO,-30MO", 5),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=6MO", 5),
        ("FREQ=YEARLY;BYDAY=54MO", 53),
        ("FREQ=YEARLY;BYDAY=-54MO", 53),
    ],
)
def test_no_month_has_a_sixth_monday_and_no_year_a_fifty_fourth(rule: str, most: int):
    with pytest.raises(RuleProblem) as refused:
        parse_rule(rule, on("2026-01-01"))
    assert str(refused.value) == f"BYDAY counts up to {most} here"


def test_the_counted_days_of_a_year_and_of_its_months():
    assert days("FREQ=YEARLY;BYDAY=53TH", "2026-01-01", "2032-12-31") == [
        "2026-12-31", "2032-12-30",
    ]  # fmt: skip
    assert days("FREQ=YEARLY;BYMONTH=11;BYDAY=5SU,-1MO", "2026-01-01", "2027-12-31") == [
        "2026-11-29", "2026-11-30", "2027-11-29",
    ]  # fmt: skip


def test_other_days_and_other_months_keep_their_31st_as_it_is():
    assert days("FREQ=MONTHLY;BYDAY=-1FR", "2026-01-31", "2026-04-01") == [
        "2026-02-27", "2026-03-27",
    ]  # fmt: skip
    assert days("FREQ=MONTHLY;BYDAY=1FR;BYSETPOS=1", "2026-01-31", "2026-03-31") == [
        "2026-02-06", "2026-03-06",
    ]  # fmt: skip
    assert days("FREQ=MONTHLY;BYMONTH=1,2,3;BYSETPOS=1", "2026-01-31", "2026-12-31") == [
        "2026-01-31", "2026-03-31",
    ]  # fmt: skip
    assert days("FREQ=YEARLY;BYMONTH=2,3", "2026-01-31", "2027-12-31") == [
        "2026-03-31", "2027-03-31",
    ]  # fmt: skip
    assert days("FREQ=DAILY;INTERVAL=30", "2026-01-31", "2026-04-01") == [
        "2026-01-31", "2026-03-02", "2026-04-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("2027-01-28", ["2027-01-28", "2027-02-28", "2027-03-28"]),
        ("2027-01-29", ["2027-01-29", "2027-02-28", "2027-03-29"]),
        ("2027-01-31", ["2027-01-31", "2027-02-28", "2027-03-31"]),
    ],
)
def test_a_months_end_is_meant_from_the_29th_on(start: str, found: list[str]):
    assert days("FREQ=MONTHLY;WKST=MO", start, "2027-04-01") == found
    assert days("FREQ=MONTHLY;COUNT=3", start, "2028-01-01") == found


def test_the_span_of_days_has_both_its_ends():
    daily = parse_rule("FREQ=DAILY", on("2026-01-10"))

    assert daily.days(on("2026-01-11"), on("2026-01-12")) == [on("2026-01-11"), on("2026-01-12")]
    assert daily.days(on("2026-01-01"), on("2026-01-10")) == [on("2026-01-10")]
    assert daily.days(on("2026-01-01"), on("2026-01-09")) == []
    assert daily.days(date.min, date.min) == []


def test_the_first_day_from_a_day_on():
    yearly = parse_rule("FREQ=YEARLY;INTERVAL=10", on("2026-01-10"))

    assert yearly.first_from(date.min) is None
    assert yearly.first_from(on("2026-01-10")) == on("2026-01-10")
    assert yearly.first_from(on("2026-01-11")) == on("2036-01-10")
    ended = parse_rule("FREQ=DAILY;COUNT=2", on("2026-01-10"))
    assert ended.first_from(on("2026-01-11")) == on("2026-01-11")
    assert ended.first_from(on("2026-01-12")) is None
    # 3,660 days are ten years with all their leap days, and a few more.
    start = on("2026-01-10")
    assert yearly.first_from(start - timedelta(days=3_660)) == start
    assert yearly.first_from(start - timedelta(days=3_661)) is None
