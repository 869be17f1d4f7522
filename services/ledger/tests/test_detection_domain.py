"""What comes again by itself: which series a history shows, with which figures."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from plan_ground import on, seen

from ledger.domain.recurring.detect import INTERVALS, Detected, Interval, detect
from ledger.domain.recurring.match import Sighting
from ledger.domain.recurring.series import SeriesKind

TODAY = on("2026-03-20")


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


def spaced(*gaps: int, last: str = "2026-03-18", units: Sequence[int] = ()) -> list[Sighting]:
    """One more than there are gaps (in days), the last of them on the day."""
    days = [on(last)]
    for gap in reversed(gaps):
        days.insert(0, days[0] - timedelta(days=gap))
    amounts = units or [-5_00] * len(days)
    return [seen(d.isoformat(), u, "Box") for d, u in zip(days, amounts, strict=True)]


def the_one(*gaps: int, last: str = "2026-03-18", units: Sequence[int] = ()) -> Detected:
    (found,) = detected(spaced(*gaps, last=last, units=units))
    return found


@pytest.mark.parametrize(
    ("name", "once", "twice"),
    [
        ("weekly", (6, 8), (12, 16)),
        ("fortnightly", (13, 15), (26, 30)),
        ("monthly", (25, 36), (50, 72)),
        ("quarterly", (85, 98), (170, 196)),
        ("yearly", (355, 376), (710, 752)),
    ],
)
def test_how_many_intervals_a_gap_is(name: str, once: tuple[int, int], twice: tuple[int, int]):
    (interval,) = [known for known in INTERVALS if known.name == name]

    def counts(shortest: int, longest: int) -> list[int]:
        return [interval.count(gap) for gap in (shortest - 1, shortest, longest, longest + 1)]

    assert counts(*once) == [0, 1, 1, 0]
    assert counts(*twice) == [0, 2, 2, 0]


@pytest.mark.parametrize(
    ("gap", "least", "name", "rule", "next_on"),
    [
        (7, 4, "weekly", "FREQ=WEEKLY", "2026-03-25"),
        (14, 4, "fortnightly", "FREQ=WEEKLY;INTERVAL=2", "2026-04-01"),
        (31, 3, "monthly", "FREQ=MONTHLY", "2026-04-15"),
        (91, 3, "quarterly", "FREQ=MONTHLY;INTERVAL=3", "2026-06-17"),
        (365, 2, "yearly", "FREQ=YEARLY", "2027-03-18"),
    ],
)
def test_each_interval_must_have_been_seen_so_often(gap, least, name, rule, next_on):
    found = the_one(*[gap] * (least - 1))

    assert (found.interval.name, found.rule, found.next_on) == (name, rule, on(next_on))
    # What was seen no oftener than that is never certain.
    assert (found.confidence, the_one(*[gap] * least).confidence) == (90, 100)
    assert detected(spaced(*[gap] * (least - 2))) == []


@pytest.mark.parametrize(("gap", "days"), [(7, 12), (14, 22), (30, 54), (91, 147), (365, 564)])
def test_what_has_not_come_for_one_and_a_half_of_its_time_has_ended(gap: int, days: int):
    def ago(number: int) -> list[Detected]:
        last = (TODAY - timedelta(days=number)).isoformat()
        return detected(spaced(*[gap] * 4, last=last))

    assert len(ago(days)) == 1
    assert ago(days + 1) == []


@pytest.mark.parametrize(
    ("gaps", "units", "confidence"),
    [
        # Days: each that was left out counts half, each other one nothing.
        ((7, 7, 14, 7), (), 90),
        ((7, 7, 10, 7), (), 81),
        ((30, 30, 50), (), 87),
        ((30, 30, 45), (), 75),
        ((30, 30, 45, 45), (), None),
        # Amounts: those within a quarter of the middle one.
        ((30, 30, 30, 30), (-100, -100, -100, -125, -75), 100),
        ((30, 30, 30, 30), (-100, -100, -100, -126, -75), 95),
        ((30, 30, 30, 30), (-100, -100, -100, -125, -74), 95),
        ((30, 30, 30, 30), (100, 100, 100, 126, 74), 90),
        ((30, 30, 45), (-100, -290, -310, -800), 62),
        ((30, 30, 45), (-100, -200, -400, -800), None),
        ((30, 30, 30, 30, 45), (-100, -200, -300, -700, -900, -1100), 60),
        ((30, 30, 30, 60, 45), (-100, -200, -300, -700, -900, -1100), None),
        # Seen but so often.
        ((30, 30), (-100, -200, -400), 75),
    ],
)
def test_how_sure_a_series_is(gaps, units, confidence: int | None):
    found = detected(spaced(*gaps, units=units))

    assert [series.confidence for series in found] == ([] if confidence is None else [confidence])


def test_the_next_fortnight_is_from_the_last_that_was_seen():
    assert the_one(14, 14, 13, last="2026-03-17").next_on == on("2026-03-31")


def test_a_week_left_out_is_no_fortnight():
    assert the_one(7, 14, 14).interval.name == "weekly"
    assert the_one(7, 14, 14, 14).interval.name == "fortnightly"
    assert the_one(14, 14, 28, 14).interval.name == "fortnightly"


@pytest.mark.parametrize(
    ("units", "usual"),
    [
        ((-12_99, -12_99, -14_99), -12_99),
        ((-12_99, -14_99, -14_99), -14_99),
        ((-10_00, -12_00, -11_00), -11_00),
        ((-20_00, -20_00, -20_00, -10_00, -12_00, -11_00), -11_00),
        ((-10_00, -12_00), -12_00),
        ((10_00, 12_00), 10_00),
    ],
)
def test_what_is_usual_now(units: Sequence[int], usual: int):
    gap = 365 if len(units) == 2 else 30
    found = the_one(*[gap] * (len(units) - 1), units=units)

    assert (found.amount, found.low, found.high) == (usual, min(units), max(units))


QUARTERLY = "FREQ=MONTHLY;INTERVAL=3"


@pytest.mark.parametrize(
    ("days", "rule", "next_on"),
    [
        # A first of the month that weekends moved.
        (["2025-12-01", "2026-01-01", "2026-02-03"], "FREQ=MONTHLY", "2026-03-01"),
        (["2025-12-28", "2026-01-28", "2026-03-01"], "FREQ=MONTHLY", "2026-03-28"),
        (["2025-12-01", "2026-01-01", "2026-01-30"], "FREQ=MONTHLY", "2026-03-01"),
        (["2025-12-15", "2026-01-15", "2026-02-15"], "FREQ=MONTHLY", "2026-03-15"),
        # The next is twenty days away, or it is the one after.
        (["2025-12-01", "2026-01-01", "2026-02-06", "2026-03-12"], "FREQ=MONTHLY", "2026-04-01"),
        (["2025-12-01", "2026-01-01", "2026-02-06", "2026-03-13"], "FREQ=MONTHLY", "2026-05-01"),
        # Nearest to the last that was seen, the earlier of two as near, within fifteen days.
        (["2025-05-01", "2025-08-01", "2025-11-01", "2026-02-15"], QUARTERLY, "2026-08-01"),
        (["2025-05-01", "2025-08-01", "2025-11-01", "2026-02-16"], QUARTERLY, "2026-06-01"),
        (["2025-04-01", "2025-07-01", "2025-10-01", "2026-01-17"], QUARTERLY, "2026-05-01"),
        # A plain rule from the 31st: at the end of shorter months.
        (["2025-12-31", "2026-01-31", "2026-03-01"], "FREQ=MONTHLY", "2026-03-31"),
        (["2025-12-30", "2026-01-30", "2026-02-28"], "FREQ=MONTHLY", "2026-03-30"),
        (["2025-06-30", "2025-09-30", "2025-12-31"],
         "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "2026-03-31"),
        (["2025-03-01", "2026-03-01"], "FREQ=YEARLY", "2027-03-01"),
        (["2025-08-30", "2025-11-30", "2026-02-28"], QUARTERLY, "2026-05-30"),
    ],
)  # fmt: skip
def test_which_days_a_series_has(days: Sequence[str], rule: str, next_on: str):
    found = detected([seen(day, -5_00, "Box") for day in days])

    assert [(each.rule, each.next_on) for each in found] == [(rule, on(next_on))]


def test_prices_more_than_a_quarter_apart_are_of_two_series():
    def prices(*units: int) -> list[list[int]]:
        groups = [monthly("Apple", u, 3 + 14 * n, 7) for n, u in enumerate(units)]
        return [[s.minor_units for s in each.evidence] for each in detected(*groups)]

    assert prices(-4_00, -5_00) == []
    assert sorted(prices(-4_00, -5_01)) == [[-5_01] * 7, [-4_00] * 7]
    assert sorted(prices(4_00, 5_01)) == [[4_00] * 7, [5_01] * 7]


def test_a_price_that_rises_step_by_step_is_one_price():
    cheap = monthly("Apple", -1_00, 17, 4)
    rising = [
        replace(row, minor_units=units)
        for row, units in zip(
            reversed(monthly("Apple", -1, 3, 4)), (-4_00, -5_00, -6_25, -7_81), strict=True
        )
    ]

    found = detected(cheap, rising)

    assert sorted((each.low, each.high) for each in found) == [(-7_81, -4_00), (-1_00, -1_00)]
    for each in found:
        assert list(each.evidence) == sorted(each.evidence)


def test_accounts_currencies_directions_and_payees_are_apart():
    one = monthly("Box", -5_00, 3, 4)
    others = [
        [replace(row, account_id="other") for row in one],
        [replace(row, currency="USD") for row in one],
        [replace(row, minor_units=5_00) for row in one],
        monthly("Bag", -5_00, 3, 4),
    ]

    found = detected(one, *others)

    assert len({each.id for each in found}) == 5
    assert {(each.account_id, each.currency, each.kind, each.payee) for each in found} == {
        ("acc", "EUR", SeriesKind.BILL, "Box"),
        ("other", "EUR", SeriesKind.BILL, "Box"),
        ("acc", "USD", SeriesKind.BILL, "Box"),
        ("acc", "EUR", SeriesKind.INCOME, "Box"),
        ("acc", "EUR", SeriesKind.BILL, "Bag"),
    }
    assert detected([replace(row, payee_id="") for row in one]) == []


def test_a_cent_comes_in_or_goes_out():
    found = detected(monthly("Box", 1, 3, 4), monthly("Box", -1, 3, 4))

    assert {(each.amount, each.kind) for each in found} == {
        (1, SeriesKind.INCOME), (-1, SeriesKind.BILL),
    }  # fmt: skip
    assert found[0].id != found[1].id


def test_the_surest_come_first_then_by_payee_then_by_id():
    sure, unsure = monthly("Z", -5_00, 3, 4), monthly("A", -5_00, 3, 3)
    two = [*monthly("B", -1_00, 3, 4), *monthly("B", -9_00, 17, 4)]

    found = detected(unsure, sure, two)

    assert [each.payee for each in found] == ["B", "B", "Z", "A"]
    assert found[0].id < found[1].id


def test_what_is_told_of_a_series():
    rows = spaced(*[7] * 25, units=[-7_00, *[-5_00] * 25])
    rows[-1] = replace(rows[-1], payee="BOX Ltd")

    (found,) = detected(rows)

    weekly = Interval("weekly", "FREQ=WEEKLY", 6, 8, 4)
    assert found == Detected(
        id=found.id, kind=SeriesKind.BILL, account_id="acc", payee_id=rows[0].payee_id,
        payee="BOX Ltd", currency="EUR", interval=weekly, rule="FREQ=WEEKLY",
        next_on=on("2026-03-25"), amount=-5_00, low=-7_00, high=-5_00, evidence=rows[2:],
        confidence=99,
    )  # fmt: skip


def test_of_prices_of_one_order_of_size_each_has_its_id():
    small, medium = monthly("Apple", -2_99, 3, 7), monthly("Apple", -5_99, 12, 7)
    large = monthly("Apple", -9_99, 21, 7)
    ids = {each.amount: each.id for each in detected(large, small, medium)}

    assert len(set(ids.values())) == 3
    assert ids[-2_99] == detected(small)[0].id
    assert ids[-5_99] == "4d7be8238212c0897b2e9513f1190232"


def test_an_id_is_the_same_for_ever_and_of_each_order_of_size_another():
    def id_of(units: int) -> str:
        return the_one(30, 30, 30, units=[units] * 4).id

    # What a person has called "not recurring" is kept by this id.
    assert id_of(-5_00) == id_of(-9_99) == id_of(-1_00)
    assert id_of(-5_00) == "a12cacafef6eed5544e074f2e5fb2668"
    assert id_of(-10_00) != id_of(-9_99) != id_of(-99)
    assert the_one(7, 7, 7).id != the_one(14, 14, 14).id
