"""A rule from a correction: what it knows the transaction by, and what it does."""

from dataclasses import replace

import pytest
from rule_ground import GROUND, after, paid, refused, rule, says

from ledger.domain.rules.action import (
    AddTag,
    RemoveTag,
    SetCategory,
    SetNote,
    SetPayee,
    SplitInto,
    TransferTo,
)
from ledger.domain.rules.condition import Condition, DirectionTest, Match, TextField
from ledger.domain.rules.correction import Correction, merged, rule_of
from ledger.domain.rules.rule import RuleDraft
from ledger.domain.rules.sharing import Share

NOTE = TextField.DESCRIPTION
LONG = "abc " * 51


@pytest.mark.parametrize(
    ("payee", "description", "expected"),
    [
        ("Café Zoë", "", says(Match.EQUALS, "Café Zoë")),
        (" Café Zoë ", "black", says(Match.EQUALS, "Café Zoë")),
        ("REWE 4711 Berlin", "", says(Match.WORDS, "rewe berlin")),
        ("ab 1", "", says(Match.WORDS, "ab")),
        # A number written to a name is a part of it where it leads, and a reference behind it.
        ("HOTEL24 PLUS 4711", "", says(Match.WORDS, "hotel24 plus")),
        ("REWE K2 ABCD1234", "", says(Match.WORDS, "rewe")),
        # A word of one letter tells nobody apart, nor one beyond what words are compared by.
        ("a bc", "", says(Match.WORDS, "bc")),
        (f"rewe {'x' * 41}", "", says(Match.WORDS, "rewe")),
        (f"1 {'x' * 40}", "", says(Match.WORDS, "x" * 40)),
        ("one two three four five 6", "", says(Match.WORDS, "one two three four")),
        ("24", "", says(Match.EQUALS, "24")),
        ("a 24", "", says(Match.EQUALS, "a 24")),
        ("☕", "", says(Match.EQUALS, "☕")),
        ("", "Standing order 12", says(Match.WORDS, "standing order", NOTE)),
        ("  ", " Rent ", says(Match.EQUALS, "Rent", NOTE)),
        ("x" * 200, "", says(Match.EQUALS, "x" * 200)),
        ("", f" {LONG}", says(Match.STARTS_WITH, LONG[:200], NOTE)),
        ("", "a " * 300, says(Match.STARTS_WITH, ("a " * 300)[:200], NOTE)),
    ],
)
def test_a_correction_becomes_a_rule_that_fires_on_what_was_corrected(payee, description, expected):
    found = paid(payee=payee, description=description)

    draft = rule_of(Correction(category_id="food"), found)

    draft.check(GROUND)
    assert draft == RuleDraft(
        expected.text[:100].strip(),
        (Condition(expected), Condition(DirectionTest(inflow=False))),
        (SetCategory("food"),),
    )
    made = replace(rule(), draft=draft)
    assert after(found, made).category_id == "food"
    # What comes back is no spending.
    back = replace(found, amount=-found.amount)
    assert after(back, made) == back
    assert rule_of(Correction(category_id="food"), back).conditions[1] == Condition(
        DirectionTest(inflow=True)
    )


def test_the_least_that_comes_in_is_income_and_the_least_that_goes_out_is_spending():
    correction = Correction(category_id="food")

    assert rule_of(correction, paid(1)).conditions[1].test == DirectionTest(inflow=True)
    assert rule_of(correction, paid(-1)).conditions[1].test == DirectionTest(inflow=False)


def test_a_name_is_cut_to_its_length_without_a_blank_at_its_end():
    found = paid(payee=f"{'x' * 99} {'y' * 99}")

    assert rule_of(Correction(payee="X"), found).name == "x" * 99
    assert rule_of(Correction(payee="X"), paid(payee="x" * 101)).name == "x" * 100


@pytest.mark.parametrize(
    ("correction", "actions"),
    [
        (Correction(category_id=""), [SetCategory("")]),
        (Correction(payee=""), [SetPayee("")]),
        (Correction(description=""), [SetNote("")]),
        (Correction(add_tags=("b", "a")), [AddTag("b"), AddTag("a")]),
        (Correction(to_account_id="savings"), [TransferTo("savings")]),
        (
            Correction("food", "Zoë", "n", add_tags=("a",)),
            [SetPayee("Zoë"), SetCategory("food"), SetNote("n"), AddTag("a")],
        ),
        (
            Correction(None, "Zoë", "n", "savings"),
            [SetPayee("Zoë"), TransferTo("savings"), SetNote("n")],
        ),
    ],
)
def test_what_a_correction_does(correction, actions):
    assert correction.actions() == actions


@pytest.mark.parametrize(
    ("correction", "of", "problem"),
    [
        (Correction(), paid(), ("correction", "nothing in it is corrected")),
        (Correction(to_account_id=""), paid(), ("correction", "nothing in it is corrected")),
        (
            Correction(category_id="", to_account_id="savings"),
            paid(),
            ("correction.category_id", "a transfer has no category"),
        ),
        (
            Correction(category_id="food"),
            paid(payee=" "),
            ("transaction_id", "it has neither payee nor description to know it by"),
        ),
    ],
)
def test_what_is_no_correction_is_refused(correction, of, problem):
    assert refused(lambda: rule_of(correction, of)) == [problem]


def test_a_second_correction_takes_the_place_of_what_the_first_said():
    known = rule(SetCategory("food"), AddTag("a"), SetNote("n"), stop=True)
    draft = rule_of(Correction(to_account_id="savings", add_tags=("a", "b")), paid())

    assert merged(known, draft) == replace(
        known.draft, actions=(SetNote("n"), TransferTo("savings"), AddTag("a"), AddTag("b"))
    )


SPLIT = SplitInto((Share("food"), Share("fuel", basis_points=1)))


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (SplitInto(SPLIT.shares), SetCategory("food"), False),
        (TransferTo("savings"), SPLIT, False),
        (RemoveTag(" A"), AddTag("a"), False),
        (AddTag("A"), RemoveTag("a"), False),
        (RemoveTag("b"), AddTag("a"), True),
        (SetPayee("A"), SetPayee("B"), False),
        (SetNote("A"), SetNote("B"), False),
        (SetNote("A"), SetPayee("B"), True),
        (SetCategory("food"), AddTag("where the amount goes"), True),
    ],
)
def test_of_two_that_say_the_same_thing_the_later_has_the_last_word(first, second, kept):
    draft = replace(rule().draft, actions=(second,))

    assert merged(rule(first), draft).actions == ((first, second) if kept else (second,))
