"""How budgets stand: pace at the cent, and rollover beside a naive model."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_ground import TODAY, budget, on

from ledger.domain.budget import Budget, Rollover, Term
from ledger.domain.pace import Pace, Spent, needed_from, paces
from ledger.domain.spans import Days, Every

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
RECURRING = st.sampled_from([Every.WEEK, Every.MONTH, Every.QUARTER, Every.YEAR])


def test_pace_says_what_is_spent_with_how_much_of_the_month_gone():
    spent = Spent([(on("2026-11-03"), 200_00), (on("2026-11-12"), 48_00)])

    (pace,) = paces(budget(), spent, from_=TODAY, to=TODAY, today=on("2026-11-12"))

    assert (pace.spent_percent, pace.elapsed_percent) == (62, 40)
    assert (pace.spent, pace.left, pace.expected) == (248_00, 152_00, 160_00)
    assert pace.projected == 620_00
    assert pace.left_per_day == 152_00 // 19
    assert (pace.reached, pace.is_exceeded) == ([], False)


@pytest.mark.parametrize(
    ("units", "reached", "exceeded"),
    [
        (319_99, [], False),
        (320_00, [80], False),
        (400_00, [80, 100], False),
        (400_01, [80, 100], True),
    ],
)
def test_a_threshold_is_reached_at_the_cent(units: int, reached: list[int], exceeded: bool):
    spent = Spent([(TODAY, units)])

    (pace,) = paces(budget(), spent, from_=TODAY, to=TODAY, today=TODAY)

    assert (pace.reached, pace.is_exceeded) == (reached, exceeded)


def test_nothing_planned_is_exceeded_by_a_cent_and_by_nothing_else():
    def pace(*spent: tuple[date, int]):
        found = paces(budget(amount=0), Spent(spent), from_=TODAY, to=TODAY, today=TODAY)
        return found[0].reached, found[0].is_exceeded, found[0].spent_percent

    assert pace() == ([], False, None)
    assert pace((TODAY, 1)) == ([80, 100], True, None)
    assert pace((TODAY, -5)) == ([], False, None)


TERMS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 500), st.sampled_from(list(Rollover))),
    max_size=4,
)


@settings(max_examples=300)
@given(
    every=RECURRING,
    first=st.tuples(st.integers(0, 500), st.sampled_from(list(Rollover))),
    later=TERMS,
    days=st.dictionaries(DAYS, st.integers(-300, 900), max_size=40),
    span=st.lists(DAYS, min_size=2, max_size=2).map(sorted),
    today=DAYS,
)
def test_pace_and_rollover_are_what_counting_day_by_day_gives(
    every: Every,
    first: tuple[int, Rollover],
    later: list[tuple[int, int, Rollover]],
    days: Mapping[date, int],
    span: list[date],
    today: date,
):
    made = budget(every, first[0], "2024-01-01", rollover=first[1])
    all_periods = list(made.periods(date(2024, 1, 1), date(2028, 6, 1)))
    for place, amount, rollover in later:
        made = made.with_term(Term(all_periods[place % len(all_periods)].first, amount, rollover))

    known = [(d, u) for d, u in days.items() if d >= min(needed_from(made, span[0]), span[0])]
    found = paces(made, Spent(known), from_=span[0], to=span[1], today=today)

    expected = naive(made, all_periods, days, today)
    shown = [p for p in all_periods if p.first <= span[1] and p.last >= span[0]]
    assert [p.period for p in found] == shown
    for pace in found:
        assert (pace.planned, pace.carried, pace.spent) == expected[pace.period]


def naive(
    made: Budget, all_periods: list[Days], days: Mapping[date, int], today: date
) -> Mapping[Days, tuple[int, int, int]]:
    """Each period's plan, what came over and what was spent, one day after the other."""
    counted: dict[Days, tuple[int, int, int]] = {}
    left = 0
    for period in all_periods:
        terms = [t for t in sorted(made.terms, key=lambda t: t.since) if t.since <= period.first]
        term = terms[-1]
        carried = {
            Rollover.NONE: 0,
            Rollover.UNSPENT: max(0, left),
            Rollover.ALL: left,
        }[term.rollover]
        spent = 0
        day = period.first
        while day <= period.last:
            spent += days.get(day, 0)
            day += timedelta(days=1)
        counted[period] = term.minor_units, carried, spent
        left = term.minor_units + carried - spent if period.last < today else 0
    return counted


def test_what_was_spent_is_told_of_any_days():
    spent = Spent([(on("2026-11-03"), 5), (on("2026-11-01"), 1), (on("2026-11-03"), -2)])

    def within(first: str, last: str) -> int:
        return spent.within(Days(on(first), on(last)))

    assert within("2026-11-01", "2026-11-03") == 4
    assert within("2026-11-02", "2026-11-03") == within("2026-11-03", "2026-11-03") == 3
    assert within("2026-11-01", "2026-11-02") == 1
    assert within("2026-11-04", "2026-12-31") == 0
    assert Spent().within(Days(on("2026-11-01"), on("2026-11-30"))) == 0


def pace(today: str, spent: int, carried: int = 0) -> Pace:
    november = Days(on("2026-11-01"), on("2026-11-30"))
    return Pace(budget(), november, 300_00, carried, spent, on(today))


@pytest.mark.parametrize(
    ("today", "elapsed", "percent", "expected", "projected", "per_day"),
    [
        ("2026-10-31", 0, 0, 0, None, 210_00 // 30),
        ("2026-11-01", 1, 3, 10_00, 2_700_00, 210_00 // 30),
        ("2026-11-02", 2, 6, 20_00, 1_350_00, 210_00 // 29),
        ("2026-11-30", 30, 100, 300_00, 90_00, 210_00),
        ("2026-12-01", 30, 100, 300_00, 90_00, 0),
    ],
)  # fmt: skip
def test_a_period_before_at_and_after_its_days(
    today, elapsed, percent, expected, projected, per_day
):
    now = pace(today, 90_00)

    assert (now.elapsed_days, now.elapsed_percent, now.expected) == (elapsed, percent, expected)
    assert (now.projected, now.left_per_day, now.left) == (projected, per_day, 210_00)


def test_what_was_carried_over_can_be_spent_or_is_taken_off():
    more, less = pace("2026-11-15", 301_00, 2_00), pace("2026-11-15", 299_00, -2_00)

    assert (more.available, more.left, more.is_exceeded, more.reached) == (
        302_00, 1_00, False, [80],
    )  # fmt: skip
    assert (less.available, less.left, less.is_exceeded, less.reached) == (
        298_00, -1_00, True, [80, 100],
    )  # fmt: skip
    assert (more.spent_percent, less.spent_percent, less.left_per_day) == (99, 100, 0)
    assert pace("2026-11-15", 1, -300_00).spent_percent is None


def test_a_share_is_reached_by_spending_alone():
    assert pace("2026-11-15", 240_00).has_reached(80)
    assert not pace("2026-11-15", 239_99).has_reached(80)
    assert not pace("2026-11-15", 0, -400_00).has_reached(80)
    assert pace("2026-11-15", 1, -400_00).has_reached(80)


def test_what_runs_on_its_last_day_carries_nothing_yet():
    made = budget(amount=100, start="2026-10-01", rollover=Rollover.UNSPENT)

    def carried(today: str) -> list[int]:
        spent = Spent([(on("2026-10-05"), 30)])
        span = {"from_": on("2026-10-01"), "to": on("2026-12-31")}
        return [p.carried for p in paces(made, spent, **span, today=on(today))]

    assert carried("2026-10-31") == [0, 0, 0]
    assert carried("2026-11-01") == [0, 70, 0]
    assert carried("2026-12-01") == [0, 70, 170]


def test_only_periods_that_share_a_day_with_the_span_are_told():
    def months(from_: str, to: str, rollover: Rollover) -> list[int]:
        made = budget(rollover=rollover)
        found = paces(made, Spent(), from_=on(from_), to=on(to), today=TODAY)
        return [p.period.first.month for p in found]

    for rollover in Rollover:
        assert months("2026-03-31", "2026-05-01", rollover) == [3, 4, 5]
        assert months("2026-04-01", "2026-04-30", rollover) == [4]
        assert months("2025-04-01", "2025-12-31", rollover) == []


@pytest.mark.parametrize(
    ("made", "from_", "day"),
    [
        (budget(), "2026-11-22", "2026-11-01"),
        (budget(Every.YEAR), "2026-11-22", "2026-01-01"),
        (budget(rollover=Rollover.UNSPENT), "2026-11-22", "2026-01-01"),
        (budget().with_term(Term(on("2026-05-01"), 1, Rollover.ALL)), "2026-11-22", "2026-01-01"),
        (budget(), "2025-11-22", "2026-01-01"),
        (budget(ends_on="2026-10-31"), "2026-11-22", "2026-11-22"),
    ],
)
def test_the_day_from_which_spending_must_be_known(made: Budget, from_: str, day: str):
    assert needed_from(made, on(from_)) == on(day)
