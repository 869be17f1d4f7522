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

from ledger.domain.command import Create, Delete, Edit, OpenBalance, Reconcile, Restore
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
    ],
)
def test_what_a_statement_has_confirmed_changes_only_when_it_is_unlocked(said, field):
    clerk = Clerk()
    made = clerk.confirm(clerk.create(), "giro")
    changed = replace(coffee(status=Status.RECONCILED), **said)

    refusal = clerk.refuse(edit(made, said=changed))
    assert told(refusal) == (EntryReconciled, LOCK, [(f"transaction.{field}", LOCK)])
    assert clerk.accept(edit(made, said=changed, unlock=True)).result.version == 3


def test_what_a_statement_does_not_say_changes_freely():
    clerk = Clerk()
    made = clerk.confirm(clerk.create(), "giro")
    confirmed = coffee(status=Status.RECONCILED)
    other = replace(confirmed, payee="Café", category_id="pay", tags=("b",), description="d")

    changed = clerk.accept(edit(made, said=other)).result
    assert (changed.payee, changed.reconciled_on) == ("Café", {"giro"})


SENT = coffee(category_id="", to_account_id="dollars", to_amount=usd(380))


@pytest.mark.parametrize(
    ("confirmed", "said", "fields"),
    [
        ("giro", {"amount": eur(-351)}, ["amount"]),
        ("giro", {"date": "2026-03-15"}, ["date"]),
        ("giro", {"to_amount": usd(390)}, []),
        ("giro", {"to_account_id": "savings", "to_amount": None}, []),
        ("dollars", {"to_amount": usd(390)}, ["to_amount"]),
        ("dollars", {"date": "2026-03-15"}, ["date"]),
        ("dollars", {"amount": eur(-351)}, []),
        ("dollars", {"account_id": "savings"}, []),
        ("dollars", {"to_account_id": "savings", "to_amount": None},
         ["to_account_id", "to_amount"]),
    ],
)  # fmt: skip
def test_of_a_transfer_the_side_is_locked_that_a_statement_has_confirmed(confirmed, said, fields):
    clerk = Clerk()
    made = clerk.confirm(clerk.create(SENT), confirmed)
    change = edit(made, said=replace(SENT, status=Status.RECONCILED, **said))
    if not fields:
        assert clerk.accept(change).result.reconciled_on == {confirmed}
        return
    assert [name for name, _ in clerk.refuse(change).fields] == [f"transaction.{f}" for f in fields]


def test_what_reached_an_account_of_the_same_currency_is_the_amount():
    clerk = Clerk()
    sent = coffee(category_id="", to_account_id="savings", status=Status.RECONCILED)
    made = clerk.confirm(clerk.create(replace(sent, status=Status.CLEARED)), "savings")

    more = clerk.refuse(edit(made, said=replace(sent, amount=eur(-351))))
    assert more.fields == (("transaction.amount", LOCK),)


@pytest.mark.parametrize("act", [Create, OpenBalance])
def test_nobody_but_a_statement_reconciles(act):
    clerk = Clerk()
    words = "pending or cleared: only a reconciliation sets it"
    refused = InvalidFields, f"transaction.status: {words}", [("transaction.status", words)]
    said = coffee(category_id="", status=Status.RECONCILED)

    assert told(clerk.refuse(act(said))) == refused
    made = clerk.create()
    assert told(clerk.refuse(edit(made, said=said, unlock=True))) == refused


def test_a_status_that_is_said_takes_back_what_statements_confirmed():
    clerk = Clerk()
    sent = coffee(category_id="", to_account_id="savings")
    made = clerk.confirm(clerk.create(sent), "giro", "savings")

    changed = clerk.accept(edit(made, said=replace(sent, status=Status.PENDING), unlock=True))
    assert (changed.result.status, changed.result.reconciled_on) == (Status.PENDING, frozenset())


def test_taken_back_on_one_side_it_stays_confirmed_on_the_other():
    clerk = Clerk()
    sent = coffee(category_id="", to_account_id="savings")
    made = clerk.confirm(clerk.create(sent), "giro", "savings")
    id_ = made.transaction_id

    there = clerk.accept(Reconcile(id_, 0, "giro", confirmed=False)).result
    assert (there.status, there.reconciled_on) == (Status.RECONCILED, {"savings"})
    none = clerk.accept(Reconcile(id_, 0, "savings", confirmed=False)).result
    assert (none.status, none.reconciled_on) == (Status.CLEARED, frozenset())


def test_what_is_in_a_closed_account_is_confirmed_all_the_same():
    clerk = Clerk()
    made = clerk.create(coffee(category_id="", to_account_id="savings"))
    close(clerk, "savings")

    assert clerk.confirm(made, "giro").reconciled_on == {"giro"}


def test_deleting_and_restoring_ask_for_the_unlock_too():
    clerk = Clerk()
    made = clerk.create()
    clerk.remember_states(made)
    clerk.accept(edit(made, said=coffee(-400)))
    clerk.confirm(made, "giro")
    id_ = made.transaction_id

    assert told(clerk.refuse(Delete(id_, 0))) == (EntryReconciled, LOCK, [])
    both = [("transaction.amount", LOCK), ("transaction.status", LOCK)]
    assert told(clerk.refuse(Restore(id_, version=1)))[2] == both
    restored = clerk.accept(Restore(id_, version=1, unlock=True)).result
    assert (restored.status, restored.amount) == (Status.CLEARED, eur(-350))


def test_what_comes_back_is_confirmed_by_the_statements_that_hold_it_now():
    clerk = Clerk()
    made = clerk.create(coffee(category_id="", to_account_id="savings"))
    clerk.remember_states(made)
    id_ = made.transaction_id
    both = clerk.confirm(made, "giro", "savings")

    def came_back():
        clerk.accept(Delete(id_, 0, unlock=True))
        return clerk.accept(Restore(id_, version=both.version, unlock=True)).result

    assert (came_back().status, came_back().reconciled_on) == (Status.CLEARED, frozenset())
    clerk.ground.confirmed[OWNER, id_] = frozenset({"savings"})
    assert (came_back().status, came_back().reconciled_on) == (Status.RECONCILED, {"savings"})


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
