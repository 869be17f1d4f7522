"""What rules make of a transaction, one after the other, and what is told of it."""

from dataclasses import replace

from rule_ground import GROUND, after, eur, paid, rule, says

from ledger.domain.entry import Origin
from ledger.domain.rules.action import AddTag, SetCategory, SetNote, SetPayee, SplitInto, TransferTo
from ledger.domain.rules.condition import DirectionTest, Match, TextField
from ledger.domain.rules.engine import Fired, LeftOut, Outcome, run_rules, settles
from ledger.domain.rules.sharing import Share


def test_all_asks_for_each_condition_and_any_for_one():
    true, false = DirectionTest(inflow=False), DirectionTest(inflow=True)

    assert after(paid(), rule(SetNote("x"), when=[true, false])).description == ""
    outcome = run_rules([rule(SetNote("x"), when=[false, true], any_=True)], paid(), GROUND)
    assert outcome.after.description == "x"
    assert outcome.fired[0].met == (1,)


def test_each_rule_sees_what_those_before_it_left_and_a_stop_ends_them():
    rename = rule(SetPayee("Zoe's"), when=[says(Match.EQUALS, "cafe zoe")])
    categorise = rule(SetCategory("food"), when=[says(Match.STARTS_WITH, "zoe")])

    assert after(paid(), rename, categorise).category_id == "food"
    assert after(paid(), categorise, rename).category_id == ""
    stopping = replace(rename, draft=replace(rename.draft, stop=True))
    assert after(paid(), stopping, categorise).category_id == ""
    resting = replace(rename, draft=replace(rename.draft, active=False, stop=True))
    assert after(paid(), resting, categorise) == paid()


def test_it_is_told_which_rules_fired_why_and_what_each_changed():
    rules = [rule(AddTag("a"), SetCategory("gone")), rule(SetCategory("food"), SetNote(""))]

    outcome = run_rules(rules, paid(), GROUND)

    first, second = outcome.fired
    gone = LeftOut(1, "there is no such category any more")
    assert first == Fired("r", "R", (0,), ("tags",), (gone,))
    assert second == Fired("r", "R", (0,), ("category_id",))
    ruled = paid(category_id="food", tags=("a",), origin=Origin(category_unreviewed=True))
    assert outcome == Outcome(paid(), ruled, (first, second))
    assert outcome.changed == ("category_id", "tags")


def test_a_rule_that_changes_nothing_is_told_too_and_one_that_rests_or_asks_in_vain_is_not():
    idle, resting = rule(SetNote("")), rule(SetNote("x"), active=False)
    vain = rule(SetNote("x"), when=[DirectionTest(inflow=True)])

    outcome = run_rules([resting, vain, idle, resting], paid(), GROUND)

    assert outcome == Outcome(paid(), paid(), (Fired("r", "R", (0,), ()),))
    assert outcome.changed == ()
    assert run_rules([], paid(), GROUND) == Outcome(paid(), paid())


def test_each_action_sees_what_those_before_it_did_and_those_left_out_are_told_by_place():
    many = rule(TransferTo("closed"), TransferTo("savings"), SetCategory("food"), SetPayee("Z"))

    outcome = run_rules([many], paid(), GROUND)

    assert outcome.after == paid(payee="Z", to_account_id="savings")
    assert outcome.fired[0].left_out == (
        LeftOut(0, "the other account takes no postings"), LeftOut(2, "it is a transfer"),
    )  # fmt: skip
    assert outcome.fired[0].changed == ("payee", "to_account_id")


def test_rules_that_swap_two_payees_are_known_never_to_settle():
    swap = [
        rule(SetPayee("B"), when=[says(Match.EQUALS, "a")], stop=True),
        rule(SetPayee("A"), when=[says(Match.EQUALS, "b")], stop=True),
    ]

    assert not settles(swap, run_rules(swap, paid(payee="A"), GROUND), GROUND)
    assert settles(swap[:1], run_rules(swap[:1], paid(payee="A"), GROUND), GROUND)


def test_a_rule_that_asks_for_what_it_makes_settles_only_at_its_second_turn():
    asks = [rule(SetNote("Zoë"), when=[says(Match.EQUALS, "z", TextField.ANY)]),
            rule(SetPayee("z"))]  # fmt: skip

    assert not settles(asks, run_rules(asks, paid(), GROUND), GROUND)
    assert settles(asks, run_rules(asks, paid(payee="z", description="n"), GROUND), GROUND)


def test_a_rule_that_names_what_the_book_has_settles_over_the_same_book():
    names = [rule(SetCategory("food")), rule(SplitInto((Share("fuel", fixed=eur(1)), Share())))]

    assert settles(names[:1], run_rules(names[:1], paid(), GROUND), GROUND)
    assert settles(names[1:], run_rules(names[1:], paid(), GROUND), GROUND)
