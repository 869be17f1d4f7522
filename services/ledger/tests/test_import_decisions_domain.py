"""What is done about each line alone: by itself, by a person's word, and what a match makes of the
two."""

from dataclasses import replace
from typing import Any

import pytest
from import_ground import line
from posting_ground import BOOK, Clerk, coffee, eur, usd

from ledger.domain.entry import Origin, Status
from ledger.domain.errors import InvalidFields
from ledger.domain.importing.decisions import (
    Act,
    Choice,
    Decision,
    Outcome,
    Override,
    check_overrides,
    cleared_input,
    decide,
    matched_input,
)
from ledger.domain.importing.planning import Candidate, Judgement, Refusal, Verdict
from ledger.domain.transaction import Split, Transaction, input_of, transaction_of

THERE = Judgement(Verdict.ALREADY_THERE, "t1")
DELETED = Judgement(Verdict.DELETED_BEFORE, "t9")
REFUSED = Judgement(Verdict.REFUSED, refusal=Refusal("X", "x"))
DOUBTFUL = Judgement(
    Verdict.DOUBTFUL, candidates=(Candidate("t2", 4, 0, 1.0), Candidate("t3", 5, 1, 0.9))
)
ADDED = Decision(Act.ADD, Outcome.ADDED)
SKIPPED = Decision(Act.LEAVE, Outcome.SKIPPED)


@pytest.mark.parametrize(
    ("judgement", "decision"),
    [
        (Judgement(Verdict.NEW), ADDED),
        (Judgement(Verdict.TWIN_KEPT), ADDED),
        (THERE, Decision(Act.RECOGNISE, Outcome.ALREADY_THERE, "t1")),
        (replace(THERE, clears=True), Decision(Act.CLEAR, Outcome.ALREADY_THERE, "t1")),
        # The file says it twice: its first stands for both.
        (Judgement(Verdict.ALREADY_THERE), Decision(Act.LEAVE, Outcome.ALREADY_THERE)),
        (DELETED, Decision(Act.LEAVE, Outcome.DELETED_BEFORE, "t9")),
        (DOUBTFUL, Decision(Act.LEAVE, Outcome.DOUBTFUL)),
        (REFUSED, Decision(Act.LEAVE, Outcome.REFUSED)),
    ],
)
def test_what_is_done_about_a_line_of_which_nobody_says_anything(judgement, decision):
    assert decide(judgement, None) == decision


@pytest.mark.parametrize(
    ("judgement", "override", "decision"),
    [
        (Judgement(Verdict.NEW), Override(1, Choice.SKIP), SKIPPED),
        (THERE, Override(1, Choice.SKIP), SKIPPED),
        (THERE, Override(1, Choice.ADD), ADDED),
        (DOUBTFUL, Override(1, Choice.ADD), ADDED),
        (DELETED, Override(1, Choice.ADD), Decision(Act.RESTORE, Outcome.RESTORED, "t9")),
        # A candidate has to be what was shown; what a person found elsewhere may be anything.
        (DOUBTFUL, Override(1, Choice.MATCH, "t3"), Decision(Act.MATCH, Outcome.MATCHED, "t3", 5)),
        (DOUBTFUL, Override(1, Choice.MATCH, "t7"), Decision(Act.MATCH, Outcome.MATCHED, "t7", 0)),
    ],
)
def test_a_persons_word_counts_before_the_verdict(judgement, override, decision):
    assert decide(judgement, override) == decision


NO_LINE, TWICE = "is no line of this plan", "is said twice"
REFUSED_WORDS = "a line that was refused can't be booked"
ONLY_MATCH = "belongs to a match, and only to a match"
TAKEN = "another line of this file is it already"
PLAN = {1: THERE, 2: REFUSED, 3: Judgement(Verdict.NEW), 4: DOUBTFUL, 5: DELETED}


@pytest.mark.parametrize(
    ("overrides", "problems"),
    [
        ([Override(9, Choice.ADD)], [("overrides[0].line", NO_LINE)]),
        ([Override(0, None)], [("overrides[0].line", NO_LINE)]),
        (
            [Override(3, Choice.ADD), Override(4, Choice.ADD), Override(3, None)],
            [("overrides[2].line", TWICE)],
        ),
        ([Override(3, None)], [("overrides[0].choice", "one of add, skip, match")]),
        ([Override(2, None)], [("overrides[0].choice", "one of add, skip, match")]),
        ([Override(2, Choice.ADD)], [("overrides[0].choice", REFUSED_WORDS)]),
        ([Override(2, Choice.MATCH, "t5")], [("overrides[0].choice", REFUSED_WORDS)]),
        ([Override(3, Choice.MATCH)], [("overrides[0].transaction_id", ONLY_MATCH)]),
        ([Override(3, Choice.SKIP, "t1")], [("overrides[0].transaction_id", ONLY_MATCH)]),
        ([Override(3, Choice.ADD, "t5")], [("overrides[0].transaction_id", ONLY_MATCH)]),
        ([Override(3, Choice.MATCH, "t1")], [("overrides[0].transaction_id", TAKEN)]),
        (
            [Override(3, Choice.MATCH, "t5"), Override(4, Choice.MATCH, "t5")],
            [("overrides[1].transaction_id", TAKEN)],
        ),
        (
            [Override(3, Choice.MATCH), Override(4, Choice.MATCH)],
            [(f"overrides[{i}].transaction_id", ONLY_MATCH) for i in (0, 1)],
        ),
        # All of them at once, those about targets last.
        (
            [Override(3, Choice.MATCH, "t1"), Override(8, Choice.SKIP), Override(4, None)],
            [
                ("overrides[1].line", NO_LINE),
                ("overrides[2].choice", "one of add, skip, match"),
                ("overrides[0].transaction_id", TAKEN),
            ],
        ),
    ],
)  # fmt: skip
def test_words_on_lines_that_cannot_be(overrides, problems):
    with pytest.raises(InvalidFields) as refused:
        check_overrides(overrides, PLAN)

    assert list(refused.value.fields) == problems


@pytest.mark.parametrize(
    "overrides",
    [
        [],
        [Override(2, Choice.SKIP)],
        # The line that was it is said to be something else.
        [Override(1, Choice.ADD), Override(3, Choice.MATCH, "t1")],
        [Override(3, Choice.MATCH, "t1"), Override(1, Choice.SKIP)],
        # What was deleted, or is only offered, answers for no line.
        [Override(3, Choice.MATCH, "t9"), Override(4, Choice.MATCH, "t2")],
    ],
)
def test_words_on_lines_are_kept_by_line(overrides):
    assert check_overrides(overrides, PLAN) == {each.line: each for each in overrides}


def booked(minor_units: int = -350, **said: Any) -> Transaction:
    return transaction_of(Clerk().create(coffee(minor_units, **said)), BOOK)


def uncategorised(**said: Any) -> Transaction:
    return booked(category_id="", **said)


BANKS = line(
    "ZOE 4711 BERLIN",
    -400,
    date="2026-03-16",
    reference="A",
    category_id="snacks",
    description="card",
    status=Status.PENDING,
    tags=("bank",),
)


def test_a_match_takes_the_banks_day_amount_and_reference_and_keeps_the_words():
    noted = booked(description="mine", tags=("x",), origin=Origin("doc", "draft", "", "import"))

    assert matched_input(noted, BANKS) == replace(
        input_of(noted),
        amount=eur(-400),
        date="2026-03-16",
        status=Status.PENDING,
        origin=Origin("doc", "draft", "A", "import"),
    )


def test_a_match_gives_the_words_that_are_missing():
    matched = matched_input(uncategorised(payee=""), BANKS)

    assert (matched.payee, matched.description) == ("ZOE 4711 BERLIN", "card")
    assert (matched.category_id, matched.tags) == ("snacks", ())


def test_a_line_without_reference_leaves_the_one_that_there_is():
    noted = booked(origin=Origin(bank_reference="B"))

    unnamed = replace(BANKS.input, origin=Origin(bank_reference="NONREF"))
    assert matched_input(noted, replace(BANKS, input=unnamed)).origin.bank_reference == "B"
    assert matched_input(noted, BANKS).origin.bank_reference == "A"


def test_what_a_statement_confirmed_takes_only_reference_and_missing_words():
    entry = Clerk().create(coffee(-350, category_id="", payee=""))
    noted = transaction_of(entry.reconciled_as({"giro"}), BOOK)
    assert noted.status is Status.RECONCILED

    assert matched_input(noted, BANKS) == replace(
        input_of(noted),
        payee="ZOE 4711 BERLIN",
        description="card",
        origin=Origin(bank_reference="A"),
    )


def test_the_other_side_of_a_transfer_is_left_as_it_is():
    transfer = booked(category_id="", to_account_id="savings")
    other_side = line("Anna", 350, account="savings", reference="A", date="2026-03-15")

    assert matched_input(transfer, other_side) == input_of(transfer)
    assert matched_input(transfer, other_side, is_receipt=True) == input_of(transfer)


def test_a_transfer_gets_no_category_by_its_match():
    transfer = booked(category_id="", to_account_id="savings")

    assert matched_input(transfer, BANKS).category_id == ""
    assert matched_input(transfer, BANKS, is_receipt=True).category_id == ""


def test_one_split_takes_the_banks_amount_and_keeps_its_memo():
    noted = booked(category_id="", splits=(Split("food", eur(-350), "cake"),))
    matched = matched_input(noted, BANKS)

    assert (matched.amount, matched.splits) == (eur(-400), (Split("food", eur(-400), "cake"),))
    assert matched.category_id == ""


def test_several_splits_stay_whatever_the_banks_amount():
    parts = (Split("food", eur(-150)), Split("pay", eur(-200)))
    matched = matched_input(booked(category_id="", splits=parts), BANKS)

    assert (matched.amount, matched.splits, matched.category_id) == (eur(-400), parts, "")


RECEIPTS = line(
    "Café Zoë",
    date="2026-03-13",
    origin=Origin("scan", "draft"),
    description="two cakes",
    tags=("x", "y"),
    document_ids=("d2", "d1"),
    splits=(Split("food", eur(-150)), Split("snacks", eur(-200))),
)


def test_a_receipt_says_who_and_what_and_the_bank_keeps_day_and_amount():
    shown = uncategorised(
        payee="ZOE 4711", tags=("w", "x"), document_ids=("d1",), origin=Origin(bank_reference="A")
    )

    assert matched_input(shown, RECEIPTS, is_receipt=True) == replace(
        input_of(shown),
        payee="Café Zoë",
        description="two cakes",
        tags=("w", "x", "y"),
        document_ids=("d1", "scan", "d2"),
        splits=RECEIPTS.input.splits,
    )


def test_a_receipt_that_does_not_say_who_leaves_what_there_is():
    shown = booked(description="mine")
    nameless = replace(RECEIPTS, input=replace(RECEIPTS.input, payee=""))
    matched = matched_input(shown, nameless, is_receipt=True)

    assert (matched.payee, matched.description) == ("Zoë", "mine")
    assert (matched.category_id, matched.splits) == ("food", ())


def test_a_receipts_parts_are_taken_where_they_add_up_to_what_was_paid():
    paid_more = uncategorised(minor_units=-400)
    matched = matched_input(paid_more, RECEIPTS, is_receipt=True)

    assert (matched.amount, matched.category_id) == (eur(-400), "")
    assert matched.splits == input_of(paid_more).splits
    one = replace(RECEIPTS, input=replace(RECEIPTS.input, splits=(), category_id="food"))
    for transaction in (paid_more, uncategorised()):
        assert matched_input(transaction, one, is_receipt=True).category_id == "food"


def test_what_clears_is_only_cleared():
    pending = booked(status=Status.PENDING, description="mine")

    assert cleared_input(pending) == replace(input_of(pending), status=Status.CLEARED)
    assert cleared_input(pending).status is Status.CLEARED


def test_a_match_across_currencies_keeps_what_reaches_the_other_account():
    transfer = booked(category_id="", to_account_id="dollars", to_amount=usd(380))

    assert matched_input(transfer, BANKS).to_amount == usd(380)
