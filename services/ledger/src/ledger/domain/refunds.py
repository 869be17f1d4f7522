"""Refunds: money that comes back of what was paid, and no more than that.

A link and an amount that stay as they were are not checked again: a person may still correct the
name of a refund whose purchase is gone.
"""

from kit.money import Money
from ledger.domain.entry import Change, Entry, EntryKind
from ledger.domain.errors import InvalidFields, TransactionNotFound
from ledger.domain.ground import Ground
from ledger.domain.transaction import TransactionInput

_LINK, _AMOUNT = "transaction.refund_of", "transaction.amount"


def check_refund(ground: Ground, owner: str, transaction_id: str, input_: TransactionInput) -> None:
    """A refund must be money that comes in, in the currency of a purchase that is in force, and
    not more than is left of it. Raises InvalidFields, TransactionNotFound."""
    if not input_.refund_of:
        return
    if input_.refund_of == transaction_id:
        raise InvalidFields([(_LINK, "must be another transaction")])
    if (owner, input_.refund_of) not in ground.known:
        raise TransactionNotFound(_LINK)
    standing = ground.newest.get((owner, transaction_id))
    if standing is not None and _is_kept(standing, input_):
        return
    if input_.amount.minor_units < 0:
        raise InvalidFields([(_AMOUNT, "a refund is money that comes in")])
    original = _original(ground, owner, input_.refund_of)
    if original is None or original.is_reversal:
        raise InvalidFields([(_LINK, "the transaction was deleted")])
    if original.kind is not EntryKind.STANDARD or original.amount.minor_units > 0:
        raise InvalidFields([(_LINK, "only money that went out is refunded")])
    if original.amount.currency != input_.amount.currency:
        raise InvalidFields([(_AMOUNT, f"it was paid in {original.amount.currency}")])
    others = _refunded(ground, owner, input_.refund_of, but=transaction_id)
    left = -original.amount.minor_units - others
    if input_.amount.minor_units > left:
        rest = Money(max(left, 0), original.amount.currency)
        raise InvalidFields([(_AMOUNT, f"more than was paid: {rest} is left to refund")])


def check_refunded(
    ground: Ground, owner: str, transaction_id: str, input_: TransactionInput, kind: EntryKind
) -> None:
    """A changed purchase must still cover its refunds. Raises InvalidFields."""
    refunded = _refunded(ground, owner, transaction_id)
    if not refunded:
        return
    standing = ground.newest.get((owner, transaction_id))
    if standing is not None and not standing.is_reversal and _pays_the_same(standing, input_):
        return
    if kind is not EntryKind.STANDARD or input_.to_account_id:
        raise InvalidFields([("transaction.to_account_id", "it has refunds: unlink them first")])
    currencies = {
        entry.amount.currency
        for id_ in ground.refunds[owner, transaction_id]
        if (entry := _original(ground, owner, id_)) is not None
    }
    if -input_.amount.minor_units < refunded or currencies - {input_.amount.currency}:
        what = "of it was refunded: change or unlink its refunds first"
        raise InvalidFields([(_AMOUNT, f"{_told(refunded, standing, input_)} {what}")])


def _is_kept(standing: Entry, input_: TransactionInput) -> bool:
    is_same = standing.refund_of == input_.refund_of and standing.amount == input_.amount
    return is_same and standing.change is not Change.DELETED


def _pays_the_same(standing: Entry, input_: TransactionInput) -> bool:
    return standing.amount == input_.amount and standing.to_account_id == input_.to_account_id


def _original(ground: Ground, owner: str, transaction_id: str) -> Entry | None:
    transaction = owner, transaction_id
    return ground.newest.get(transaction) or ground.originals.get(transaction)


def _refunded(ground: Ground, owner: str, transaction_id: str, *, but: str = "") -> int:
    refunds = ground.refunds.get((owner, transaction_id), {})
    return sum(units for id_, units in refunds.items() if id_ != but)


def _told(refunded: int, standing: Entry | None, input_: TransactionInput) -> Money:
    paid = input_.amount if standing is None else standing.amount
    return Money(refunded, paid.currency)
