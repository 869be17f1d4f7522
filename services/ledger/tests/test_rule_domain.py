"""A rule and the list of a book's rules, alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rule_ground import GROUND, NOW, eur, paid, refused, rule, says

from ledger.domain.entry import Status
from ledger.domain.errors import VersionMismatch
from ledger.domain.payee import PayeeNames
from ledger.domain.rules.action import (
    AddTag,
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
    DirectionTest,
    Match,
)
from ledger.domain.rules.rule import (
    Quantifier,
    Rule,
    RuleDraft,
    RuleList,
    RuleNotFound,
    TooManyRules,
)
from ledger.domain.rules.sharing import Share

LATER = NOW + timedelta(days=1)
OUT, IN = Condition(DirectionTest(inflow=False)), Condition(DirectionTest(inflow=True))
DRAFT = RuleDraft("Coffee", (OUT,), (SetNote("n"),))


def problems(draft: RuleDraft) -> list[tuple[str, str]]:
    return refused(lambda: draft.check(GROUND))


def rules(*places: int) -> RuleList:
    known = [replace(rule(), id=f"r{place}", place=place) for place in places]
    return RuleList(3, known)


def test_everything_wrong_with_a_rule_is_told_at_once():
    draft = RuleDraft(
        " ",
        tuple(
            map(
                Condition,
                (
                    says(Match.CONTAINS, " "),
                    AmountTest(None, None),
                    AccountTest("gone"),
                    CategoryTest("gone"),
                ),
            )
        ),
        (
            SetCategory("gone"),
            SetStatus(Status.RECONCILED),
            TransferTo("closed"),
            SplitInto((Share("food"), Share("fuel"))),
            SplitInto((Share("food", fixed=eur(0)), Share("gone"))),
        ),
    )

    assert problems(draft) == [
        ("rule.name", "must not be empty"),
        ("rule.conditions[0].text", "must not be empty"),
        ("rule.conditions[1]", "one bound or both"),
        ("rule.conditions[2].account_id", "there is no such account"),
        ("rule.conditions[3].category_id", "there is no such category"),
        ("rule.actions[0].category_id", "there is no such category"),
        ("rule.actions[1].status", "pending or cleared: a statement reconciles"),
        ("rule.actions[2].account_id", "there is no such account that takes postings"),
        ("rule.actions[3].shares", "one share alone can be the rest"),
        (
            "rule.actions[4].shares[0].fixed",
            "must be more than nothing: its sign is that of the whole",
        ),
        ("rule.actions[4].shares[1].category_id", "there is no such category"),
    ]


@pytest.mark.parametrize(
    ("draft", "problem"),
    [
        (replace(DRAFT, name="n" * 101), ("rule.name", "at most 100 characters")),
        (replace(DRAFT, conditions=()), ("rule.conditions", "1 to 20")),
        (replace(DRAFT, conditions=(OUT,) * 21), ("rule.conditions", "1 to 20")),
        (replace(DRAFT, actions=()), ("rule.actions", "1 to 20")),
        (replace(DRAFT, actions=(SetNote(""),) * 21), ("rule.actions", "1 to 20")),
        (
            replace(DRAFT, conditions=(Condition(AccountTest("")),)),
            ("rule.conditions[0].account_id", "must not be empty"),
        ),
    ],
)
def test_a_rule_beyond_a_limit_is_refused(draft, problem):
    assert problems(draft) == [problem]


@pytest.mark.parametrize(
    "draft",
    [
        DRAFT,
        replace(DRAFT, name=f" {'n' * 100} "),
        replace(DRAFT, conditions=(OUT,) * 20, actions=(SetNote(""),) * 20),
        # An account that is closed by now is known to the history.
        replace(DRAFT, conditions=(Condition(AccountTest("closed")),)),
        replace(DRAFT, conditions=(Condition(CategoryTest("")), Condition(CategoryTest("food")))),
        replace(DRAFT, conditions=(Condition(AccountTest("main")),)),
    ],
)
def test_a_rule_at_its_limits_is_taken(draft):
    draft.check(GROUND)


def test_a_rule_knows_a_category_that_was_merged_away_by_what_stands_for_it():
    ground = RuleGround(GROUND.categories, merged={"fuel": "food"})
    shares = (Share("fuel", basis_points=50_00), Share("rent"))
    draft = rule(SetCategory("fuel"), SplitInto(shares), when=[CategoryTest("fuel")]).draft

    assert draft.standing(ground) == replace(
        draft,
        conditions=(Condition(CategoryTest("food")),),
        actions=(
            SetCategory("food"),
            SplitInto((Share("food", basis_points=50_00), Share("rent"))),
        ),
    )
    assert draft.standing(GROUND) is draft


def test_all_asks_for_each_condition_and_any_for_one():
    def met(*when: Condition, any_: bool = False) -> tuple[int, ...]:
        return tuple(rule(when=when, any_=any_).met(paid(), PayeeNames()))

    assert met(OUT, IN) == met(IN) == met(IN, IN, any_=True) == ()
    assert met(OUT) == (0,)
    assert met(OUT, OUT) == met(OUT, OUT, IN, any_=True) == (0, 1)
    assert met(IN, OUT, any_=True) == (1,)


def test_a_rule_is_changed_to_what_is_said():
    known = replace(rule(), version=4, place=7)
    said = RuleDraft(" Tea ", (IN,), (SetNote("m"),), Quantifier.ANY, active=False, stop=True)

    assert known.changed_to(said, now=LATER) == replace(
        known, draft=replace(said, name="Tea"), version=5, updated_at=LATER
    )


@pytest.mark.parametrize("known", [replace(rule(), version=3), rules(0)], ids=["rule", "list"])
def test_only_the_version_that_was_seen_is_changed(known):
    known.expect(0)
    known.expect(3)
    for other in (1, 4):
        with pytest.raises(VersionMismatch) as mismatch:
            known.expect(other)
        assert mismatch.value.metadata == {"current_version": "3"}


def test_a_new_rule_comes_after_all_others():
    said = replace(DRAFT, name=" Coffee ")

    first = RuleList(0, []).adding(said, id="a", owner="anna", now=LATER)
    assert first == Rule("a", "anna", DRAFT, 0, 1, LATER, LATER)
    assert rules(0, 6).adding(said, id="a", owner="anna", now=LATER).place == 7


def test_a_book_has_five_hundred_rules_and_no_more():
    assert rules(*range(499)).adding(DRAFT, id="a", owner="anna", now=NOW).place == 499
    with pytest.raises(TooManyRules) as full:
        rules(*range(500)).adding(DRAFT, id="a", owner="anna", now=NOW)
    assert str(full.value) == "a book has at most 500 rules"


def test_a_rule_is_found_by_its_id():
    assert rules(0, 1).rule("r1").place == 1
    with pytest.raises(RuleNotFound) as missing:
        rules(0, 1).rule("r2")
    words = "there is no such rule"
    assert (str(missing.value), missing.value.fields) == (words, (("rule_id", words),))


def test_the_first_rule_that_asks_for_exactly_all_of_these():
    def asks(id_: str, *when: Condition, any_: bool = False) -> Rule:
        return replace(rule(SetPayee(id_), when=when, any_=any_), id=id_)

    listed = [asks("any", OUT, any_=True), asks("more", OUT, IN), asks("a", OUT), asks("b", OUT)]
    known = RuleList(1, listed)

    assert known.asking((OUT,)) == listed[2]
    assert known.asking((OUT, IN)) == listed[1]
    assert known.asking((Condition(CurrencyTest("EUR")),)) is None


def test_another_order_names_each_rule_once():
    assert [(r.id, r.place) for r in rules(2, 5, 9).ordered(["r9", "r2", "r5"])] == [
        ("r9", 0), ("r2", 1), ("r5", 2),
    ]  # fmt: skip
    for ids in (["r2"], ["r2", "r2"], ["r2", "r5", "r5"], ["r2", "r9"], []):
        assert refused(lambda ids=ids: rules(2, 5).ordered(ids)) == [
            ("rule_ids", "each rule of the book once")
        ]


def test_a_draft_is_tidied():
    assert replace(DRAFT, name=" A b ").tidied() == replace(DRAFT, name="A b")
    assert RuleDraft("n", (), (AddTag("t"),)).quantifier is Quantifier.ALL
