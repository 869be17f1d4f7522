"""What a rule asks of a transaction: what holds, and which questions are none."""

import pytest
from rule_ground import eur, paid, says, usd, wrong

from kit.money import Money
from ledger.domain.entry import Status
from ledger.domain.rules.condition import (
    AccountTest,
    AmountTest,
    CategoryTest,
    Condition,
    CurrencyTest,
    DateTest,
    DayOfMonthTest,
    DirectionTest,
    Match,
    StatusTest,
    TagTest,
    TextField,
    TransferTest,
    WeekdayTest,
    tag_key,
)
from ledger.domain.transaction import Split

# What is true of one transaction, and what isn't.
TRUE_OF_A_COFFEE = [
    says(Match.CONTAINS, "é ZO"),
    says(Match.STARTS_WITH, "CAFE"),
    says(Match.EQUALS, "cafe   zoe."),
    says(Match.WORDS, "zoë café"),
    says(Match.WORDS, "milk", TextField.ANY),
    says(Match.WORDS, "milk zoe", TextField.ANY),
    says(Match.CONTAINS, "zoe with", TextField.ANY),
    says(Match.CONTAINS, "oat milk", TextField.DESCRIPTION),
    AmountTest(eur(450), None),
    AmountTest(None, eur(450)),
    AmountTest(eur(400), eur(500)),
    AmountTest(eur(450), eur(450)),
    DirectionTest(inflow=False),
    AccountTest("main"),
    CurrencyTest("EUR"),
    WeekdayTest(frozenset({6})),
    DayOfMonthTest(frozenset({1, 14})),
    DateTest("2026-03-14", "2026-03-14"),
    DateTest("", "2026-12-31"),
    DateTest("2026-01-01", ""),
    TagTest(" HOLIDAY"),
    StatusTest(Status.CLEARED),
    CategoryTest("food"),
]
FALSE_OF_A_COFFEE = [
    says(Match.CONTAINS, "zoo"),
    says(Match.STARTS_WITH, "zoë"),
    says(Match.EQUALS, "café"),
    says(Match.WORDS, "caf zoë"),
    says(Match.WORDS, "zoe tea", TextField.ANY),
    says(Match.CONTAINS, "☕"),
    says(Match.CONTAINS, "milk", TextField.PAYEE),
    says(Match.CONTAINS, "zoe", TextField.DESCRIPTION),
    AmountTest(eur(451), None),
    AmountTest(None, eur(449)),
    AmountTest(eur(451), eur(500)),
    AmountTest(eur(400), eur(449)),
    AmountTest(usd(1), None),
    AmountTest(None, usd(1000)),
    AmountTest(eur(1), usd(1000)),
    DirectionTest(inflow=True),
    AccountTest("savings"),
    CurrencyTest("USD"),
    WeekdayTest(frozenset({1, 2, 3, 4, 5, 7})),
    DayOfMonthTest(frozenset({13, 15})),
    DateTest("2026-03-15", ""),
    DateTest("", "2026-03-13"),
    DateTest("2026-03-15", "2026-12-31"),
    DateTest("2026-01-01", "2026-03-13"),
    TagTest("holi"),
    StatusTest(Status.PENDING),
    CategoryTest(""),
    TransferTest(),
]
COFFEE = paid(description="with oat milk", category_id="food", tags=("Holiday",))


@pytest.mark.parametrize("test", TRUE_OF_A_COFFEE)
def test_what_is_true_holds_and_its_negation_does_not(test):
    assert Condition(test).holds(COFFEE)
    assert not Condition(test, negated=True).holds(COFFEE)


@pytest.mark.parametrize("test", FALSE_OF_A_COFFEE)
def test_what_is_not_true_does_not_hold_and_its_negation_does(test):
    assert not Condition(test).holds(COFFEE)
    assert Condition(test, negated=True).holds(COFFEE)


def test_a_text_without_letters_is_compared_as_it_is():
    assert says(Match.EQUALS, " ☕ ").holds(paid(payee="☕"))
    assert not says(Match.EQUALS, "☕").holds(paid(payee="🍵"))


def test_the_least_that_comes_in_and_the_least_that_goes_out():
    assert DirectionTest(inflow=True).holds(paid(1))
    assert DirectionTest(inflow=False).holds(paid(-1))


def test_a_transfer_is_of_both_accounts_and_of_no_category():
    moved = paid(to_account_id="savings")

    assert TransferTest().holds(moved)
    assert AccountTest("savings").holds(moved)
    assert AccountTest("main").holds(moved)
    assert not AccountTest("dollars").holds(moved)
    assert not CategoryTest("").holds(moved)


def test_what_is_split_is_of_each_of_its_categories():
    halves = paid(splits=(Split("food", eur(-225)), Split("", eur(-225))))

    assert CategoryTest("food").holds(halves)
    assert CategoryTest("").holds(halves)
    assert not CategoryTest("fuel").holds(halves)
    assert CategoryTest("").holds(paid())


NEGATIVE = "must not be negative: the sign is not looked at"
LARGEST = "beyond the largest amount that is kept"
NO_DATE = "a date YYYY-MM-DD from 1900 to 2200"
WEEKDAYS, DAYS = "one or more numbers from 1 to 7", "one or more numbers from 1 to 31"
EMPTY = "must not be empty"


@pytest.mark.parametrize(
    ("test", "problems"),
    [
        (says(Match.EQUALS, " \t"), [("at.text", EMPTY)]),
        (says(Match.EQUALS, "x" * 201), [("at.text", "at most 200 characters")]),
        (AmountTest(None, None), [("at", "one bound or both")]),
        (AmountTest(eur(-1), None), [("at.at_least", NEGATIVE)]),
        (AmountTest(None, eur(-1)), [("at.at_most", NEGATIVE)]),
        (AmountTest(eur(10**15 + 1), None), [("at.at_least", LARGEST)]),
        (AmountTest(None, eur(10**15 + 1)), [("at.at_most", LARGEST)]),
        (AmountTest(eur(2), eur(1)), [("at.at_most", "must not be less than the other bound")]),
        (
            AmountTest(eur(2), usd(3)),
            [("at.at_most", "must be in the currency of the other bound")],
        ),
        (
            AmountTest(Money(3, "XXQ"), None),
            [("at.at_least", "'XXQ' is not an ISO 4217 currency code")],
        ),
        (AccountTest(""), [("at.account_id", EMPTY)]),
        (AccountTest("x" * 101), [("at.account_id", "at most 100 characters")]),
        (CurrencyTest("eur"), [("at.currency", "'eur' is not an ISO 4217 currency code")]),
        (WeekdayTest(frozenset()), [("at.days", WEEKDAYS)]),
        (WeekdayTest(frozenset({0, 1})), [("at.days", WEEKDAYS)]),
        (WeekdayTest(frozenset({7, 8})), [("at.days", WEEKDAYS)]),
        (DayOfMonthTest(frozenset()), [("at.days", DAYS)]),
        (DayOfMonthTest(frozenset({0})), [("at.days", DAYS)]),
        (DayOfMonthTest(frozenset({1, 32})), [("at.days", DAYS)]),
        (DateTest("", ""), [("at", "one end or both")]),
        (DateTest("2026-02-30", ""), [("at.from_date", NO_DATE)]),
        (DateTest("", "soon"), [("at.to_date", NO_DATE)]),
        (
            DateTest("2026-03-02", "2026-03-01"),
            [("at.to_date", "must not be before the beginning")],
        ),
        (TagTest("  "), [("at.tag", EMPTY)]),
        (TagTest("t" * 51), [("at.tag", "at most 50 characters")]),
    ],
)
def test_a_question_that_is_none_is_refused_in_words(test, problems):
    assert wrong(lambda check: test.check(check, "at")) == problems


@pytest.mark.parametrize(
    "test",
    [
        says(Match.EQUALS, f" {'x' * 200} "),
        AmountTest(eur(0), None),
        AmountTest(None, eur(10**15)),
        AmountTest(eur(2), eur(2)),
        DirectionTest(inflow=True),
        AccountTest("x" * 100),
        CurrencyTest("JPY"),
        WeekdayTest(frozenset({1, 7})),
        DayOfMonthTest(frozenset({1, 31})),
        DateTest("2026-03-01", "2026-03-01"),
        DateTest("2026-03-01", ""),
        DateTest("", "2026-03-01"),
        TagTest(f" {'t' * 50} "),
        StatusTest(Status.RECONCILED),
        CategoryTest(""),
        TransferTest(),
    ],
)
def test_a_question_at_its_limits_is_taken(test):
    assert wrong(lambda check: test.check(check, "at")) == []


def test_a_category_that_was_merged_away_is_asked_for_as_what_stands_for_it():
    ways = {"fuel": "food"}
    asked = Condition(CategoryTest("fuel"), negated=True)

    assert asked.standing(ways) == Condition(CategoryTest("food"), negated=True)
    assert Condition(CategoryTest("rent")).standing(ways) == Condition(CategoryTest("rent"))
    other = Condition(AccountTest("fuel"))
    assert other.standing(ways) is other


def test_tags_are_compared_without_case_and_blanks_around_them():
    assert tag_key(" Straße ") == tag_key("STRASSE") == "strasse"
    assert tag_key("a b") == "a b"
