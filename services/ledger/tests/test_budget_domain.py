"""Budgets without a server: their periods, what a change keeps, and what a move takes."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_ground import LATER, NOW, TODAY, budget, on, wrong
from posting_ground import eur, usd

from ledger.domain.budget import (
    Budget,
    BudgetChange,
    BudgetDraft,
    Move,
    Rollover,
    Scope,
    ScopeKind,
    Term,
    covered,
    with_descendants,
)
from ledger.domain.errors import InvalidFields, VersionMismatch
from ledger.domain.spans import Days, Every, period_after, period_of, periods

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
RECURRING = st.sampled_from([Every.WEEK, Every.MONTH, Every.QUARTER, Every.YEAR])


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


def test_a_category_counts_with_all_below_it():
    parents = {"food": "", "coffee": "food", "beans": "coffee", "fuel": "car", "car": ""}

    assert with_descendants("food", parents) == {"food", "coffee", "beans"}
    assert with_descendants("loop", {"loop": "loop"}) == {"loop"}
    forked = {"a": "", "b": "a", "c": "a", "b1": "b", "c1": "c"}
    assert with_descendants("a", forked) == set(forked)


SPAN = budget(Every.SPAN, start="2026-07-03", ends_on="2026-07-12")
JULY = Days(on("2026-07-03"), on("2026-07-12"))
MONTH = Days(on("2026-11-01"), on("2026-11-30"))


def test_a_span_is_its_only_period():
    assert [SPAN.period_of(on(day)) for day in ("2026-07-02", "2026-07-13")] == [None, None]
    assert [SPAN.period_of(on(day)) for day in ("2026-07-03", "2026-07-12")] == [JULY, JULY]
    assert list(SPAN.periods(on("2026-07-12"), on("2026-12-31"))) == [JULY]
    assert list(SPAN.periods(on("2026-01-01"), on("2026-07-03"))) == [JULY]
    assert list(SPAN.periods(on("2026-07-13"), on("2026-12-31"))) == []
    assert list(SPAN.periods(on("2026-01-01"), on("2026-07-02"))) == []


def test_a_budget_has_periods_from_its_first_to_the_one_that_holds_its_end():
    made = budget(start="2026-02-01", ends_on="2026-04-01")

    assert [p.first for p in made.periods(on("2025-01-01"), on("2027-01-01"))] == [
        on("2026-02-01"), on("2026-03-01"), on("2026-04-01"),
    ]  # fmt: skip
    assert made.period_of(on("2026-01-31")) is None
    assert made.period_of(on("2026-02-01")) == Days(on("2026-02-01"), on("2026-02-28"))
    assert made.period_of(on("2026-04-30")) == Days(on("2026-04-01"), on("2026-04-30"))
    assert made.period_of(on("2026-05-01")) is None
    earlier = replace(made, ends_on=on("2026-03-31"))
    assert earlier.period_of(on("2026-04-01")) is None


def test_a_term_holds_from_its_period_up_to_the_next():
    made = budget(amount=100)
    june, may = Term(on("2026-06-01"), 60, Rollover.ALL), Term(on("2026-05-01"), 50, Rollover.NONE)

    termed = made.with_term(june).with_term(may)

    assert [term.minor_units for term in termed.terms] == [100, 50, 60]
    again = termed.with_term(replace(june, minor_units=66))
    assert [term.minor_units for term in again.terms] == [100, 50, 66]
    held = [(again.planned(p), again.rollover(p)) for p in again.periods(on("2026-04-01"), TODAY)]
    assert held[:4] == [
        (100, Rollover.NONE), (50, Rollover.NONE), (66, Rollover.ALL), (66, Rollover.ALL),
    ]  # fmt: skip
    early = replace(made, terms=(june,))
    assert early.planned(MONTH) == early.planned(Days(on("2026-01-01"), on("2026-01-31"))) == 60


def test_what_was_moved_counts_in_its_period_alone():
    made = budget(amount=100).moved(MONTH, 30, "x").moved(MONTH, -50, "y")

    assert made.moves == (Move(MONTH.first, 30, "x"), Move(MONTH.first, -50, "y"))
    assert made.planned(MONTH) == 80
    assert made.planned(period_after(Every.MONTH, MONTH)) == 100


def test_the_next_period_is_planned_as_this_one_came_to_be_but_never_below_nothing():
    made = budget(amount=100, rollover=Rollover.UNSPENT)
    december = period_after(Every.MONTH, MONTH)
    later = made.with_term(Term(december.first, 7, Rollover.ALL)).moved(MONTH, 20, "x")

    forward = later.copied_forward(MONTH)

    assert forward.terms == (made.terms[0], Term(on("2026-12-01"), 120, Rollover.UNSPENT))
    assert made.moved(MONTH, -101, "x").copied_forward(MONTH).planned(december) == 0
    assert made.moved(MONTH, -99, "x").copied_forward(MONTH).planned(december) == 1


def test_a_budget_follows_its_category_where_it_was_merged():
    merged = {"food": "meals", "b": "c"}
    made = budget()
    tag, account = Scope(ScopeKind.TAG, "food"), Scope(ScopeKind.ACCOUNT, "food")

    assert made.following(merged) == replace(made, scope=Scope(ScopeKind.CATEGORY, "meals"))
    assert made.following({"b": "c"}) == made
    for scope in (tag, account):
        assert replace(made, scope=scope).following(merged).scope == scope


def test_only_the_version_that_was_seen_is_changed():
    known = replace(budget(), version=3)
    known.expect(0)
    known.expect(3)
    for version in (1, 2, 4):
        with pytest.raises(VersionMismatch) as refused:
            known.expect(version)
        assert refused.value.metadata == {"current_version": "3"}


def test_a_budget_is_stored_as_its_next_version_until_its_history_is_full():
    made = replace(budget(), version=4)
    term, move = made.terms[0], Move(TODAY, 1, "x")
    full = replace(made, terms=(term,) * 1_000, moves=(move,) * 1_000)

    assert full.stored(LATER) == replace(full, version=5, updated_at=LATER)
    told = [("amount", "this budget was changed too often: begin a new one")]
    assert wrong(lambda: replace(made, terms=(term,) * 1_001).stored(LATER)) == told
    assert wrong(lambda: replace(made, moves=(move,) * 1_001).stored(LATER)) == told


KNOWN = budget(amount=100, ends_on="2027-12-31", thresholds=(50,), rollover=Rollover.ALL)
NOVEMBER = on("2026-11-01")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (BudgetChange(), {}),
        (BudgetChange(since="2026-10-01"), {}),
        (BudgetChange(name=" N "), {"name": "N"}),
        (BudgetChange(name="n" * 100), {"name": "n" * 100}),
        (BudgetChange(ends_on=""), {"ends_on": None}),
        (BudgetChange(ends_on="2026-01-01"), {"ends_on": on("2026-01-01")}),
        (BudgetChange(thresholds=()), {"thresholds": ()}),
        (BudgetChange(thresholds=(1000, 1, 90, 1)), {"thresholds": (1, 90, 1000)}),
        (BudgetChange(amount=eur(0)),
         {"terms": (*KNOWN.terms, Term(NOVEMBER, 0, Rollover.ALL))}),
        (BudgetChange(amount=eur(10**15)),
         {"terms": (*KNOWN.terms, Term(NOVEMBER, 10**15, Rollover.ALL))}),
        (BudgetChange(rollover=Rollover.NONE),
         {"terms": (*KNOWN.terms, Term(NOVEMBER, 100, Rollover.NONE))}),
        (BudgetChange(amount=eur(7), rollover=Rollover.UNSPENT, since="2026-03-31"),
         {"terms": (*KNOWN.terms, Term(on("2026-03-01"), 7, Rollover.UNSPENT))}),
        (BudgetChange(amount=eur(7), since="2026-01-01"),
         {"terms": (Term(on("2026-01-01"), 7, Rollover.ALL),)}),
    ],
)  # fmt: skip
def test_a_change_leaves_what_it_does_not_name(change: BudgetChange, expected):
    assert KNOWN.changed_by(change, today=TODAY) == replace(KNOWN, **expected)


def test_a_change_before_the_first_period_holds_from_the_first_on():
    changed = KNOWN.changed_by(BudgetChange(amount=eur(9)), today=on("2025-05-05"))

    assert changed.terms == (Term(on("2026-01-01"), 9, Rollover.ALL),)


NO_PERIOD = [("since", "the budget has no period then")]
NO_DATE = "a date YYYY-MM-DD from 1900 to 2200"
BEYOND = "beyond the largest amount that is kept"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (BudgetChange(name=" "), [("name", "must not be empty")]),
        (BudgetChange(name="n" * 101), [("name", "at most 100 characters")]),
        (BudgetChange(thresholds=range(1, 7)), [("thresholds", "at most 5")]),
        (BudgetChange(ends_on="2025-12-31"), [("ends_on", "must not be before starts_on")]),
        (BudgetChange(ends_on="soon"), [("ends_on", NO_DATE)]),
        (BudgetChange(amount=eur(-1)), [("amount", "must not be negative")]),
        (BudgetChange(amount=usd(10**15 + 1)),
         [("amount", BEYOND), ("amount", "must be in EUR")]),
        (BudgetChange(rollover=Rollover.ALL, since="2025-12-31"), NO_PERIOD),
        (BudgetChange(amount=eur(1), since="2028-01-01"), NO_PERIOD),
        (BudgetChange(amount=eur(1), since="2026-02-30"), [("since", NO_DATE)]),
    ],
)  # fmt: skip
def test_a_change_beyond_a_limit_is_refused(change: BudgetChange, told):
    assert wrong(lambda: KNOWN.changed_by(change, today=TODAY)) == told


def test_after_the_last_period_nothing_changes_by_itself():
    change = BudgetChange(amount=eur(1))

    assert wrong(lambda: KNOWN.changed_by(change, today=on("2028-01-01"))) == NO_PERIOD
    assert KNOWN.changed_by(change, today=on("2027-12-31")).terms[-1].since == on("2027-12-01")


@pytest.mark.parametrize("ends_on", ["", "2026-08-01"])
def test_a_span_ends_where_it_was_made_to(ends_on: str):
    assert wrong(lambda: SPAN.changed_by(BudgetChange(ends_on=ends_on), today=TODAY)) == [
        ("ends_on", "a span ends where it was made to: make another")
    ]
    assert SPAN.changed_by(BudgetChange(name="N"), today=TODAY) == replace(SPAN, name="N")


def test_all_that_is_wrong_with_a_change_is_told_at_once():
    change = BudgetChange("", usd(-1), Rollover.ALL, "now", "then", (0,))

    assert wrong(lambda: KNOWN.changed_by(change, today=TODAY)) == [
        ("since", NO_DATE),
        ("name", "must not be empty"),
        ("thresholds", "percents from 1 to 1000"),
        ("ends_on", NO_DATE),
        ("amount", "must not be negative"),
        ("amount", "must be in EUR"),
    ]


FUN = replace(budget(amount=100, start="2026-11-01"), id="fun", name="Fun")


def test_a_move_is_noted_with_both():
    giver, taker = covered(KNOWN, FUN, amount=eur(100), on=TODAY)

    assert giver == (replace(KNOWN, moves=(Move(NOVEMBER, -100, "fun"),)), MONTH)
    assert taker == (replace(FUN, moves=(Move(NOVEMBER, 100, "b"),)), MONTH)
    assert giver[0].planned(MONTH) == 0


@pytest.mark.parametrize(
    ("taker", "amount", "day", "told"),
    [
        (KNOWN, eur(1), "2026-11-22", [("to_budget_id", "must be another budget")]),
        (replace(FUN, currency="USD"), eur(1), "2026-11-22", [("to_budget_id", "must be in EUR")]),
        (FUN, usd(1), "2026-11-22", [("amount", "must be in EUR")]),
        (FUN, eur(0), "2026-11-22", [("amount", "must not be zero")]),
        (FUN, eur(-1), "2026-11-22", [("amount", "must not be negative")]),
        (FUN, eur(101), "2026-11-22", [("amount", "'Food' has only 1.00 EUR planned")]),
        (FUN, eur(1), "2026-10-31", [("on", "one of the budgets has no period then")]),
        (FUN, eur(1), "2028-01-01", [("on", "one of the budgets has no period then")]),
        (replace(KNOWN, currency="USD"), usd(0), "2025-01-01", [
            ("to_budget_id", "must be another budget"),
            ("to_budget_id", "must be in EUR"),
            ("amount", "must be in EUR"),
            ("amount", "must not be zero"),
            ("on", "one of the budgets has no period then"),
        ]),
        (FUN, eur(10**15 + 1), "2026-11-22", [
            ("amount", BEYOND), ("amount", "'Food' has only 1.00 EUR planned"),
        ]),
    ],
)  # fmt: skip
def test_moves_that_are_refused(taker: Budget, amount, day: str, told):
    assert wrong(lambda: covered(KNOWN, taker, amount=amount, on=on(day))) == told
