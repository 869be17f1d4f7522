"""What rules make of a transaction, beside a model that a child could follow. Nothing but the
domain."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.money import Money
from ledger.domain.entry import Status
from ledger.domain.errors import InvalidFields
from ledger.domain.rules.action import (
    AddTag,
    RemoveTag,
    RuleGround,
    SetCategory,
    SetNote,
    SetPayee,
    SetStatus,
    SplitInto,
    TransferTo,
)
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
    TextTest,
    TransferTest,
    WeekdayTest,
)
from ledger.domain.rules.correction import Correction, merged, rule_of
from ledger.domain.rules.engine import run_rules, settles
from ledger.domain.rules.rule import Quantifier, Rule, RuleDraft
from ledger.domain.rules.sharing import WHOLE, CannotShare, Share, shared
from ledger.domain.transaction import MAX_TAGS, Split, TransactionInput

EXAMPLES = max(300, int(os.environ.get("LEDGER_EXAMPLES", "25")))
PLAY = settings(max_examples=EXAMPLES, deadline=None)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
GROUND = RuleGround(
    frozenset({"food", "fuel", "rent"}),
    frozenset({"main", "savings", "dollars", "closed"}),
    {"main": "EUR", "savings": "EUR", "dollars": "USD"},
)


def eur(minor_units: int) -> Money:
    return Money(minor_units, "EUR")


def paid(minor_units: int = -450, **fields: Any) -> TransactionInput:
    given = {"date": "2026-03-14", "payee": "Café Zoë", **fields}
    return TransactionInput("main", amount=eur(minor_units), **given)


def rule(*actions: Any, when: Any = (), any_: bool = False, **fields: Any) -> Rule:
    conditions = when or [Condition(CurrencyTest("EUR"))]
    conditions = [c if isinstance(c, Condition) else Condition(c) for c in conditions]
    quantifier = Quantifier.ANY if any_ else Quantifier.ALL
    draft = RuleDraft("R", tuple(conditions), tuple(actions), quantifier, **fields)
    return Rule("r", "anna", draft, 0, 1, NOW, NOW)


def after(input_: TransactionInput, *rules: Rule) -> TransactionInput:
    return run_rules(rules, input_, GROUND).after


def says(match: Match, text: str, field: TextField = TextField.PAYEE) -> TextTest:
    return TextTest(field, match, text)


# What is true of one transaction, and what isn't.
TRUE_OF_A_COFFEE = [
    says(Match.CONTAINS, "é ZO"),
    says(Match.STARTS_WITH, "CAFE"),
    says(Match.EQUALS, "cafe   zoe."),
    says(Match.WORDS, "zoë café"),
    says(Match.WORDS, "milk", TextField.ANY),
    says(Match.CONTAINS, "oat milk", TextField.DESCRIPTION),
    AmountTest(eur(450), None),
    AmountTest(None, eur(450)),
    AmountTest(eur(400), eur(500)),
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
    says(Match.CONTAINS, "☕"),
    says(Match.CONTAINS, "milk", TextField.PAYEE),
    AmountTest(eur(451), None),
    AmountTest(None, eur(449)),
    AmountTest(Money(1, "USD"), None),
    DirectionTest(inflow=True),
    AccountTest("savings"),
    CurrencyTest("USD"),
    WeekdayTest(frozenset({1, 2, 3, 4, 5, 7})),
    DayOfMonthTest(frozenset({13, 15})),
    DateTest("2026-03-15", ""),
    DateTest("", "2026-03-13"),
    TagTest("holi"),
    StatusTest(Status.PENDING),
    CategoryTest(""),
    TransferTest(),
]
COFFEE = paid(description="with oat milk", category_id="food", tags=("Holiday",))


@pytest.mark.parametrize("test", TRUE_OF_A_COFFEE, ids=repr)
def test_a_test_that_holds_fires_the_rule_and_negated_it_does_not(test):
    assert after(COFFEE, rule(SetNote("x"), when=[test])).description == "x"
    assert after(COFFEE, rule(SetNote("x"), when=[Condition(test, negated=True)])) == COFFEE


@pytest.mark.parametrize("test", FALSE_OF_A_COFFEE, ids=repr)
def test_a_test_that_fails_keeps_the_rule_still_and_negated_it_fires(test):
    assert after(COFFEE, rule(SetNote("x"), when=[test])) == COFFEE
    negated = rule(SetNote("x"), when=[Condition(test, negated=True)])
    assert after(COFFEE, negated).description == "x"


def test_a_transfer_is_of_both_accounts_and_of_no_category():
    moved = paid(to_account_id="savings")

    assert TransferTest().holds(moved)
    assert AccountTest("savings").holds(moved)
    assert not CategoryTest("").holds(moved)


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
    assert (first.changed, second.changed) == (("tags",), ("category_id",))
    assert [(out.action, out.reason) for out in first.left_out] == [
        (1, "there is no such category any more")
    ]
    assert outcome.changed == ("category_id", "tags")


ACTS: list[tuple[TransactionInput, Any, dict[str, Any]]] = [
    (paid(), SetCategory("food"), {"category_id": "food"}),
    (paid(category_id="food"), SetCategory(""), {"category_id": ""}),
    (
        paid(splits=(Split("", eur(-450), "bread"),)),
        SetCategory("food"),
        {"splits": (Split("food", eur(-450), "bread"),)},
    ),
    (paid(tags=("b",)), AddTag(" a "), {"tags": ("b", "a")}),
    (paid(tags=("A",)), AddTag("a"), {}),
    (paid(tags=("A", "b")), RemoveTag(" a"), {"tags": ("b",)}),
    (paid(), SetPayee(" Zoe "), {"payee": "Zoe"}),
    (paid(), SetNote("n "), {"description": "n"}),
    (
        paid(category_id="food"),
        TransferTo("savings"),
        {"to_account_id": "savings", "category_id": ""},
    ),
    (paid(to_account_id="savings"), TransferTo("savings"), {}),
    (paid(), SetStatus(Status.PENDING), {"status": Status.PENDING}),
    (paid(status=Status.RECONCILED), SetCategory("food"), {"category_id": "food"}),
    (
        paid(),
        SplitInto((Share("food", basis_points=WHOLE), Share("fuel"))),
        {"category_id": "food"},
    ),
]
LEFT_OUT: list[tuple[TransactionInput, Any]] = [
    (paid(to_account_id="savings"), SetCategory("food")),
    (paid(to_account_id="savings"), TransferTo("dollars")),
    (paid(to_account_id="savings"), SplitInto((Share("food", basis_points=1), Share("fuel")))),
    (paid(splits=(Split("food", eur(-1)), Split("", eur(-449)))), SetCategory("fuel")),
    (paid(), SetCategory("gone")),
    (paid(), TransferTo("dollars")),
    (paid(), TransferTo("closed")),
    (paid(), TransferTo("main")),
    (paid(tags=tuple(map(str, range(MAX_TAGS)))), AddTag("one more")),
    (paid(status=Status.RECONCILED), SetStatus(Status.CLEARED)),
    (paid(status=Status.RECONCILED), TransferTo("savings")),
    (paid(), SplitInto((Share("food", fixed=eur(451)), Share("fuel")))),
    (paid(), SplitInto((Share("food", fixed=Money(1, "USD")), Share("fuel")))),
    (paid(), SplitInto((Share("gone", basis_points=1), Share("fuel")))),
]


@pytest.mark.parametrize(("input_", "action", "changes"), ACTS, ids=repr)
def test_an_action_changes_what_it_says_and_nothing_else(input_, action, changes):
    assert after(input_, rule(action)) == replace(input_, **changes)


@pytest.mark.parametrize(("input_", "action"), LEFT_OUT, ids=repr)
def test_an_action_that_does_not_go_with_a_transaction_is_left_out(input_, action):
    outcome = run_rules([rule(action)], input_, GROUND)

    assert outcome.after == input_
    assert outcome.fired[0].left_out[0].reason


def test_a_split_takes_fixed_parts_first_then_percentages_of_what_is_left():
    shares = (
        Share("rent", "flat", fixed=eur(1_00)),
        Share("food", basis_points=33_33),
        Share("fuel"),
    )

    done = after(paid(-2_00, category_id="food"), rule(SplitInto(shares)))

    assert done.category_id == ""
    assert done.splits == (
        Split("rent", eur(-1_00), "flat"),
        Split("food", eur(-33)),
        Split("fuel", eur(-67)),
    )
    done.check()


# Sharing: the parts sum to the whole, signs are kept, no part is off by a unit or more.

weights = st.lists(st.integers(1, WHOLE), min_size=1, max_size=20).filter(lambda w: sum(w) <= WHOLE)
wholes = st.integers(-(10**15), 10**15).filter(bool)


@PLAY
@given(wholes, weights, st.integers(0, 19), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_parts_sum_to_the_whole_keep_its_sign_and_are_off_by_less_than_a_unit(
    whole: int, points: list[int], rest: int, currency: str
):
    shares = [Share(basis_points=p) for p in points]
    shares.insert(min(rest, len(shares)), Share())

    parts = [part.minor_units for part in shared(Money(whole, currency), shares)]

    assert sum(parts) == whole
    assert all(part * whole >= 0 for part in parts)
    for share, part in zip(shares, parts, strict=True):
        points_ = WHOLE - sum(points) if share.is_rest else share.basis_points
        assert abs(Fraction(whole * points_, WHOLE) - part) < 1


@PLAY
@given(wholes, st.lists(st.integers(1, 10**12), min_size=1, max_size=5))
def test_fixed_parts_are_as_given_and_the_rest_takes_what_is_left(whole: int, fixed: list[int]):
    shares = [*(Share(fixed=eur(f)) for f in fixed), Share()]
    if sum(fixed) > abs(whole):
        with pytest.raises(CannotShare):
            shared(eur(whole), shares)
        return

    parts = shared(eur(whole), shares)

    assert sum(part.minor_units for part in parts) == whole
    assert [abs(part.minor_units) for part in parts[:-1]] == fixed


def test_fixed_parts_that_leave_something_without_a_rest_are_refused():
    with pytest.raises(CannotShare, match="less than the whole"):
        shared(eur(100), [Share(fixed=eur(60)), Share(fixed=eur(39))])
    assert shared(eur(-99), [Share(fixed=eur(60)), Share(fixed=eur(39))]) == [eur(-60), eur(-39)]


# The engine beside a naive model: a dictionary, and one `if` a kind of rule.

payees = st.sampled_from(["Rewe", "Shell 24", "Café Zoë", ""])
tests: dict[str, tuple[Any, Callable[[dict[str, Any]], bool]]] = {
    "rewe": (says(Match.EQUALS, "rewe"), lambda t: t["payee"] == "Rewe"),
    "renamed": (says(Match.CONTAINS, "super"), lambda t: "Super" in t["payee"]),
    "out": (DirectionTest(inflow=False), lambda t: t["amount"] < 0),
    "large": (AmountTest(eur(100), None), lambda t: abs(t["amount"]) >= 100),
    "tagged": (TagTest("t"), lambda t: "t" in t["tags"]),
    "uncategorised": (
        CategoryTest(""),
        lambda t: not t["to"] and "" in (t["splits"] or {t["category"]: 1}),
    ),
    "saturday": (
        WeekdayTest(frozenset({6})),
        lambda t: date.fromisoformat(t["date"]).weekday() == 5,
    ),
    "moved": (TransferTest(), lambda t: bool(t["to"])),
}


def categorise(t: dict[str, Any]) -> None:
    if not t["to"] and not t["splits"]:
        t["category"] = "food"


def halve(t: dict[str, Any]) -> None:
    if t["to"]:
        return
    size = abs(t["amount"])
    larger, smaller, sign = size - size // 2, size // 2, 1 if t["amount"] > 0 else -1
    if smaller:
        t["splits"], t["category"] = {"fuel": sign * larger, "": sign * smaller}, ""
    else:
        t["splits"], t["category"] = {}, "fuel"


def move(t: dict[str, Any]) -> None:
    if not t["to"]:
        t["to"], t["splits"], t["category"] = "savings", {}, ""


acts: dict[str, tuple[Any, Callable[[dict[str, Any]], Any]]] = {
    "food": (SetCategory("food"), categorise),
    "halve": (SplitInto((Share("fuel", basis_points=50_00), Share(""))), halve),
    "tag": (AddTag("t"), lambda t: t.update(tags=t["tags"] | {"t"})),
    "untag": (RemoveTag("t"), lambda t: t.update(tags=t["tags"] - {"t"})),
    "rename": (SetPayee("Supermarket"), lambda t: t.update(payee="Supermarket")),
    "move": (TransferTo("savings"), move),
}
FACTS = {"out", "large", "saturday"}
drawn_rules = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(sorted(tests)), st.booleans()), min_size=1, max_size=3),
        st.booleans(),
        st.lists(st.sampled_from(sorted(acts)), min_size=1, max_size=3),
        st.booleans(),
        st.integers(0, 4).map(bool),
    ),
    max_size=6,
)
drawn_inputs = st.builds(
    lambda payee, amount, day, tagged: paid(
        amount, payee=payee, date=f"2026-03-{day:02}", tags=("t",) if tagged else ()
    ),
    payees, st.integers(-300, 300).filter(bool), st.integers(1, 28), st.booleans(),
)  # fmt: skip


def real(drawn: Any) -> list[Rule]:
    return [
        rule(
            *(acts[name][0] for name in does),
            when=[Condition(tests[name][0], negated) for name, negated in asks],
            any_=any_,
            stop=stop,
            active=active,
        )
        for asks, any_, does, stop, active in drawn
    ]


def modelled(drawn: Any, input_: TransactionInput) -> dict[str, Any]:
    told = {
        "payee": input_.payee,
        "amount": input_.amount.minor_units,
        "date": input_.date,
        "tags": set(input_.tags),
        "category": input_.category_id,
        "splits": {s.category_id: s.amount.minor_units for s in input_.splits},
        "to": input_.to_account_id,
    }
    for asks, any_, does, stop, active in drawn:
        answers = [tests[name][1](told) is not negated for name, negated in asks]
        if active and (any(answers) if any_ else all(answers)):
            for name in does:
                acts[name][1](told)
            if stop:
                break
    return told


@PLAY
@given(drawn_rules, drawn_inputs)
def test_rules_do_what_the_model_does(drawn: Any, input_: TransactionInput):
    outcome = run_rules(real(drawn), input_, GROUND)

    assert modelled([], outcome.after) == modelled(drawn, input_)
    outcome.after.check()


@PLAY
@given(drawn_rules, drawn_inputs)
def test_rules_that_ask_only_for_what_no_rule_changes_do_twice_what_they_do_once(
    drawn: Any, input_: TransactionInput
):
    facts = [
        ([ask for ask in asks if ask[0] in FACTS] or [("out", False)], *rest)
        for asks, *rest in drawn
    ]
    rules = real(facts)

    assert settles(rules, run_rules(rules, input_, GROUND), GROUND)


@PLAY
@given(drawn_rules, drawn_inputs)
def test_it_is_known_whether_the_rules_would_change_it_again(drawn: Any, input_: TransactionInput):
    rules = real(drawn)
    once = run_rules(rules, input_, GROUND)

    twice = run_rules(rules, once.after, GROUND)

    assert settles(rules, once, GROUND) is (once.after == twice.after)


def test_rules_that_swap_two_payees_are_known_never_to_settle():
    swap = [
        rule(SetPayee("B"), when=[says(Match.EQUALS, "a")], stop=True),
        rule(SetPayee("A"), when=[says(Match.EQUALS, "b")], stop=True),
    ]

    assert not settles(swap, run_rules(swap, paid(payee="A"), GROUND), GROUND)


# What a rule may not be.


def test_everything_wrong_with_a_rule_is_told_at_once():
    draft = RuleDraft(
        " ",
        (
            Condition(says(Match.CONTAINS, " ")),
            Condition(AmountTest(eur(2), eur(1))),
            Condition(AmountTest(None, None)),
            Condition(AmountTest(eur(-1), None)),
            Condition(WeekdayTest(frozenset({0}))),
            Condition(DayOfMonthTest(frozenset())),
            Condition(DateTest("2026-02-30", "")),
            Condition(AccountTest("gone")),
            Condition(CategoryTest("gone")),
        ),
        (
            SetCategory("gone"),
            SetStatus(Status.RECONCILED),
            TransferTo("closed"),
            SplitInto((Share("food", basis_points=1),)),
            SplitInto((Share("food"), Share("fuel"))),
            SplitInto((Share("food", fixed=eur(0)), Share("gone"))),
        ),
    )

    with pytest.raises(InvalidFields) as refused:
        draft.check(GROUND)

    assert [name for name, _ in refused.value.fields] == [
        "rule.name",
        "rule.conditions[0].text",
        "rule.conditions[1].at_most",
        "rule.conditions[2]",
        "rule.conditions[3].at_least",
        "rule.conditions[4].days",
        "rule.conditions[5].days",
        "rule.conditions[6].from_date",
        "rule.conditions[7].account_id",
        "rule.conditions[8].category_id",
        "rule.actions[0].category_id",
        "rule.actions[1].status",
        "rule.actions[2].account_id",
        "rule.actions[3].shares",
        "rule.actions[3].shares",
        "rule.actions[4].shares",
        "rule.actions[5].shares[0].fixed",
        "rule.actions[5].shares[1].category_id",
    ]


# A rule from a correction.


@pytest.mark.parametrize(
    ("payee", "description", "expected"),
    [
        ("Café Zoë", "", says(Match.EQUALS, "Café Zoë")),
        ("REWE 4711 Berlin", "", says(Match.WORDS, "rewe berlin")),
        ("24", "", says(Match.EQUALS, "24")),
        ("☕", "", says(Match.EQUALS, "☕")),
        ("", "Standing order 12", says(Match.WORDS, "standing order", TextField.DESCRIPTION)),
        ("", "a " * 300, says(Match.STARTS_WITH, ("a " * 300)[:200], TextField.DESCRIPTION)),
    ],
)
def test_a_correction_becomes_a_rule_that_fires_on_what_was_corrected(payee, description, expected):
    wrong = paid(payee=payee, description=description)

    draft = rule_of(Correction(category_id="food"), wrong)

    draft.check(GROUND)
    assert draft.conditions[0].test == expected
    made = Rule("r", "anna", draft, 0, 1, NOW, NOW)
    assert after(wrong, made).category_id == "food"
    # What comes back is no spending.
    back = replace(wrong, amount=-wrong.amount)
    assert after(back, made) == back


def test_a_correction_of_nothing_or_without_words_is_refused():
    with pytest.raises(InvalidFields):
        rule_of(Correction(), paid())
    with pytest.raises(InvalidFields):
        rule_of(Correction(category_id="food"), paid(payee=" "))
    with pytest.raises(InvalidFields):
        rule_of(Correction(category_id="food", to_account_id="savings"), paid())


def test_a_second_correction_takes_the_place_of_what_the_first_said():
    known = rule(SetCategory("food"), AddTag("a"), SetNote("n"))
    draft = rule_of(Correction(to_account_id="savings", add_tags=("a", "b")), paid())

    assert merged(known, draft).actions == (
        SetNote("n"),
        TransferTo("savings"),
        AddTag("a"),
        AddTag("b"),
    )


def test_a_rule_knows_a_category_that_was_merged_away_by_what_stands_for_it():
    merged_ = RuleGround(GROUND.categories, merged={"fuel": "food"})
    shares = (Share("fuel", basis_points=50_00), Share("rent"))
    draft = rule(SetCategory("fuel"), SplitInto(shares), when=[CategoryTest("fuel")]).draft

    standing = draft.standing(merged_)

    assert standing.conditions == (Condition(CategoryTest("food")),)
    assert standing.actions == (
        SetCategory("food"),
        SplitInto((Share("food", basis_points=50_00), Share("rent"))),
    )
    assert draft.standing(GROUND) is draft
