"""Rules beside a model that a child could follow: a dictionary, and one `if` a kind of rule."""

import os
from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rule_ground import GROUND, eur, paid, rule, says

from ledger.domain.rules.action import (
    AddTag,
    RemoveTag,
    SetCategory,
    SetPayee,
    SplitInto,
    TransferTo,
)
from ledger.domain.rules.condition import (
    AmountTest,
    CategoryTest,
    Condition,
    DirectionTest,
    Match,
    TagTest,
    TransferTest,
    WeekdayTest,
)
from ledger.domain.rules.engine import run_rules, settles
from ledger.domain.rules.rule import Rule
from ledger.domain.rules.sharing import Share
from ledger.domain.transaction import TransactionInput

EXAMPLES = max(300, int(os.environ.get("LEDGER_EXAMPLES", "25")))
PLAY = settings(max_examples=EXAMPLES, deadline=None)

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
