"""What comes again, without a server: days of rules, matching, forecast and detection."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kit.money import Money
from ledger.domain.errors import InvalidFields
from ledger.domain.payee import payee_id
from ledger.domain.recurring.detect import Detected, detect
from ledger.domain.recurring.forecast import Expected, expected, forecast
from ledger.domain.recurring.match import Occurrence, Sighting, State, occurrences
from ledger.domain.recurring.rule import RuleProblem, parse_rule
from ledger.domain.recurring.series import NoOccurrence, Series, SeriesDraft, SeriesKind
from ledger.domain.transaction import TransactionInput

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = NOW.date()


def on(text: str) -> date:
    return date.fromisoformat(text)


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


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "MONTHLY",
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=MINUTELY;INTERVAL=99999",
        "FREQ=DAILY;BYHOUR=1",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=1000",
        "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20270101T000000Z",
        "FREQ=DAILY;UNTIL=20250101",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;BYMONTHDAY=31",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=5",
        "FREQ=YEARLY;BYEASTER=1",
        "FREQ=DAILY\nDTSTART:20200101",
        "FREQ=DAILY;" + "X" * 300,
    ],
)
def test_what_is_no_days_or_never_comes_is_refused(rule: str):
    with pytest.raises(RuleProblem):
        parse_rule(rule, on("2026-01-01"))


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


def series(
    payee: str = "Netflix",
    units: int = -12_99,
    start: str = "2026-01-05",
    rule: str = "FREQ=MONTHLY",
    *,
    id_: str = "s",
    made: str = "2026-01-01",
    **more: object,
) -> Series:
    template = TransactionInput("acc", start, Money(units, "EUR"), payee)
    template = replace(template, to_account_id=str(more.pop("to", "")))
    draft = SeriesDraft(str(more.pop("name", "")), template, rule, **more)  # type: ignore[arg-type]
    return draft.made(id=id_, owner="anna", today=on(made), now=NOW)


def seen(
    day: str, units: int = -12_99, payee: str = "NETFLIX", id_: str = "", to: str = ""
) -> Sighting:
    known_payee = payee_id(payee)
    return Sighting(on(day), id_ or f"{day}{units}", "acc", to, known_payee, payee, units, "EUR")


def states(
    all_series: Sequence[Series], sightings: Sequence[Sighting], to: str = "2026-06-30"
) -> list[tuple[str, str]]:
    rows = occurrences(all_series, sightings, from_=on("2026-01-01"), to=on(to), today=TODAY)
    return [(row.day.isoformat(), row.state.value) for row in rows]


def test_expected_stands_against_arrived_and_the_missed_stay():
    found = states([series()], [seen("2026-01-07")], "2026-04-30")

    assert found == [
        ("2026-01-05", "arrived"),
        ("2026-02-05", "missed"),
        ("2026-03-05", "missed"),
        ("2026-04-05", "upcoming"),
    ]
    late = series(start="2026-03-18")
    assert states([late], [], "2026-03-31") == [("2026-03-18", "due")]


def test_skipping_settling_and_reopening_a_day():
    one = series()
    paid = seen("2026-02-25", -99_00, "Somebody else", "t1")

    settled = one.with_settled(on("2026-02-05"), "t1").with_skipped(on("2026-03-05"))

    assert states([settled], [paid], "2026-03-31") == [
        ("2026-01-05", "missed"),
        ("2026-02-05", "arrived"),
        ("2026-03-05", "skipped"),
    ]
    # Deleted since: it is open again.
    assert states([settled], [], "2026-02-28")[-1] == ("2026-02-05", "missed")
    reopened = settled.reopened(on("2026-03-05"))
    assert states([reopened], [paid], "2026-03-31")[-1] == ("2026-03-05", "missed")
    with pytest.raises(NoOccurrence):
        one.with_skipped(on("2026-03-06"))


def test_another_price_is_marked_and_quite_another_amount_is_something_else():
    rows = occurrences(
        [series()],
        [seen("2026-01-05", -14_99), seen("2026-02-05", -80_00), seen("2026-03-05", 12_99)],
        from_=on("2026-01-01"),
        to=on("2026-03-31"),
        today=TODAY,
    )

    assert [(row.state, row.price_changed) for row in rows] == [
        (State.ARRIVED, True),
        (State.MISSED, False),
        (State.MISSED, False),
    ]


def test_an_amount_within_its_range_is_no_change():
    power = series("Power", -60_00, low=Money(-90_00, "EUR"), high=Money(-40_00, "EUR"))

    rows = occurrences(
        [power],
        [seen("2026-01-05", -88_00, "Power")],
        from_=on("2026-01-01"),
        to=on("2026-01-31"),
        today=TODAY,
    )

    assert [(row.state, row.price_changed) for row in rows] == [(State.ARRIVED, False)]


def test_a_transfer_arrives_only_as_the_same_transfer():
    saving = series("", -50_00, to="sav", name="Saving")

    found = states(
        [saving],
        [
            seen("2026-01-05", -50_00, "", "a", to="sav"),
            seen("2026-02-05", -51_00, "", "b", to="sav"),
            seen("2026-03-05", -50_00, "", "c", to="other"),
        ],
        "2026-03-31",
    )

    assert [state for _, state in found] == ["arrived", "missed", "missed"]
    assert saving.kind is SeriesKind.TRANSFER


SEEN = st.lists(
    st.tuples(st.integers(0, 120), st.integers(-3000, -300), st.sampled_from(["A", "B"])),
    max_size=25,
)


@settings(max_examples=200)
@given(SEEN, st.randoms(use_true_random=False))
def test_each_transaction_is_at_most_one_day_of_one_series_in_whatever_order_they_come(
    rows: list[tuple[int, int, str]], chance: random.Random
):
    sightings = [
        seen((on("2026-01-01") + timedelta(days=day)).isoformat(), units, payee, str(number))
        for number, (day, units, payee) in enumerate(rows)
    ]
    all_series = [
        series("A", -10_00, id_="1", rule="FREQ=WEEKLY"),
        series("A", -12_00, id_="2"),
        series("B", -20_00, id_="3", rule="FREQ=DAILY;INTERVAL=10"),
    ]

    def found(some: list[Sighting], them: list[Series]) -> list[Occurrence]:
        to = on("2026-05-01")
        return list(occurrences(them, some, from_=on("2026-01-01"), to=to, today=TODAY))

    first = found(sightings, all_series)
    chance.shuffle(sightings)
    chance.shuffle(all_series)

    assert found(sightings, all_series) == first
    arrived = [row.arrived for row in first if row.arrived]
    assert len({s.transaction_id for s in arrived}) == len(arrived)
    for row in first:
        if row.arrived:
            assert abs(row.days_late(TODAY)) <= row.series.tolerance_days
            assert row.arrived.payee_id == row.series.payee_id
    for late, early in ((a, b) for a in first for b in first if a.series is b.series):
        assert late is early or late.day != early.day


@given(
    balance=st.integers(-1000, 1000),
    ahead=st.integers(0, 90),
    booked=st.lists(
        st.tuples(st.sampled_from(["acc", "sav"]), st.integers(-5, 95), st.integers(-500, 500)),
        max_size=20,
    ),
    units=st.integers(1, 300),
    skip=st.booleans(),
)
def test_a_forecast_is_what_living_through_the_days_gives(
    balance: int, ahead: int, booked: list[tuple[str, int, int]], units: int, skip: bool
):
    bill = series("A", -units, "2026-03-19", "FREQ=WEEKLY", id_="1", made="2026-03-01")
    move = series("", -20, "2026-03-25", "FREQ=DAILY;INTERVAL=9", id_="2", to="sav", name="M")
    wage = series("C", 400, "2026-03-31", id_="3")
    missed = series("D", -77, "2026-03-01", "FREQ=MONTHLY", id_="4")
    if skip:
        bill = bill.with_skipped(on("2026-03-26"))
    last = TODAY + timedelta(days=ahead)
    rows = occurrences([bill, move, wage, missed], [], from_=date.min, to=last, today=TODAY)
    flows = [Expected(id_, TODAY + timedelta(days=day), u) for id_, day, u in booked if day > 0]

    found = forecast(
        account_id="acc",
        currency="EUR",
        balance=balance,
        flows=[*flows, *expected(rows, today=TODAY)],
        today=TODAY,
        days=ahead,
    )

    held, day, lived = balance, TODAY, []
    while day <= last:
        if day == TODAY:
            held -= units  # yesterday's bill may still come
        if day > TODAY and (day - on("2026-03-19")).days % 7 == 0:
            held -= 0 if skip and day == on("2026-03-26") else units
        if day >= on("2026-03-25") and (day - on("2026-03-25")).days % 9 == 0:
            held -= 20
        if day in (on("2026-03-31"), on("2026-04-30"), on("2026-05-31")):
            held += 400
        if day > TODAY and day.day == 1:
            held -= 77
        gone = (day - TODAY).days
        held += sum(u for id_, n, u in booked if id_ == "acc" and n > 0 and n == gone)
        lived.append(held)
        day += timedelta(days=1)
    assert [point.balance for point in found.points] == lived
    assert found.lowest.balance == min(lived)
    assert found.lowest.day == TODAY + timedelta(days=lived.index(min(lived)))


def test_what_is_wrong_with_a_series_is_told_at_once():
    template = TransactionInput("", "2026-02-31", Money(0, "EUR"))
    draft = SeriesDraft("", template, "FREQ=SECONDLY", Money(1, "USD"), tolerance_days=99)

    with pytest.raises(InvalidFields) as refused:
        draft.made(id="s", owner="o", today=TODAY, now=NOW)

    assert {field for field, _ in refused.value.fields} == {
        "name", "tolerance_days", "low", "transaction.payee", "transaction.account_id",
        "transaction.date", "transaction.amount",
    }  # fmt: skip


def monthly(payee: str, units: int, day: int, months: int, jitter: int = 0) -> list[Sighting]:
    chance = random.Random(f"{payee}{day}")
    found = []
    for back in range(months):
        month = TODAY.year * 12 + TODAY.month - 2 - back
        base = date(month // 12, month % 12 + 1, day)
        moved = base + timedelta(days=chance.randint(-jitter, jitter))
        found.append(seen(moved.isoformat(), units, payee))
    return found


def detected(*groups: list[Sighting]) -> list[Detected]:
    return list(detect([s for group in groups for s in group], today=TODAY))


def test_income_and_bills_are_found_apart_with_their_evidence():
    found = detected(monthly("ACME", 3_200_00, 27, 8, 2), monthly("Rent", -900_00, 1, 8))

    kinds = {each.payee: each for each in found}
    assert kinds["ACME"].kind is SeriesKind.INCOME
    assert kinds["Rent"].kind is SeriesKind.BILL
    rent = kinds["Rent"]
    assert (rent.interval.name, rent.rule, rent.amount) == ("monthly", "FREQ=MONTHLY", -900_00)
    assert rent.next_on == on("2026-03-01")
    assert [s.day.day for s in rent.evidence] == [1] * 8
    assert rent.confidence == 100
    assert 80 <= kinds["ACME"].confidence <= 100
    assert abs(kinds["ACME"].next_on.day - 27) <= 2


def test_weekly_quarterly_and_yearly_series_are_found_too():
    def every(days_apart: int, times: int, payee: str) -> list[Sighting]:
        last = TODAY - timedelta(days=2)
        return [
            seen((last - timedelta(days=days_apart * n)).isoformat(), -5_00, payee)
            for n in range(times)
        ]

    found = detected(
        every(7, 6, "Box"), every(14, 5, "Clean"), every(91, 4, "Tax"), every(365, 2, "Domain")
    )

    assert {each.payee: each.interval.name for each in found} == {
        "Box": "weekly", "Clean": "fortnightly", "Tax": "quarterly", "Domain": "yearly",
    }  # fmt: skip
    assert all(each.next_on > TODAY for each in found)


def test_the_last_day_of_each_month_is_seen_as_such():
    ends = ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28"]

    (found,) = detected([seen(day, -7_00, "Fee") for day in ends])

    assert found.rule == "FREQ=MONTHLY;BYMONTHDAY=-1"
    assert found.next_on == on("2026-03-31")


def test_a_new_price_counts_once_it_came_twice():
    old, new = monthly("Netflix", -12_99, 5, 8)[2:], monthly("Netflix", -14_99, 5, 2)

    (found,) = detected(old, new)

    assert (found.amount, found.low, found.high) == (-14_99, -14_99, -12_99)


def test_two_subscriptions_of_one_payee_are_two_series():
    found = detected(monthly("Apple", -99, 3, 7), monthly("Apple", -9_99, 17, 7))

    assert sorted(each.amount for each in found) == [-9_99, -99]
    assert len({each.id for each in found}) == 2


def test_shopping_transfers_and_what_has_ended_are_no_series():
    chance = random.Random(7)
    shopping = [
        seen(
            (TODAY - timedelta(days=chance.randint(0, 300))).isoformat(),
            -chance.randint(5, 9000),
            "Shop",
        )
        for _ in range(60)
    ]
    ended = [replace(s, day=s.day - timedelta(days=120)) for s in monthly("Gym", -30_00, 4, 8)]
    transfers = [replace(s, to_account_id="sav") for s in monthly("Save", -30_00, 4, 8)]

    assert detected(shopping, ended, transfers, monthly("Twice", -5_00, 9, 2)) == []


def test_the_same_series_has_the_same_id_when_it_is_found_again():
    (first,) = detected(monthly("Rent", -900_00, 1, 5))
    (again,) = detected(monthly("RENT!", -900_00, 1, 5), monthly("Rent", -910_00, 1, 1))

    assert first.id == again.id
