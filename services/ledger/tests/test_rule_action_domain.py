"""What a rule does to a transaction: what changes, what doesn't go, what may not be asked."""

from dataclasses import replace
from typing import Any

import pytest
from rule_ground import GROUND, eur, paid, usd, wrong

from kit.money import Money
from ledger.domain.entry import Status
from ledger.domain.rules.action import (
    Action,
    AddTag,
    CannotAct,
    RemoveTag,
    SetCategory,
    SetNote,
    SetPayee,
    SetStatus,
    SplitInto,
    TransferTo,
    action_standing,
)
from ledger.domain.rules.sharing import WHOLE, Share
from ledger.domain.transaction import MAX_TAGS, Split, TransactionInput

HALF = WHOLE // 2
TWO = (Split("food", eur(-1)), Split("", eur(-449)))
MOVED, CONFIRMED = paid(to_account_id="savings"), paid(status=Status.RECONCILED)


def tags(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


ACTS: list[tuple[TransactionInput, Action, dict[str, Any]]] = [
    (paid(), SetCategory("food"), {"category_id": "food"}),
    (paid(category_id="food"), SetCategory(""), {"category_id": ""}),
    (CONFIRMED, SetCategory("food"), {"category_id": "food"}),
    (
        paid(splits=(Split("", eur(-450), "bread"),)),
        SetCategory("food"),
        {"splits": (Split("food", eur(-450), "bread"),)},
    ),
    (paid(tags=("b",)), AddTag(" a "), {"tags": ("b", "a")}),
    (paid(tags=("A",)), AddTag("a"), {}),
    (paid(tags=("a",)), AddTag(" A"), {}),
    (paid(tags=tags(19)), AddTag("x"), {"tags": (*tags(19), "x")}),
    (paid(tags=tags(20)), AddTag("3"), {}),
    (paid(tags=("A", "b")), RemoveTag(" a"), {"tags": ("b",)}),
    (paid(tags=("A", "b")), RemoveTag("c"), {}),
    (paid(), SetPayee(" Zoe "), {"payee": "Zoe"}),
    (paid(), SetNote("n "), {"description": "n"}),
    (paid(description="n"), SetNote(""), {"description": ""}),
    (
        paid(category_id="food"),
        TransferTo("savings"),
        {"to_account_id": "savings", "category_id": ""},
    ),
    (paid(splits=TWO), TransferTo("savings"), {"to_account_id": "savings", "splits": ()}),
    (MOVED, TransferTo("savings"), {}),
    (replace(MOVED, status=Status.RECONCILED), TransferTo("savings"), {}),
    (paid(), SetStatus(Status.PENDING), {"status": Status.PENDING}),
    (paid(status=Status.PENDING), SetStatus(Status.CLEARED), {"status": Status.CLEARED}),
    (CONFIRMED, SetStatus(Status.RECONCILED), {}),
]


@pytest.mark.parametrize(("input_", "action", "changes"), ACTS)
def test_an_action_changes_what_it_says_and_nothing_else(input_, action, changes):
    assert action.on(input_, GROUND) == replace(input_, **changes)


@pytest.mark.parametrize(
    ("input_", "action", "reason"),
    [
        (MOVED, SetCategory("food"), "it is a transfer"),
        (MOVED, TransferTo("dollars"), "it is a transfer"),
        (MOVED, SplitInto((Share("food", basis_points=1), Share("fuel"))), "it is a transfer"),
        (paid(splits=TWO), SetCategory("fuel"), "it is split"),
        (paid(), SetCategory("gone"), "there is no such category any more"),
        (paid(), TransferTo("dollars"), "the other account is kept in USD"),
        (paid(), TransferTo("closed"), "the other account takes no postings"),
        (paid(), TransferTo("main"), "it is of that account itself"),
        (paid(tags=tags(MAX_TAGS)), AddTag("one more"), "it has 20 tags already"),
        (CONFIRMED, SetStatus(Status.CLEARED), "it is reconciled with a statement"),
        (CONFIRMED, TransferTo("savings"), "it is reconciled with a statement"),
        (
            paid(),
            SplitInto((Share("food", fixed=eur(451)), Share("fuel"))),
            "the fixed parts are more than the whole",
        ),
        (
            paid(),
            SplitInto((Share("food", fixed=usd(1)), Share("fuel"))),
            "a fixed part is in USD",
        ),
        (
            paid(),
            SplitInto((Share("gone", basis_points=1), Share("fuel"))),
            "there is no such category any more",
        ),
    ],
)
def test_why_an_action_does_not_go_with_a_transaction(input_, action, reason):
    with pytest.raises(CannotAct) as refused:
        action.on(input_, GROUND)

    assert str(refused.value) == reason


def split(*shares: Share, of: int = -450):
    after = SplitInto(shares).on(paid(of, category_id="rent", splits=()), GROUND)
    after.check()
    return after


def test_a_split_takes_the_place_of_the_category():
    done = split(Share("food", " bread ", basis_points=HALF), Share("fuel", basis_points=HALF))

    assert done.category_id == ""
    assert done.splits == (Split("food", eur(-225), "bread"), Split("fuel", eur(-225)))
    again = SplitInto((Share("", fixed=eur(1)), Share("rent"))).on(done, GROUND)
    assert again.splits == (Split("", eur(-1)), Split("rent", eur(-449)))


def test_a_share_that_comes_to_nothing_is_left_out():
    shares = Share("food", basis_points=HALF), Share("fuel"), Share("rent", fixed=eur(448))

    assert split(*shares).splits == (
        Split("food", eur(-1)), Split("fuel", eur(-1)), Split("rent", eur(-448)),
    )  # fmt: skip
    assert split(*shares, of=-449).splits == (Split("food", eur(-1)), Split("rent", eur(-448)))


def test_one_part_alone_is_a_category_unless_it_says_something():
    whole = Share("food", basis_points=WHOLE), Share("fuel")
    said = replace(whole[0], memo="all"), whole[1]

    assert split(*whole) == paid(category_id="food")
    assert SplitInto(whole).on(paid(splits=TWO), GROUND) == paid(category_id="food")
    assert split(*said) == paid(splits=(Split("food", eur(-450), "all"),))


NO_CATEGORY, SIZE = "there is no such category", "1 to 10000"
NUMBER, WHOLE_WORDS = "2 to 20", "come to 100 %, or one of them is the rest"
NOTHING = "must be more than nothing: its sign is that of the whole"


@pytest.mark.parametrize(
    ("action", "problems"),
    [
        (SetCategory("gone"), [("at.category_id", NO_CATEGORY)]),
        (AddTag(" "), [("at.tag", "must not be empty")]),
        (AddTag("t" * 51), [("at.tag", "at most 50 characters")]),
        (RemoveTag(" "), [("at.tag", "must not be empty")]),
        (RemoveTag("t" * 51), [("at.tag", "at most 50 characters")]),
        (SetPayee(" "), [("at.payee", "must not be empty")]),
        (SetPayee("p" * 201), [("at.payee", "at most 200 characters")]),
        (SetNote("n" * 1001), [("at.text", "at most 1000 characters")]),
        (
            TransferTo("closed"),
            [("at.account_id", "there is no such account that takes postings")],
        ),
        (
            SetStatus(Status.RECONCILED),
            [("at.status", "pending or cleared: a statement reconciles")],
        ),
        (SplitInto(()), [("at.shares", NUMBER), ("at.shares", WHOLE_WORDS)]),
        (SplitInto((Share("food"),)), [("at.shares", NUMBER)]),
        (SplitInto((Share("food", basis_points=475),) * 20 + (Share(),)), [("at.shares", NUMBER)]),
        (SplitInto((Share(), Share())), [("at.shares", "one share alone can be the rest")]),
        (
            SplitInto((Share("gone", "m" * 201), Share(basis_points=1))),
            [
                ("at.shares[0].category_id", NO_CATEGORY),
                ("at.shares[0].memo", "at most 200 characters"),
            ],
        ),
        (SplitInto((Share(basis_points=9_999), Share(fixed=eur(1)))), [("at.shares", WHOLE_WORDS)]),
        (
            SplitInto((Share(basis_points=HALF + 1), Share(basis_points=HALF), Share())),
            [("at.shares", WHOLE_WORDS)],
        ),
        (SplitInto((Share(basis_points=-1), Share())), [("at.shares[0].basis_points", SIZE)]),
        (
            SplitInto((Share(), Share(basis_points=WHOLE + 1))),
            [("at.shares[1].basis_points", SIZE), ("at.shares", WHOLE_WORDS)],
        ),
        (
            SplitInto((Share(), Share(fixed=eur(1), basis_points=1))),
            [("at.shares[1]", "either an amount or a percentage")],
        ),
        (SplitInto((Share(fixed=eur(0)), Share())), [("at.shares[0].fixed", NOTHING)]),
        (SplitInto((Share(fixed=eur(-1)), Share())), [("at.shares[0].fixed", NOTHING)]),
        (
            SplitInto((Share(fixed=eur(10**15 + 1)), Share())),
            [("at.shares[0].fixed", "beyond the largest amount that is kept")],
        ),
        (
            SplitInto((Share(fixed=Money(1, "XXQ")), Share())),
            [("at.shares[0].fixed", "'XXQ' is not an ISO 4217 currency code")],
        ),
    ],
)
def test_an_action_that_may_not_be_is_refused_in_words(action, problems):
    assert wrong(lambda check: action.check(check, "at", GROUND)) == problems


@pytest.mark.parametrize(
    "action",
    [
        SetCategory(""),
        SetCategory("food"),
        AddTag(f" {'t' * 50} "),
        RemoveTag(f" {'t' * 50} "),
        SetPayee(f" {'p' * 200} "),
        SetNote(f" {'n' * 1000} "),
        SetNote(""),
        TransferTo("savings"),
        TransferTo("dollars"),
        SetStatus(Status.PENDING),
        SetStatus(Status.CLEARED),
        SplitInto((Share("food", f" {'m' * 200} ", basis_points=HALF), Share(basis_points=HALF))),
        SplitInto((Share("food", fixed=eur(10**15)), Share())),
        SplitInto((Share(fixed=eur(1)), Share(basis_points=WHOLE))),
        SplitInto((Share(basis_points=WHOLE), Share())),
        SplitInto((Share(basis_points=500),) * 20),
    ],
)
def test_an_action_at_its_limits_is_taken(action):
    assert wrong(lambda check: action.check(check, "at", GROUND)) == []


def test_an_action_names_what_stands_for_a_category_that_was_merged_away():
    ways = {"fuel": "food", "old": "rent"}
    shares = (Share("fuel", "memo", basis_points=HALF), Share("food"))

    assert action_standing(SetCategory("fuel"), ways) == SetCategory("food")
    assert action_standing(SetCategory("rent"), ways) == SetCategory("rent")
    assert action_standing(SplitInto(shares), ways) == SplitInto(
        (Share("food", "memo", basis_points=HALF), Share("food"))
    )
    tag = AddTag("fuel")
    assert action_standing(tag, ways) is tag
