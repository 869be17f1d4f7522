"""Where it went and came from: by category as a tree, and by payee or tag."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from posting_ground import category, eur, on_day, usd

from kit.money import Money
from ledger.domain.category import CategoryKind
from ledger.domain.fields import EntryDate
from ledger.domain.rate import Rate, RateSource, RateTable
from ledger.domain.report import CurrencySummary, Flow, Period
from ledger.domain.report.breakdown import (
    DEFAULT_LINES,
    MAX_LINES,
    Breakdown,
    Line,
    Wanted,
    by_category,
    by_name,
    named,
)
from ledger.domain.report.conversion import Converter, InBase, valued
from ledger.domain.report.figures import BaseSummary, Figures

INCOME, EXPENSE = CategoryKind.INCOME, CategoryKind.EXPENSE
MARCH = Period("2026-03-01", "2026-03-31")
TREE = {
    c.id: c
    for c in (
        category("home"),
        category("rent", parent_id="home"),
        category("power", parent_id="rent"),
        category("food"),
        category("pay", INCOME),
        category("bonus", INCOME, parent_id="pay"),
        category("lost", parent_id="gone"),
    )
}


def converter() -> Converter:
    """A dollar is four euros until the last day of March, when it is half a euro."""
    return Converter(
        RateTable(
            Rate(EntryDate(day), "USD", "EUR", Decimal(value), RateSource.ECB)
            for day, value in (("2026-03-01", "4"), ("2026-03-31", "0.5"))
        ),
        "EUR",
    )


def spent(amount: Money, count: int = 1) -> Figures:
    return Figures([CurrencySummary(Money(0, amount.currency), amount, count)])


def earned(amount: Money, count: int = 1) -> Figures:
    return Figures([CurrencySummary(amount, Money(0, amount.currency), count)])


def out(id_: str, minor_units: int, currency: str = "EUR", count: int = 1) -> Flow:
    return Flow(id_, currency, minor_units, 0, count)


def in_(id_: str, minor_units: int, currency: str = "EUR", count: int = 1) -> Flow:
    return Flow(id_, currency, 0, minor_units, count)


def tree_of(*flows: Flow, kind: CategoryKind | None = None, base: bool = False) -> Breakdown:
    if not base:
        return by_category(flows, TREE, MARCH, Wanted(kind))
    return by_category(worth(flows), TREE, MARCH, Wanted(kind), "EUR")


def worth(flows: Sequence[Flow], day: str = "2026-03-31") -> Sequence[Flow]:
    """The flows, all of one day, in euros."""
    return valued(flows, on_day(day, *flows), converter())


def ids(breakdown: Breakdown) -> list[str]:
    return [line.id for line in breakdown.lines]


# --- by category -----------------------------------------------------------------------------


def test_each_category_is_told_with_all_below_it():
    found = tree_of(out("rent", 70), out("power", 20, count=2), out("food", 10))
    rent = spent(eur(90), 3)
    assert found == Breakdown(
        MARCH,
        [
            Line("home", "Home", Figures(), rent, "", EXPENSE),
            Line("rent", "Rent", spent(eur(70)), rent, "home", EXPENSE),
            Line("power", "Power", spent(eur(20), 2), spent(eur(20), 2), "rent", EXPENSE),
            Line("food", "Food", spent(eur(10)), spent(eur(10)), "", EXPENSE),
        ],
        Figures([]),
        0,
        spent(eur(100), 4),
    )


def test_flows_of_one_category_are_one_line():
    found = tree_of(out("food", 10), out("food", 5, count=2), out("food", 7, "USD"))
    (line,) = found.lines
    expected = [CurrencySummary(eur(0), eur(15), 3), CurrencySummary(usd(0), usd(7), 1)]
    assert line.own.currencies == line.total.currencies == found.total.currencies == expected


def test_expenses_come_before_income():
    found = tree_of(in_("bonus", 900), out("food", 10), in_("pay", 50))
    assert ids(found) == ["food", "pay", "bonus"]
    assert found.lines[1] == Line(
        "pay", "Pay", earned(eur(50)), earned(eur(950), 2), "", INCOME
    )  # fmt: skip
    assert found.total == Figures([CurrencySummary(eur(950), eur(10), 3)])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(INCOME, ["pay", "bonus"]), (EXPENSE, ["food"]), (None, ["food", "pay", "bonus"])],
)
def test_one_kind_or_both_are_told(kind, expected):
    found = tree_of(in_("bonus", 900), out("food", 10), in_("pay", 50), kind=kind)
    assert ids(found) == expected
    assert found.total.of("EUR").expense == eur(0 if kind is INCOME else 10)


def test_a_category_whose_parent_is_not_known_stands_alone():
    assert ids(tree_of(out("lost", 1))) == ["lost"]


def test_a_ring_of_categories_is_told_once():
    ring = {c.id: c for c in (category("a", parent_id="b"), category("b", parent_id="a"))}
    found = by_category([out("a", 1), out("b", 2)], ring, MARCH, Wanted(), None)
    assert [(line.id, line.own, line.total) for line in found.lines] == [
        ("a", spent(eur(1)), spent(eur(3), 2)),
        ("b", spent(eur(2)), spent(eur(3), 2)),
    ]


def test_categories_are_told_in_the_base_currency_with_all_below_them():
    found = tree_of(out("rent", 70, "USD"), out("food", 40), in_("pay", 10, "USD"), base=True)
    told = {line.id: line.total.in_base for line in found.lines}
    nothing = InBase(eur(0))
    assert told == {
        "home": BaseSummary(nothing, InBase(eur(35))),
        "rent": BaseSummary(nothing, InBase(eur(35))),
        "food": BaseSummary(nothing, InBase(eur(40))),
        "pay": BaseSummary(InBase(eur(5)), nothing),
    }
    assert ids(found) == ["food", "home", "rent", "pay"]
    assert found.total.in_base == BaseSummary(InBase(eur(5)), InBase(eur(75)))


def test_a_tree_is_told_whole():
    many = {c.id: c for c in (category(f"c{n:04}") for n in range(MAX_LINES))}
    flows = [out(id_, 5) for id_ in many]
    found = by_category(flows, many, MARCH, Wanted(limit=1), None)
    assert (len(found.lines), found.rest_count) == (MAX_LINES, 0)


# --- by payee or tag -------------------------------------------------------------------------


def names_of(
    income: list[Flow], expense: list[Flow], limit: int = DEFAULT_LINES, **more: object
) -> Breakdown:
    if not more.pop("base", False):
        return by_name(income, expense, MARCH, Wanted(limit=limit), **more)
    sides = worth(income), worth(expense)
    return by_name(*sides, MARCH, Wanted(limit=limit), "EUR", **more)


def test_what_came_from_and_went_to_one_name_is_one_line():
    found = names_of([in_("zoe", 3), in_("acme", 50, count=2)], [out("zoe", 10, count=4)])
    zoe = Figures([CurrencySummary(eur(3), eur(10), 5)])
    acme = earned(eur(50), 2)
    assert found == Breakdown(
        MARCH,
        [Line("acme", "acme", acme, acme), Line("zoe", "zoe", zoe, zoe)],
        Figures([]),
        0,
        Figures([CurrencySummary(eur(53), eur(10), 7)]),
    )


def test_lines_beyond_the_limit_are_told_together():
    expense = [out(f"p{n}", n, count=n) for n in range(1, 6)]
    found = names_of([], expense, limit=2)
    assert (ids(found), found.rest, found.rest_count) == (["p5", "p4"], spent(eur(6), 6), 3)
    assert found.total == spent(eur(15), 15)
    whole = names_of([], expense, limit=5)
    assert (len(whole.lines), whole.rest, whole.rest_count) == (5, Figures([]), 0)


def test_a_total_that_is_known_is_told_instead_of_the_sum_of_lines():
    assert names_of([], [out("a", 5), out("b", 5)], total=spent(eur(7))).total == spent(eur(7))


def test_the_largest_come_first_whichever_their_sign_then_by_name():
    expense = [out("small", 1), out("b", 5), out("a", 5), out("refund", -9), out("zero", 0)]
    assert ids(names_of([in_("pay", 7)], expense)) == ["refund", "pay", "a", "b", "small", "zero"]


def test_the_currency_that_is_used_most_says_which_is_the_largest():
    expense = [
        out("a", 1, "USD", 3), out("b", 2, "USD", 3), out("c", 900, count=2), out("d", 800),
        out("e", 1, "USD"), out("e", 700),
    ]  # fmt: skip
    assert ids(names_of([], expense)) == ["b", "e", "a", "c", "d"]


def test_with_a_base_currency_it_says_which_is_the_largest():
    expense = [out("a", 9), out("b", 30, "USD", 9), out("c", 12), out("d", 99, "JPY", 5)]
    found = names_of([in_("pay", 40, "USD")], expense, base=True)
    assert ids(found) == ["pay", "b", "c", "a", "d"]
    assert found.lines[4].total.in_base == BaseSummary(
        InBase(eur(0)), InBase(eur(0), frozenset({"JPY"}))
    )


def test_lines_are_named_as_far_as_their_names_are_known():
    found = names_of([], [out("p1", 5), out("p2", 4)])
    renamed = named(found, {"p1": "Zoë", "p9": "Nobody"})
    assert [(line.id, line.name) for line in renamed.lines] == [("p1", "Zoë"), ("p2", "p2")]
    assert named(renamed, {"p1": "p1"}) == found


def test_of_one_size_and_name_the_id_decides():
    twins = {c.id: c for c in (category("x", icon="b"), category("X", icon="a"))}
    found = by_category([out("x", 1), out("X", 1)], twins, MARCH, Wanted(), None)
    assert (ids(found), {line.name for line in found.lines}) == (["X", "x"], {"X"})
