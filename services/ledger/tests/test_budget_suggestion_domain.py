"""What a budget could plan, from what went before; and what a new book begins with."""

from dataclasses import replace

import pytest
from plan_ground import budget, on
from posting_ground import OWNER

from ledger.domain.budget import Scope, ScopeKind
from ledger.domain.budget_suggestion import Suggestion, months_before, suggestions
from ledger.domain.category import Category, CategoryKind
from ledger.domain.defaults import default_icon, language_of
from ledger.domain.report import Flow, Period, Series
from ledger.domain.spans import Every

TODAY = on("2026-11-22")


def category(id_: str, parent: str = "", kind: CategoryKind = CategoryKind.EXPENSE) -> Category:
    return Category(id_, OWNER, id_.title(), kind, parent_id=parent)


def months(*flows: list[Flow]) -> Series:
    return [
        (Period(f"2026-{number:02}-01", f"2026-{number:02}-28"), of_month)
        for number, of_month in enumerate(flows, start=1)
    ]


def spent(id_: str, units: int, currency: str = "EUR", back: int = 0) -> Flow:
    return Flow(id_, currency, units, back, 1)


def suggested(series: Series, *categories: Category, budgets: tuple = ()) -> list[tuple]:
    rows = suggestions(series, categories, budgets, today=TODAY)
    return [(row.category.id, row.currency, list(row.months)) for row in rows]


@pytest.mark.parametrize(
    ("units", "median", "mean"),
    [
        ([7], 7, 7),
        ([9, 1, 4], 4, 4),
        ([10, 1, 4, 5], 4, 5),
        ([0, 0, 100], 0, 33),
        ([3, 8], 5, 5),
    ],
)
def test_the_middle_and_the_mean_of_months_are_rounded_down(
    units: list[int], median: int, mean: int
):
    found = Suggestion(category("food"), "EUR", units)

    assert (found.median, found.mean) == (median, mean)
    assert (found.budget_id, found.planned) == ("", None)


@pytest.mark.parametrize(
    ("today", "count", "first", "last"),
    [
        ("2026-11-22", 3, "2026-08-01", "2026-10-31"),
        ("2026-11-01", 3, "2026-08-01", "2026-10-31"),
        ("2026-01-31", 12, "2025-01-01", "2025-12-31"),
        ("2024-03-15", 6, "2023-09-01", "2024-02-29"),
    ],
)
def test_it_looks_at_whole_months_before_this_one(today: str, count: int, first: str, last: str):
    assert months_before(on(today), count) == Period(first, last)


def test_a_category_takes_what_all_below_it_took_month_by_month():
    series = months(
        [spent("coffee", 300), spent("food", 50)],
        [],
        [spent("coffee", 500, back=100), spent("coffee", 70, currency="USD")],
    )

    found = suggested(series, category("food"), category("coffee", "food"))

    assert found == [
        ("food", "EUR", [350, 0, 400]),
        ("coffee", "EUR", [300, 0, 400]),
        ("coffee", "USD", [0, 0, 70]),
        ("food", "USD", [0, 0, 70]),
    ]


def test_income_what_is_unknown_and_what_took_nothing_are_not_suggested():
    series = months(
        [spent("wages", 900), spent("gone", 5), spent("food", 0), spent("rent", 9, back=9)]
    )
    wages = category("wages", kind=CategoryKind.INCOME)

    assert suggested(series, wages, category("food"), category("rent")) == []


def test_the_largest_middle_comes_first_within_a_currency_then_the_name():
    series = months(
        [spent("b", 5), spent("a", 5), spent("c", 9), spent("z", 1, currency="AUD")],
    )

    found = suggested(series, *(category(id_) for id_ in "abcz"))

    assert [row[:2] for row in found] == [
        ("z", "AUD"),
        ("c", "EUR"),
        ("a", "EUR"),
        ("b", "EUR"),
    ]


def test_the_monthly_budget_of_the_category_is_told_with_what_it_plans_now():
    kept = budget(amount=120_00)
    weekly = replace(budget(Every.WEEK, amount=9_00), id="w")
    of_tag = replace(kept, id="t", scope=Scope(ScopeKind.TAG, "food"))
    elsewhere = replace(kept, id="u", currency="USD")
    later = replace(budget(amount=5_00, start="2027-01-01"), id="l")
    series = months([spent("food", 50_00), spent("food", 1, currency="CHF")])

    rows = suggestions(
        series, [category("food")], [kept, weekly, of_tag, elsewhere, later], today=TODAY
    )

    assert [(row.currency, row.budget_id, row.planned) for row in rows] == [
        ("CHF", "", None),
        ("EUR", "b", 120_00),
    ]


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_CH", "de"),
        ("DE-AT-1996", "de"),
        ("de_Latn_AT", "de"),
        ("tlh", "en"),
        ("", "en"),
    ],
)
def test_a_book_begins_in_the_persons_language_or_in_english(locale: str, language: str):
    assert language_of(locale) == language


def test_a_default_category_has_its_icon_and_a_persons_own_has_none():
    assert default_icon("groceries") == "shopping-basket"
    assert default_icon("stamps") == ""
