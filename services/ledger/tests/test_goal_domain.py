"""Goals without a server: what each month has to bring, and what is refused in which words."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_ground import LATER, NOW, TODAY, goal, on, wrong
from posting_ground import eur, usd

from ledger.domain.errors import VersionMismatch
from ledger.domain.goal import (
    Contribution,
    Goal,
    GoalChange,
    GoalDraft,
    GoalNotFound,
    GoalStanding,
    TooManyGoals,
    foreign_account,
)

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
DRAFT = GoalDraft(" Bike ", eur(1_000_00), "2027-02-15", ("a", "b"))
NO_DATE = "a date YYYY-MM-DD from 1900 to 2200"
BEYOND = "beyond the largest amount that is kept"
AFTER = "must be after 2026-11-22"


def test_a_goal_is_made_as_its_draft_says():
    DRAFT.check(TODAY)

    assert DRAFT.made(id="g", owner="anna", started_with=5, today=TODAY, now=NOW) == Goal(
        "g", "anna", "Bike", eur(1_000_00), on("2027-02-15"), ("a", "b"), TODAY, 5, NOW, NOW
    )


@pytest.mark.parametrize(
    "edge",
    [
        {"name": "n" * 100},
        {"name": " " + "n" * 100 + " "},
        {"target": eur(1)},
        {"target": eur(10**15)},
        {"target_date": "2026-11-23"},
        {"target_date": "2086-12-31"},
        {"account_ids": [str(n) for n in range(20)]},
        {"account_ids": ()},
    ],
)
def test_a_draft_at_its_limits_is_taken(edge):
    draft = replace(DRAFT, **edge)
    draft.check(TODAY)

    made = draft.made(id="g", owner="anna", started_with=0, today=TODAY, now=NOW)
    assert (made.target, made.account_ids) == (draft.target, tuple(draft.account_ids))
    assert made.target_date.isoformat() == draft.target_date


@pytest.mark.parametrize(
    ("beyond", "told"),
    [
        ({"name": " "}, [("name", "must not be empty")]),
        ({"name": "n" * 101}, [("name", "at most 100 characters")]),
        ({"target": eur(0)}, [("target", "must be more than nothing")]),
        ({"target": eur(-1)}, [("target", "must be more than nothing")]),
        ({"target": eur(10**15 + 1)}, [("target", BEYOND)]),
        ({"target": replace(eur(1), currency="EURO")},
         [("target.currency", "'EURO' is not an ISO 4217 currency code")]),
        ({"target_date": "2026-11-22"}, [("target_date", AFTER)]),
        ({"target_date": "2087-01-01"}, [("target_date", "at most 60 years away")]),
        ({"target_date": "2027-02-30"}, [("target_date", NO_DATE)]),
        ({"account_ids": [str(n) for n in range(21)]}, [("account_ids", "at most 20")]),
        ({"account_ids": ["a", "b", "a"]}, [("account_ids", "names an account twice")]),
    ],
)  # fmt: skip
def test_a_draft_beyond_a_limit_is_refused(beyond, told):
    assert wrong(lambda: replace(DRAFT, **beyond).check(TODAY)) == told


def test_all_that_is_wrong_with_a_goal_is_told_at_once():
    draft = GoalDraft("", replace(eur(-(10**15) - 1), currency="?"), "soon", ["a"] * 21)

    assert wrong(lambda: draft.check(TODAY)) == [
        ("name", "must not be empty"),
        ("target.currency", "'?' is not an ISO 4217 currency code"),
        ("target", BEYOND),
        ("target", "must be more than nothing"),
        ("target_date", NO_DATE),
        ("account_ids", "at most 20"),
        ("account_ids", "names an account twice"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (GoalChange(), {}),
        (GoalChange(name=" Tandem "), {"name": "Tandem"}),
        (GoalChange(target=eur(1)), {"target": eur(1)}),
        (GoalChange(target_date="2026-11-23"), {"target_date": on("2026-11-23")}),
    ],
)
def test_a_change_leaves_what_it_does_not_name(change, expected):
    known = replace(goal(), version=4, contributions=(Contribution("2026-11-22", 1),))

    changed = known.changed_by(change, now=LATER)

    assert changed == replace(known, version=5, updated_at=LATER, **expected)


def test_a_change_is_held_to_the_goals_currency_and_start():
    change = GoalChange("n" * 101, usd(0), "2026-11-22")

    assert wrong(lambda: goal().changed_by(change, now=LATER)) == [
        ("name", "at most 100 characters"),
        ("target", "must be more than nothing"),
        ("target", "must be in EUR"),
        ("target_date", AFTER),
    ]
    nameless = GoalChange(" ", target_date="2086-12-32")
    assert wrong(lambda: goal().changed_by(nameless, now=LATER)) == [
        ("name", "must not be empty"), ("target_date", NO_DATE),
    ]  # fmt: skip


def test_only_the_version_that_was_seen_is_changed():
    known = replace(goal(), version=3)
    known.expect(0)
    known.expect(3)
    for version in (1, 2, 4):
        with pytest.raises(VersionMismatch) as refused:
            known.expect(version)
        assert refused.value.metadata == {"current_version": "3"}


@pytest.mark.parametrize(
    "contribution",
    [
        Contribution("2026-11-22", 1),
        Contribution("1900-01-01", -(10**15), "n" * 200),
        Contribution("2200-12-31", 10**15, ""),
    ],
)
def test_a_contribution_is_kept_after_those_before_it(contribution):
    known = replace(goal(), version=2, contributions=(Contribution("2026-11-22", 7),))

    kept = known.contributed(contribution, now=LATER)

    assert kept == replace(
        known,
        version=3,
        updated_at=LATER,
        contributions=(Contribution("2026-11-22", 7), contribution),
    )


def test_all_that_is_wrong_with_a_contribution_is_told_at_once():
    linked = replace(goal(), account_ids=("a",))
    said = Contribution("today", 10**15 + 1, "n" * 201)

    assert wrong(lambda: linked.contributed(said, now=LATER)) == [
        ("date", NO_DATE),
        ("note", "at most 200 characters"),
        ("amount", BEYOND),
        ("id", "this goal's accounts say what is saved"),
    ]
    nothing = Contribution("2026-11-22", 0)
    assert wrong(lambda: goal().contributed(nothing, now=LATER)) == [("amount", "must not be zero")]


def test_a_goal_keeps_a_thousand_contributions():
    one = Contribution("2026-11-22", 1)
    almost = replace(goal(), contributions=(one,) * 999)

    full = almost.contributed(one, now=LATER)

    assert len(full.contributions) == 1_000
    assert wrong(lambda: full.contributed(one, now=LATER)) == [
        ("id", "a goal keeps 1000 contributions")
    ]


def test_refusals_are_told_in_these_words():
    words = "there is no such goal"
    assert (str(GoalNotFound()), GoalNotFound().fields) == (words, (("id", words),))
    assert str(TooManyGoals()) == "a book has at most 100 goals: delete one first"
    assert foreign_account("USD", "EUR", 2).fields == (
        ("account_ids[2]", "is kept in USD, not in EUR"),
    )


def test_contributions_count_from_their_day_on():
    known = replace(
        goal(),
        contributions=(Contribution("2026-11-23", 400_00), Contribution("2026-11-24", 100_00)),
    )

    saved = [GoalStanding(known, 50_01, on(f"2026-11-{day}")).saved for day in (22, 23, 24)]

    assert saved == [50_01, 450_01, 550_01]
    assert GoalStanding(known, 50_01, on("2026-11-23")).saved_percent == 45
    assert GoalStanding(known, -500_00, on("2026-11-23")).saved_percent == 0
    assert GoalStanding(known, 2_000_00, on("2026-11-24")).saved_percent == 250


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-11-01", 100_00),
        ("2026-11-22", 100_00),
        ("2026-11-23", 100_00 + 900_00 * 1 // 85),
        ("2027-02-14", 100_00 + 900_00 * 84 // 85),
        ("2027-02-15", 1_000_00),
        ("2028-01-01", 1_000_00),
    ],
)
def test_the_straight_way_is_from_what_was_there_to_the_target(today, expected):
    known = replace(goal(), started_with=100_00)

    assert GoalStanding(known, 0, on(today)).expected == expected
    one_day = replace(known, target_date=known.starts_on)
    assert GoalStanding(one_day, 0, on(today)).expected == 1_000_00


def test_the_months_bring_the_goal_to_the_cent_and_the_last_takes_the_remainder():
    standing = GoalStanding(goal(), balance=0, today=TODAY)

    assert standing.plan == [
        ("2026-11", 250_00), ("2026-12", 250_00), ("2027-01", 250_00), ("2027-02", 250_00),
    ]  # fmt: skip
    assert (standing.monthly, GoalStanding(goal(), 1_000_00, TODAY).monthly) == (250_00, 0)
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
