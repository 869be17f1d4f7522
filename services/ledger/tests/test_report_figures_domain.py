"""What flowed, and what it comes to: in each currency, and told in one."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting_ground import category, eur, on_day, usd

from kit.money import Money
from ledger.domain.category import CategoryKind, kinds_of
from ledger.domain.fields import EntryDate
from ledger.domain.rate import Rate, RateSource, RateTable
from ledger.domain.report import (
    CategorySpending,
    CurrencySummary,
    Flow,
    Period,
    added_up,
    spending,
    summarise,
)
from ledger.domain.report.conversion import Converter, InBase, valued, valued_series
from ledger.domain.report.figures import (
    BaseSummary,
    Bucket,
    Figures,
    added,
    by_kind,
    figures_of,
    income_expense,
)
from ledger.domain.report.flow import BaseSides

JANUARY, FEBRUARY = Period("2026-01-01", "2026-01-31"), Period("2026-02-01", "2026-02-28")
END, LATER = JANUARY.to_date, FEBRUARY.to_date
FOOD, RENT = category("food"), category("rent")
PAY = category("pay", CategoryKind.INCOME)
CATEGORIES = {c.id: c for c in (FOOD, RENT, PAY)}
KINDS = kinds_of(CATEGORIES.values())


def jpy(minor_units: int) -> Money:
    return Money(minor_units, "JPY")


def rates() -> RateTable:
    """A dollar is half a euro, since February a quarter; from yen none leads there."""
    return RateTable(
        Rate(EntryDate(day), "EUR", "USD", Decimal(value), RateSource.ECB)
        for day, value in (("2026-01-01", "2"), ("2026-02-01", "4"))
    )


def converter() -> Converter:
    return Converter(rates(), "EUR")


def summary(income: Money, expense: Money, count: int) -> CurrencySummary:
    return CurrencySummary(income, expense, count)


# --- flows -----------------------------------------------------------------------------------


def test_a_flow_is_its_debits_less_its_credits():
    assert Flow("a", "EUR", 5, 2, 1).net == 3
    assert Flow("a", "EUR", 0, 0, 0).is_empty
    for some in (Flow("a", "EUR", 1, 0, 0), Flow("a", "EUR", 0, 1, 0), Flow("a", "EUR", 0, 0, 1)):
        assert not some.is_empty


def test_flows_of_one_id_and_currency_are_added_up_in_their_order():
    flows = [
        Flow("b", "USD", 1, 2, 3), Flow("b", "EUR", 1, 2, 3), Flow("a", "USD", 5, 0, 1),
        Flow("b", "USD", 10, 20, 30), Flow("c", "EUR", 7, 9, 1), Flow("c", "EUR", -7, -9, -1),
    ]  # fmt: skip
    expected = [
        Flow("a", "USD", 5, 0, 1), Flow("b", "EUR", 1, 2, 3), Flow("b", "USD", 11, 22, 33),
    ]  # fmt: skip
    assert added_up(iter(flows)) == expected
    assert added_up(iter(expected[::-1])) == expected


def test_what_comes_to_nothing_is_left_out_also_where_there_is_nothing_to_add():
    assert added_up([Flow("b", "EUR", 0, 0, 0), Flow("a", "EUR", 0, 0, 1)]) == [
        Flow("a", "EUR", 0, 0, 1)
    ]
    assert added_up([]) == []


some_flows = st.lists(
    st.builds(
        Flow, st.sampled_from("ab"), st.sampled_from(["EUR", "USD"]), *[st.integers(-3, 3)] * 3
    )
)


@given(some_flows)
def test_adding_up_changes_no_sum(flows):
    found = added_up(flows)
    for of in {(f.id, f.currency) for f in flows}:
        parts = [f for f in flows if (f.id, f.currency) == of]
        sums = tuple(sum(column) for column in zip(*((f.debit, f.credit, f.count) for f in parts),
                                                   strict=True))  # fmt: skip
        told = [(f.debit, f.credit, f.count) for f in found if (f.id, f.currency) == of]
        assert told == ([sums] if any(sums) else [])
    assert [(f.id, f.currency) for f in found] == sorted({(f.id, f.currency) for f in found})


# --- in the base currency --------------------------------------------------------------------


def test_amounts_are_converted_each_by_itself_at_the_rates_of_the_day():
    one = converter()
    # Half of 3 and half of 5 are 1.5 and 2.5: rounded to 2 and 2.
    assert one.convert([eur(10), usd(3), usd(5)], END) == InBase(eur(14))
    assert one.convert([usd(8)], LATER) == InBase(eur(2))
    assert one.convert([], END) == InBase(eur(0))


def test_what_no_rate_leads_from_is_named_and_the_rest_is_told():
    found = converter().convert([jpy(9), usd(4), Money(5, "GBP"), eur(1)], END)
    assert found == InBase(eur(3), frozenset({"JPY", "GBP"}))
    assert converter().convert([jpy(0), usd(4)], END) == InBase(eur(2))
    assert converter().convert([usd(4)], "2025-12-31") == InBase(eur(0), frozenset({"USD"}))


def test_every_rate_that_was_used_is_told_once_with_the_last_day_of_its_use():
    table = RateTable(
        Rate(EntryDate(day), "EUR", quote, Decimal(2), RateSource.ECB)
        for day in ("2026-01-01", "2026-02-01")
        for quote in ("USD", "CHF")
    )
    one = Converter(table, "EUR")
    one.convert([usd(4), Money(1, "CHF")], LATER)
    one.convert([eur(1), jpy(0), jpy(1), usd(4), usd(6), Money(0, "CHF")], END)
    one.sums([("2026-01-02", "a", "USD", 1, 0)])
    assert [(a.on, a.from_, a.to, a.date) for a in one.used()] == [
        (END, "USD", "EUR", "2026-01-01"), (LATER, "CHF", "EUR", "2026-02-01"),
        (LATER, "USD", "EUR", "2026-02-01"),
    ]  # fmt: skip
    assert one.used()[0] == table.applied("USD", "EUR", END)
    assert converter().used() == []


def test_amounts_in_the_base_currency_keep_the_names_of_what_they_lack():
    a, b = InBase(eur(5), frozenset({"JPY"})), InBase(eur(3), frozenset({"GBP"}))
    assert a + b == InBase(eur(8), frozenset({"JPY", "GBP"}))
    assert a - b == InBase(eur(2), frozenset({"JPY", "GBP"}))
    assert -a == InBase(eur(-5), frozenset({"JPY"}))


# --- income against expense ------------------------------------------------------------------


def test_summaries_of_one_currency_add_up():
    one = summary(eur(7), eur(5), 2)
    assert (one.currency, one.net) == ("EUR", eur(2))
    assert one + summary(eur(10), eur(20), 30) == summary(eur(17), eur(25), 32)


FLOWS = [
    Flow("food", "EUR", 50, 8, 3), Flow("pay", "EUR", 1, 100, 2), Flow("rent", "EUR", 30, 0, 1),
    Flow("pay", "USD", 0, 40, 1), Flow("food", "JPY", 9, 0, 4),
]  # fmt: skip
SUMS = [
    summary(eur(99), eur(72), 6), summary(jpy(0), jpy(9), 4), summary(usd(40), usd(0), 1),
]  # fmt: skip


def test_income_and_spending_are_summed_by_currency():
    assert summarise(FLOWS, KINDS) == SUMS
    assert summarise([], KINDS) == []


def test_what_was_spent_is_told_by_currency_the_largest_first():
    flows = [*FLOWS, Flow("rent", "JPY", 9, 0, 5), Flow("rent", "USD", 1, 0, 1),
             Flow("food", "USD", 0, 2, 7)]  # fmt: skip
    assert spending(flows, CATEGORIES) == [
        CategorySpending(FOOD, eur(42), 3), CategorySpending(RENT, eur(30), 1),
        CategorySpending(FOOD, jpy(9), 4), CategorySpending(RENT, jpy(9), 5),
        CategorySpending(RENT, usd(1), 1), CategorySpending(FOOD, usd(-2), 7),
    ]  # fmt: skip
    assert spending(flows[::-1], CATEGORIES) == spending(flows, CATEGORIES)


def test_flows_are_told_apart_by_the_kind_of_their_category():
    income, expense = by_kind(iter(FLOWS), KINDS)
    assert (income, expense) == ([FLOWS[1], FLOWS[3]], [FLOWS[0], FLOWS[2], FLOWS[4]])


def worth(flows: Sequence[Flow], day: str) -> Sequence[Flow]:
    """The flows, all of one day, in euros."""
    return valued(flows, on_day(day, *flows), converter())


def test_figures_are_exact_in_each_currency_and_converted_at_the_rates_of_the_day():
    assert figures_of(*by_kind(FLOWS, KINDS)) == Figures(SUMS)
    assert figures_of(*by_kind(worth(FLOWS, END), KINDS), "EUR") == Figures(
        SUMS, BaseSummary(InBase(eur(119)), InBase(eur(72), frozenset({"JPY"})))
    )
    later = figures_of(*by_kind(worth(FLOWS, LATER), KINDS), "EUR")
    assert later.in_base.income == InBase(eur(109))
    assert figures_of([], [], "EUR") == Figures([], BaseSummary(InBase(eur(0)), InBase(eur(0))))
    with pytest.raises(ValueError, match="has no value in EUR"):
        figures_of(FLOWS, [], "EUR")


def test_what_flowed_is_converted_day_by_day_each_side_rounded_once():
    flows = [Flow("food", "USD", 6, 3, 4), Flow("food", "EUR", 9, 1, 2)]
    # 3 at a half is 1.5, rounded to 2; 3 at a quarter is 0.75, rounded to 1.
    dated = [
        *on_day(END, Flow("food", "USD", 3, 0, 1), Flow("other", "USD", 8, 0, 1)),
        *on_day(LATER, Flow("food", "USD", 3, 3, 2)),
    ]
    told = [(f.id, f.currency, f.in_base) for f in valued(flows, dated, converter())]
    assert told == [("food", "USD", BaseSides(3, 1)), ("food", "EUR", BaseSides(9, 1))]
    before = on_day("2025-12-31", Flow("food", "USD", 8, 0, 1))
    (lacking, _) = valued(flows, [*dated, *before], converter())
    assert lacking.in_base == BaseSides(3, 1, is_whole=False)


def test_both_sides_of_one_currency_are_one_figure_of_all_its_postings():
    found = figures_of([Flow("pay", "EUR", 1, 4, 2)], [Flow("food", "EUR", 9, 2, 3)])
    assert found == Figures([summary(eur(3), eur(7), 5)])


def test_figures_tell_each_currency_or_nothing_of_it():
    figures = Figures(SUMS)
    assert [figures.of(code) for code in ("EUR", "JPY", "USD")] == SUMS
    assert figures.of("GBP") == summary(Money(0, "GBP"), Money(0, "GBP"), 0)


def test_the_net_in_the_base_currency_lacks_what_either_side_lacks():
    one = BaseSummary(InBase(eur(9), frozenset({"JPY"})), InBase(eur(4), frozenset({"GBP"})))
    assert one.net == InBase(eur(5), frozenset({"JPY", "GBP"}))
    assert one + one == BaseSummary(
        InBase(eur(18), frozenset({"JPY"})), InBase(eur(8), frozenset({"GBP"}))
    )


def test_figures_add_up_currency_by_currency_and_what_was_converted_as_it_was():
    a = Figures([summary(usd(4), usd(1), 1)], BaseSummary(InBase(eur(2)), InBase(eur(1))))
    b = Figures([summary(eur(5), eur(3), 2), summary(usd(4), usd(2), 3)],
                BaseSummary(InBase(eur(6)), InBase(eur(4), frozenset({"JPY"}))))  # fmt: skip
    expected = [summary(eur(5), eur(3), 2), summary(usd(8), usd(3), 4)]
    in_base = BaseSummary(InBase(eur(8)), InBase(eur(5), frozenset({"JPY"})))
    assert added(iter([a, b])) == Figures(expected, in_base)
    assert added([a, Figures(b.currencies)]).in_base == a.in_base
    assert added([Figures(a.currencies), b]).in_base == b.in_base
    assert added([]) == Figures([], None)


@pytest.mark.parametrize("with_base", [False, True])
def test_buckets_of_income_and_expense_add_up_to_the_total(with_base):
    series = [
        (JANUARY, [Flow("pay", "USD", 0, 40, 1), Flow("food", "EUR", 7, 0, 2)]),
        (FEBRUARY, [Flow("pay", "USD", 0, 40, 3), Flow("food", "USD", 8, 0, 4)]),
    ]
    if with_base:
        days = {JANUARY: "2026-01-15", FEBRUARY: "2026-02-15"}
        dated = [row for period, flows in series for row in on_day(days[period], *flows)]
        series = valued_series(series, dated, converter())
    found = income_expense(series, KINDS, "EUR" if with_base else "")

    first = [summary(eur(0), eur(7), 2), summary(usd(40), usd(0), 1)]
    second = [summary(usd(40), usd(8), 7)]
    total = [summary(eur(0), eur(7), 2), summary(usd(80), usd(8), 8)]

    def bases(*amounts: int) -> BaseSummary | None:
        return BaseSummary(*(InBase(eur(n)) for n in amounts)) if with_base else None

    assert found.buckets == [
        Bucket(JANUARY, Figures(first, bases(20, 7))),
        Bucket(FEBRUARY, Figures(second, bases(10, 2))),
    ]
    assert found.total == Figures(total, bases(30, 9))
