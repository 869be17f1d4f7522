"""No more is given back than was paid, and an account begins with one balance: whatever way a
transaction comes to be."""

from dataclasses import replace

import pytest
from ledger_world import Person, coffee, eur
from posting_ground import OWNER, Clerk, edit, told, usd
from posting_ground import coffee as said

from kit.money import Money
from ledger.domain.account import AccountChange
from ledger.domain.command import Create, Delete, OpenBalance, Restore
from ledger.domain.errors import InvalidFields, OpeningBalanceExists
from ledger.domain.operation import RowOutcome
from ledger.domain.posting import Key
from ledger.domain.transaction import TransactionInput

LINK, AMOUNT = "transaction.refund_of", "transaction.amount"


def refused(clerk: Clerk, action) -> tuple[str, str]:
    """The field at fault, and what is wrong with it."""
    refusal = clerk.refuse(action)
    assert isinstance(refusal, InvalidFields), refusal
    ((field, what),) = refusal.fields
    return field, what


def back(original, minor_units: int = 350, **more) -> TransactionInput:
    return said(minor_units, refund_of=original.transaction_id, **more)


def test_money_that_goes_out_refunds_nothing():
    clerk = Clerk()
    bought = clerk.create()
    assert refused(clerk, Create(back(bought, -350))) == (AMOUNT, "a refund is money that comes in")


def test_only_what_was_paid_is_refunded():
    clerk = Clerk()
    bought = clerk.create(said(-350))
    assert clerk.create(back(bought, 100)).refund_of == bought.transaction_id
    more = (AMOUNT, "more than was paid: 2.50 EUR is left to refund")
    assert refused(clerk, Create(back(bought, 251))) == more
    second = clerk.create(back(bought, 250))
    none = (AMOUNT, "more than was paid: 0.00 EUR is left to refund")
    assert refused(clerk, Create(back(bought, 1))) == none
    # Its own amount doesn't count against it.
    assert clerk.accept(edit(second, said=back(bought, 200))).result.version == 2
    clerk.create(back(bought, 50))


@pytest.mark.parametrize(
    "other",
    [
        said(350, category_id="pay"),
        said(category_id="", to_account_id="savings"),
    ],
)
def test_what_came_in_or_only_moved_was_not_paid(other):
    clerk = Clerk()
    original = clerk.create(other)
    what = (LINK, "only money that went out is refunded")
    assert refused(clerk, Create(back(original, 1))) == what


def test_a_refund_is_in_the_currency_of_what_was_paid():
    clerk = Clerk()
    bought = clerk.create(replace(said(), account_id="dollars", amount=usd(-350)))
    assert refused(clerk, Create(back(bought, 1))) == (AMOUNT, "it was paid in USD")


def test_what_was_deleted_is_not_refunded_and_its_refunds_stay():
    clerk = Clerk()
    bought = clerk.create()
    refund = clerk.create(back(bought, 100))
    clerk.accept(Delete(bought.transaction_id, 0))

    assert refused(clerk, Create(back(bought, 1))) == (LINK, "the transaction was deleted")
    assert refused(clerk, edit(refund, said=back(bought, 99)))[0] == LINK
    renamed = clerk.accept(edit(refund, said=back(bought, 100, payee="Bo"))).result
    assert renamed.payee == "Bo"


def test_what_was_refunded_stays_paid():
    clerk = Clerk()
    bought = clerk.create()
    clerk.create(back(bought, 300))
    what = (AMOUNT, "3.00 EUR of it was refunded: change or unlink its refunds first")

    assert refused(clerk, edit(bought, said=said(-299))) == what
    assert refused(clerk, edit(bought, said=said(350))) == what
    dollars = replace(said(), account_id="dollars", amount=usd(-350))
    assert refused(clerk, edit(bought, said=dollars)) == what
    moved = said(category_id="", to_account_id="savings")
    assert refused(clerk, edit(bought, said=moved))[0] == "transaction.to_account_id"
    assert clerk.accept(edit(bought, said=said(-300, payee="Bo"))).result.payee == "Bo"


def test_what_comes_back_was_paid_as_much_as_is_refunded_by_then():
    clerk = Clerk()
    bought = clerk.create(said(-100))
    clerk.remember_states(bought)
    clerk.accept(edit(bought, said=said(-350)))
    refund = clerk.create(back(bought, 300))
    clerk.remember_states(refund)
    clerk.accept(Delete(refund.transaction_id, 0))
    clerk.create(back(bought, 100))

    assert refused(clerk, Restore(refund.transaction_id))[0] == AMOUNT
    assert clerk.accept(Restore(bought.transaction_id, version=1)).result.amount == eur(-100)
    clerk.accept(Restore(bought.transaction_id, version=2))
    clerk.create(back(bought, 1))
    assert refused(clerk, Restore(bought.transaction_id, version=1))[0] == AMOUNT


def opening(account_id: str = "giro", minor_units: int = 500) -> TransactionInput:
    return replace(said(minor_units, category_id=""), account_id=account_id)


def test_an_account_begins_with_one_balance():
    clerk = Clerk()
    first = clerk.accept(OpenBalance(opening())).result
    other = clerk.accept(OpenBalance(opening("savings"))).result
    clerk.remember_states(other)
    words = "the account 'Giro' has an opening balance already: change that one"
    exists = OpeningBalanceExists, words, [("transaction.account_id", words)]

    assert told(clerk.refuse(OpenBalance(opening()))) == exists
    assert told(clerk.refuse(edit(other, said=opening()))) == exists
    assert clerk.accept(edit(first, said=opening(minor_units=600))).result.amount == eur(600)
    clerk.accept(Delete(first.transaction_id, 0))
    clerk.accept(edit(other, said=opening()))
    assert told(clerk.refuse(OpenBalance(opening()))) == exists
    # Its old account is free again.
    clerk.accept(OpenBalance(opening("savings")))
    refusal = clerk.refuse(Restore(other.transaction_id, version=1))
    assert isinstance(refusal, OpeningBalanceExists)
    assert clerk.ground.openings == {
        (OWNER, "giro"): other.transaction_id,
        (OWNER, "savings"): refusal.metadata["transaction_id"],
    }


# --- against the database --------------------------------------------------------------------


async def test_refunds_are_summed_over_all_that_stand(anna: Person):
    account = await anna.account()
    bought = await anna.post(coffee(account, -450))
    first = await anna.post(coffee(account, 300, refund_of=bought.id))
    with pytest.raises(InvalidFields, match=r"more than was paid: 1\.50 EUR is left"):
        await anna.post(coffee(account, 151, refund_of=bought.id))
    with pytest.raises(InvalidFields, match=r"3\.00 EUR of it was refunded"):
        await anna.edit(bought, coffee(account, -299))
    gone = await anna.delete(first)
    await anna.post(coffee(account, 450, refund_of=bought.id))
    # An undo brings back no more than is left either.
    _, (row,) = await anna.undo(gone.operation_id)
    assert (row.outcome, row.refusal) == (RowOutcome.REFUSED, "InvalidFields")
    with pytest.raises(InvalidFields):
        await anna.restore(first)
    assert not (await anna.audit()).differences


async def test_many_refunds_in_one_act_are_summed_too(anna: Person):
    account = await anna.account()
    bought = await anna.post(coffee(account, -450))
    _, rows = await anna.ledger.bulk.create_transactions(
        owner=anna.id,
        actor=anna.id,
        inputs=[coffee(account, 200, refund_of=bought.id)] * 3,
        key=Key(),
    )
    assert [row.refusal for row in rows] == ["", "", "InvalidFields"]


async def test_a_refund_in_another_currency_is_refused(anna: Person):
    account, dollars = await anna.account(), await anna.account("USD", "USD")
    bought = await anna.post(coffee(account, -450))
    with pytest.raises(InvalidFields, match="it was paid in EUR"):
        await anna.post(coffee(dollars, 1, refund_of=bought.id))


async def test_an_opening_entry_moves_only_to_an_account_without_one(anna: Person):
    first = await anna.account("First", opening_balance=eur(100))
    second = await anna.account("Second", opening_balance=eur(20))
    third = await anna.account("Third")
    entries = {t.account_id: t for t in await anna.list()}
    wanted = TransactionInput(second.id, "2026-01-01", eur(100), payee="Opening balance")

    with pytest.raises(OpeningBalanceExists):
        await anna.edit(entries[first.id], wanted)
    await anna.edit(entries[first.id], replace(wanted, account_id=third.id))
    # The place that it left is taken: it doesn't come back by a restore or an undo.
    await anna.ledger.accounts.update_account(
        owner=anna.id,
        actor=anna.id,
        account_id=first.id,
        expected_version=0,
        change=AccountChange(opening_balance=eur(7)),
    )
    with pytest.raises(OpeningBalanceExists):
        await anna.restore(entries[first.id], to=1)
    assert await anna.balance(first) == 7
    gone = await anna.delete(entries[second.id])
    await anna.ledger.accounts.update_account(
        owner=anna.id,
        actor=anna.id,
        account_id=second.id,
        expected_version=0,
        change=AccountChange(opening_balance=Money(9, "EUR")),
    )
    _, (row,) = await anna.undo(gone.operation_id)
    assert row.refusal == "OpeningBalanceExists"
    assert await anna.balance(second) == 9
    assert not (await anna.audit()).differences
