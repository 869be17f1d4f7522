"""Postings that are refused: by which name, in which words, for which fields."""

from dataclasses import replace

import pytest
from posting_ground import (
    OTHER,
    OWNER,
    Clerk,
    close,
    coffee,
    edit,
    eur,
    told,
    usd,
)

from ledger.domain.command import Create, Delete, Edit, OpenBalance, Restore
from ledger.domain.entry import Status
from ledger.domain.errors import (
    AccountClosed,
    AccountNotFound,
    EntryReconciled,
    InvalidFields,
    TransactionDeleted,
    TransactionNotFound,
    VersionMismatch,
)


def test_only_a_version_that_stands_is_changed():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    for act in (
        edit(made, version=2),
        Delete(made.transaction_id, 2),
        Restore(made.transaction_id, 2, 1),
    ):
        refusal = clerk.refuse(act)
        assert told(refusal) == (
            VersionMismatch, "it was changed since you looked: load it again", [],
        )  # fmt: skip
        assert refusal.metadata == {"current_version": "1"}


def test_what_there_is_not_cannot_be_changed():
    clerk = Clerk()
    for act in (Edit("t", 0, coffee()), Delete("t", 0), Restore("t")):
        assert told(clerk.refuse(act)) == (
            TransactionNotFound, "there is no such transaction", [],
        )  # fmt: skip
    made = clerk.create()
    assert isinstance(clerk.refuse(edit(made), owner=OTHER), TransactionNotFound)


def test_what_was_deleted_is_neither_edited_nor_deleted_again():
    clerk = Clerk()
    made = clerk.create()
    clerk.accept(Delete(made.transaction_id, 0))
    for act in (edit(made), Delete(made.transaction_id, 0)):
        assert told(clerk.refuse(act)) == (
            TransactionDeleted, "the transaction was deleted", [],
        )  # fmt: skip


def test_a_version_that_said_nothing_cannot_be_restored():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    needed = [("version", "must be named: the transaction was not deleted")]
    nothing = [("version", "the transaction said nothing at this version")]

    assert told(clerk.refuse(Restore(made.transaction_id)))[2] == needed
    assert told(clerk.refuse(Restore(made.transaction_id, version=5)))[2] == nothing
    clerk.accept(Delete(made.transaction_id, 0))
    refusal = clerk.refuse(Restore(made.transaction_id, version=2))
    assert told(refusal)[2] == nothing
    assert str(refusal) == "version: the transaction said nothing at this version"
    clerk.ground.states.clear()
    assert told(clerk.refuse(Restore(made.transaction_id)))[2] == nothing


LOCK = "the transaction is reconciled with a statement: unlock it to change this"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": eur(-351)}, "amount"),
        ({"date": "2026-03-15"}, "date"),
        ({"account_id": "savings"}, "account_id"),
        ({"status": Status.CLEARED}, "status"),
        ({"category_id": "", "to_account_id": "savings"}, "to_account_id"),
    ],
)
def test_what_a_statement_has_confirmed_changes_only_when_it_is_unlocked(said, field):
    clerk = Clerk()
    confirmed = coffee(status=Status.RECONCILED)
    made = clerk.create(confirmed)
    changed = replace(confirmed, **said)

    refusal = clerk.refuse(edit(made, said=changed))
    assert told(refusal) == (EntryReconciled, LOCK, [(f"transaction.{field}", LOCK)])
    assert clerk.accept(edit(made, said=changed, unlock=True)).result.version == 2


def test_what_a_statement_does_not_say_changes_freely():
    clerk = Clerk()
    confirmed = coffee(status=Status.RECONCILED)
    made = clerk.create(confirmed)
    other = replace(confirmed, payee="Café", category_id="pay", tags=("b",), description="d")

    assert clerk.accept(edit(made, said=other)).result.payee == "Café"


def test_what_reached_the_other_account_is_locked_too():
    clerk = Clerk()
    sent = coffee(category_id="", to_account_id="dollars", to_amount=usd(380))
    made = clerk.create(replace(sent, status=Status.RECONCILED))

    changed = replace(sent, status=Status.RECONCILED, to_amount=usd(390))
    assert clerk.refuse(edit(made, said=changed)).fields == (("transaction.to_amount", LOCK),)


def test_deleting_and_restoring_ask_for_the_unlock_too():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    edited = clerk.accept(edit(made, said=coffee(-400, status=Status.RECONCILED))).result
    id_ = made.transaction_id

    assert told(clerk.refuse(Delete(id_, 0))) == (EntryReconciled, LOCK, [])
    both = [("transaction.amount", LOCK), ("transaction.status", LOCK)]
    assert told(clerk.refuse(Restore(id_, version=1)))[2] == both
    restored = clerk.accept(Restore(id_, version=1, unlock=True)).result
    assert (restored.status, restored.amount) == (Status.CLEARED, eur(-350))
    clerk.accept(Restore(id_, version=2))
    assert clerk.accept(Delete(id_, 0, unlock=True)).superseded != edited.id


def test_nothing_is_taken_out_of_a_closed_account():
    clerk = Clerk()
    made = clerk.create()
    moved = clerk.create(coffee(category_id="", to_account_id="savings"))
    close(clerk, "savings")

    words = "the account 'Savings' is closed and takes no more postings"
    for act in (Delete(moved.transaction_id, 0), edit(moved)):
        assert told(clerk.refuse(act)) == (AccountClosed, words, [("id", words)])
    assert clerk.accept(Delete(made.transaction_id, 0)).entries


def test_a_refund_names_another_transaction_that_there_is():
    clerk = Clerk()
    made = clerk.create()
    refund = clerk.create(coffee(350, refund_of=made.transaction_id))
    itself = coffee(350, refund_of=refund.transaction_id)

    assert refund.refund_of == made.transaction_id
    assert told(clerk.refuse(edit(refund, said=itself)))[::2] == (
        InvalidFields, [("transaction.refund_of", "must be another transaction")],
    )  # fmt: skip
    missing = told(clerk.refuse(Create(coffee(350, refund_of="t"))))
    assert missing == (
        TransactionNotFound,
        "there is no such transaction",
        [("transaction.refund_of", "there is no such transaction")],
    )
    bens = replace(itself, account_id="bens", category_id="")
    assert isinstance(clerk.refuse(Create(bens), owner=OTHER), TransactionNotFound)


def test_input_that_no_book_could_take_is_refused_before_anything_is_looked_up():
    clerk = Clerk()
    made = clerk.create()
    wrong = coffee(0)
    for act in (Create(wrong), OpenBalance(wrong), edit(made, said=wrong)):
        assert told(clerk.refuse(act))[2] == [("transaction.amount", "must not be zero")]
    assert clerk.accept(edit(made, said=coffee(payee=" Bo "))).result.payee == "Bo"


def test_a_restored_state_may_name_what_is_no_longer_open():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    clerk.accept(Delete(made.transaction_id, 0))
    close(clerk, "giro")
    assert isinstance(clerk.refuse(Restore(made.transaction_id)), AccountClosed)
    del clerk.ground.accounts[OWNER, "giro"]
    assert isinstance(clerk.refuse(Restore(made.transaction_id)), AccountNotFound)
