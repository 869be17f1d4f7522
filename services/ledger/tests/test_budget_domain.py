"""Budgets and goals without a server: periods, pace, rollover beside a naive model, and what each
month has to bring."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.money import Money
from ledger.domain.budget import (
    Budget,
    BudgetChange,
    BudgetDraft,
    Rollover,
    Scope,
    ScopeKind,
    Term,
    covered,
    with_descendants,
)
from ledger.domain.budget_suggestion import Suggestion
from ledger.domain.category import Category, CategoryKind
from ledger.domain.errors import InvalidFields
from ledger.domain.goal import Goal, GoalChange, GoalStanding
from ledger.domain.pace import Spent, needed_from, paces
from ledger.domain.spans import Days, Every, period_after, period_of, periods

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TODAY = NOW.date()
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
RECURRING = st.sampled_from([Every.WEEK, Every.MONTH, Every.QUARTER, Every.YEAR])


def eur(minor_units: int) -> Money:
    return Money(minor_units, "EUR")


def budget(
    every: Every = Every.MONTH,
    amount: int = 400_00,
    start: str = "2026-01-01",
    **more: object,
) -> Budget:
    draft = BudgetDraft(
        "Food",
        Scope(ScopeKind.CATEGORY, "food"),
        every,
        eur(amount),
        start,
        **more,  # type: ignore[arg-type]
    )
    draft.check()
    return draft.made(id="b", owner="anna", week_begins=0, today=TODAY, now=NOW)


def on(text: str) -> date:
    return date.fromisoformat(text)


@given(every=RECURRING, anchor=DAYS, days=st.lists(DAYS, min_size=2, max_size=2).map(sorted))
def test_periods_cover_each_day_once(every: Every, anchor: date, days: list[date]):
    first, last = days
    found = list(periods(every, first, last, anchor))

    assert found[0].holds(first)
    assert found[-1].holds(last)
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found))
    assert all(period_of(every, p.last, anchor) == p for p in found)


def test_weeks_begin_where_the_book_says_they_do():
    sunday = BudgetDraft("W", Scope(ScopeKind.TAG, "a"), Every.WEEK, eur(1), "2026-11-22")

    made = sunday.made(id="b", owner="o", week_begins=6, today=TODAY, now=NOW)
    monday = sunday.made(id="b", owner="o", week_begins=0, today=TODAY, now=NOW)

    assert made.period_of(TODAY) == Days(on("2026-11-22"), on("2026-11-28"))
    assert monday.period_of(TODAY) == Days(on("2026-11-16"), on("2026-11-22"))


def test_a_span_of_whole_months_is_followed_by_as_many_months():
    summer = Days(on("2026-07-01"), on("2026-08-31"))
    trip = Days(on("2026-07-03"), on("2026-07-12"))

    assert period_after(Every.SPAN, summer) == Days(on("2026-09-01"), on("2026-10-31"))
    assert period_after(Every.SPAN, trip) == Days(on("2026-07-13"), on("2026-07-22"))


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


def test_a_new_amount_leaves_earlier_periods_as_they_were():
    before = budget(amount=100)
    change = BudgetChange(amount=eur(150), since="2026-11-20")

    after = before.changed_by(change, today=TODAY)

    assert [after.planned(p) for p in after.periods(on("2026-09-01"), on("2026-12-31"))] == [
        100, 100, 150, 150,
    ]  # fmt: skip
    again = after.changed_by(BudgetChange(amount=eur(90), since="2026-10-01"), today=TODAY)
    assert [again.planned(p) for p in again.periods(on("2026-09-01"), on("2026-12-31"))] == [
        100, 90, 150, 150,
    ]  # fmt: skip


def test_an_end_keeps_the_period_that_holds_it_and_no_later_one():
    ended = budget().changed_by(BudgetChange(ends_on="2026-03-10"), today=TODAY)

    assert [p.first.month for p in ended.periods(on("2026-01-01"), on("2026-12-31"))] == [1, 2, 3]
    assert ended.period_of(TODAY) is None
    assert ended.changed_by(BudgetChange(ends_on=""), today=TODAY).period_of(TODAY) is not None


def test_covering_moves_the_plan_of_one_period_alone_and_keeps_the_sum():
    food, fun = budget(amount=400_00), replace(budget(amount=100_00), id="fun")

    (giver, period), (taker, _) = covered(food, fun, amount=eur(40_00), on=TODAY)

    following = period_after(Every.MONTH, period)
    assert (giver.planned(period), taker.planned(period)) == (360_00, 140_00)
    assert (giver.planned(following), taker.planned(following)) == (400_00, 100_00)
    assert giver.copied_forward(period).planned(following) == 360_00
    with pytest.raises(InvalidFields, match="has only 400"):
        covered(food, fun, amount=eur(400_01), on=TODAY)


def test_all_that_is_wrong_with_a_budget_is_told_at_once():
    draft = BudgetDraft("", None, None, Money(-1, "XXY"), "2026-02-30", "soon", thresholds=(0,))

    with pytest.raises(InvalidFields) as refused:
        draft.check()

    assert {field for field, _ in refused.value.fields} == {
        "name", "scope", "every", "amount.currency", "amount", "starts_on", "ends_on", "thresholds",
    }  # fmt: skip


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


def test_a_category_counts_with_all_below_it():
    parents = {"food": "", "coffee": "food", "beans": "coffee", "fuel": "car", "car": ""}

    assert with_descendants("food", parents) == {"food", "coffee", "beans"}
    assert with_descendants("loop", {"loop": "loop"}) == {"loop"}


def test_suggestions_are_the_middle_and_the_mean_of_the_months():
    category = Category("c", "anna", "Food", CategoryKind.EXPENSE)

    assert Suggestion(category, "EUR", [100, 900, 300]).median == 300
    assert Suggestion(category, "EUR", [100, 900, 300, 200]).median == 250
    assert Suggestion(category, "EUR", [100, 900, 300]).mean == 433


def goal(target: int = 1_000_00, by: str = "2027-02-15", start: str = "2026-11-22") -> Goal:
    return Goal("g", "anna", "Bike", eur(target), on(by), (), on(start), 0, NOW, NOW)


def test_the_months_bring_the_goal_to_the_cent_and_the_last_takes_the_remainder():
    standing = GoalStanding(goal(), balance=0, today=TODAY)

    assert standing.plan == [
        ("2026-11", 250_00), ("2026-12", 250_00), ("2027-01", 250_00), ("2027-02", 250_00),
    ]  # fmt: skip
    odd = GoalStanding(goal(), balance=100_01, today=on("2026-12-24"))
    assert odd.plan == [("2026-12", 299_99), ("2027-01", 299_99), ("2027-02", 300_01)]


@given(target=st.integers(1, 10**9), saved=st.integers(-(10**6), 10**9), by=DAYS, today=DAYS)
def test_a_plan_adds_up_to_what_is_missing(target: int, saved: int, by: date, today: date):
    standing = GoalStanding(
        replace(goal(target), target_date=by, starts_on=min(by, today)), saved, today
    )

    amounts = [units for _, units in standing.plan]

    assert sum(amounts) == standing.missing == max(target - saved, 0)
    assert standing.is_reached == (not amounts)
    assert len(set(amounts[:-1])) <= 1
    assert all(0 <= units <= amounts[-1] for units in amounts)


def test_behind_and_ahead_are_told_by_the_amount():
    at = on("2026-12-22")  # 30 of 85 days are gone
    expected = 1_000_00 * 30 // 85

    assert GoalStanding(goal(), balance=expected - 40_00, today=at).behind == 40_00
    assert GoalStanding(goal(), balance=expected + 5_00, today=at).behind == -5_00


def test_a_goal_is_overdue_only_while_it_is_not_reached():
    late = on("2027-03-01")

    assert GoalStanding(goal(), 999_99, late).is_overdue
    assert GoalStanding(goal(), 999_99, late).plan == [("2027-03", 1)]
    assert not GoalStanding(goal(), 1_000_00, late).is_overdue


def test_a_goal_keeps_its_currency_and_its_date_ahead_of_its_start():
    with pytest.raises(InvalidFields) as refused:
        goal().changed_by(GoalChange(target=Money(1, "USD"), target_date="2026-11-22"), now=NOW)

    assert {field for field, _ in refused.value.fields} == {"target", "target_date"}
