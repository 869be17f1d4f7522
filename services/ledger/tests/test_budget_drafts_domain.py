"""What a person says of a budget: what it makes, and what is refused in which words."""

from dataclasses import replace

import pytest
from plan_ground import NOW, TODAY, on, wrong
from posting_ground import eur

from kit.money import Money
from ledger.domain.budget import (
    Budget,
    BudgetDraft,
    BudgetNotFound,
    Rollover,
    Scope,
    ScopeKind,
    Term,
    TooManyBudgets,
)
from ledger.domain.spans import Every

FOOD = Scope(ScopeKind.CATEGORY, "food")
DRAFT = BudgetDraft(" Food ", FOOD, Every.MONTH, eur(400_00))
NO_DATE = "a date YYYY-MM-DD from 1900 to 2200"
SPAN = replace(DRAFT, every=Every.SPAN, starts_on="2026-07-03", ends_on="2026-07-12")


def made(draft: BudgetDraft, week_begins: int = 0) -> Budget:
    return draft.made(id="b", owner="anna", week_begins=week_begins, today=TODAY, now=NOW)


def test_a_budget_is_made_as_its_draft_says():
    draft = replace(
        DRAFT,
        starts_on="2026-03-15",
        ends_on="2026-12-31",
        rollover=Rollover.ALL,
        thresholds=(90, 50, 90),
    )
    draft.check()

    march = on("2026-03-01")
    terms = (Term(march, 400_00, Rollover.ALL),)
    assert made(draft) == Budget(
        "b", "anna", "Food", FOOD, Every.MONTH, "EUR", march, on("2026-12-31"), terms, (50, 90),
        NOW, NOW,
    )  # fmt: skip


def test_what_a_draft_leaves_out():
    bare = made(replace(DRAFT, every=None, scope=None))

    assert (bare.every, bare.scope) == (Every.MONTH, Scope(ScopeKind.TAG, ""))
    assert (bare.starts_on, bare.ends_on) == (on("2026-11-01"), None)
    assert bare.thresholds == (80, 100)
    assert bare.terms == (Term(on("2026-11-01"), 400_00, Rollover.NONE),)


@pytest.mark.parametrize(
    ("every", "said", "week_begins", "starts_on"),
    [
        (Every.WEEK, "2026-11-22", 0, "2026-11-16"),
        (Every.WEEK, "2026-11-22", 6, "2026-11-22"),
        (Every.WEEK, "2026-11-22", 5, "2026-11-21"),
        (Every.WEEK, "2026-11-21", 6, "2026-11-15"),
        (Every.WEEK, "", 0, "2026-11-16"),
        (Every.MONTH, "2026-11-30", 0, "2026-11-01"),
        (Every.QUARTER, "2026-11-30", 0, "2026-10-01"),
        (Every.YEAR, "2025-12-31", 0, "2025-01-01"),
        (Every.SPAN, "2026-11-17", 0, "2026-11-17"),
    ],
)
def test_the_first_period_is_the_one_that_holds_the_start(every, said, week_begins, starts_on):
    begun = made(replace(DRAFT, every=every, starts_on=said), week_begins)

    assert (begun.starts_on, begun.terms[0].since) == (on(starts_on), on(starts_on))


@pytest.mark.parametrize(
    "draft",
    [
        DRAFT,
        SPAN,
        replace(SPAN, ends_on=SPAN.starts_on),
        replace(DRAFT, name=" " + "n" * 100),
        replace(DRAFT, scope=Scope(ScopeKind.TAG, " " + "t" * 50 + " ")),
        replace(DRAFT, amount=eur(0)),
        replace(DRAFT, amount=eur(10**15)),
        replace(DRAFT, ends_on="2026-11-01"),
        replace(DRAFT, starts_on="2026-01-01", ends_on="2026-01-01"),
        replace(DRAFT, thresholds=(1, 2, 3, 4, 1000)),
        replace(DRAFT, rollover=Rollover.UNSPENT),
    ],
)
def test_a_draft_at_its_limits_is_taken(draft: BudgetDraft):
    draft.check()

    assert made(draft).terms[0].minor_units == draft.amount.minor_units


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (replace(DRAFT, name=" "), [("name", "must not be empty")]),
        (replace(DRAFT, name="n" * 101), [("name", "at most 100 characters")]),
        (replace(DRAFT, scope=None), [("scope", "a category, a tag or an account")]),
        (replace(DRAFT, scope=Scope(ScopeKind.TAG, " ")), [("scope.id", "must not be empty")]),
        (replace(DRAFT, scope=Scope(ScopeKind.TAG, "t" * 51)),
         [("scope.id", "at most 50 characters")]),
        (replace(DRAFT, every=None), [("every", "week, month, quarter, year or span")]),
        (replace(DRAFT, amount=Money(1, "EURO")),
         [("amount.currency", "'EURO' is not an ISO 4217 currency code")]),
        (replace(DRAFT, amount=eur(-1)), [("amount", "must not be negative")]),
        (replace(DRAFT, amount=eur(10**15 + 1)),
         [("amount", "beyond the largest amount that is kept")]),
        (replace(DRAFT, starts_on="2026-02-30"), [("starts_on", NO_DATE)]),
        (replace(DRAFT, ends_on="2026-02-30"), [("ends_on", NO_DATE)]),
        (replace(DRAFT, starts_on="2026-02-02", ends_on="2026-02-01"),
         [("ends_on", "must not be before starts_on")]),
        (replace(SPAN, starts_on=""), [("starts_on", "a span has both ends")]),
        (replace(SPAN, ends_on=""), [("ends_on", "a span has both ends")]),
        (replace(SPAN, rollover=Rollover.ALL), [("rollover", "a span has no period before it")]),
        (replace(DRAFT, thresholds=(1, 2, 3, 4, 5, 6)), [("thresholds", "at most 5")]),
        (replace(DRAFT, thresholds=(50, 0)), [("thresholds", "percents from 1 to 1000")]),
        (replace(DRAFT, thresholds=(1001,)), [("thresholds", "percents from 1 to 1000")]),
    ],
)  # fmt: skip
def test_a_draft_beyond_a_limit_is_refused(draft: BudgetDraft, told):
    assert wrong(draft.check) == told


def test_a_budget_that_begins_today_does_not_end_before():
    late = replace(DRAFT, ends_on="2026-10-31")
    late.check()

    assert wrong(lambda: made(late)) == [("ends_on", "must not be before starts_on")]
    assert made(replace(DRAFT, ends_on="2026-11-01")).ends_on == on("2026-11-01")


def test_all_that_is_wrong_with_a_budget_is_told_at_once():
    draft = BudgetDraft("", None, None, Money(-1, "XXY"), "2026-02-30", "soon", thresholds=(0,))

    assert wrong(draft.check) == [
        ("name", "must not be empty"),
        ("scope", "a category, a tag or an account"),
        ("every", "week, month, quarter, year or span"),
        ("amount.currency", "'XXY' is not an ISO 4217 currency code"),
        ("amount", "must not be negative"),
        ("starts_on", NO_DATE),
        ("ends_on", NO_DATE),
        ("thresholds", "percents from 1 to 1000"),
    ]


def test_refusals_are_told_in_these_words():
    words = "there is no such budget"
    assert (str(BudgetNotFound()), BudgetNotFound().fields) == (words, (("id", words),))
    assert BudgetNotFound("to_budget_id").fields == (("to_budget_id", words),)
    assert str(TooManyBudgets()) == "a book has at most 200 budgets: delete one first"
