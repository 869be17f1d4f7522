"""What the book holds, as matching asks: transactions, and the lines they are known to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kit.money import Money
from ledger.domain.entry import Status
from ledger.domain.fingerprint import fingerprint


@dataclass(frozen=True, slots=True)
class Holding:
    """A transaction as it stands, or as it stood when it was deleted.

    `from_bank` says that a line of a bank is known to be it; what is not was entered by hand or
    booked from a receipt.
    """

    transaction_id: str
    version: int
    account_id: str
    date: str
    amount: Money
    payee: str = ""
    status: Status = Status.CLEARED
    to_account_id: str = ""
    to_amount: Money | None = None
    reference: str = ""
    # Documents beside the one that it was booked from.
    has_documents: bool = False
    document_id: str = ""
    from_bank: bool = False
    deleted: bool = False

    @property
    def has_receipt(self) -> bool:
        """Whether a receipt tells of it; what a bank's statement tells of still may have one."""
        return self.has_documents or (bool(self.document_id) and not self.from_bank)

    def seen_from(self, account_id: str) -> Money:
        """Its amount from the view of one of its two accounts."""
        if account_id == self.account_id:
            return self.amount
        return -self.amount if self.to_amount is None else self.to_amount

    @property
    def fingerprint(self) -> str:
        """What it looks like now."""
        return fingerprint(
            self.account_id, self.date, self.amount.minor_units, self.amount.currency, self.payee
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A line that a transaction is known to be: under its fingerprint, and under the bank's
    reference where one was given."""

    transaction_id: str
    account_id: str
    fingerprint: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The claims that bear on a file, with the transactions that they are of."""

    claims: Sequence[Claim] = ()
    holdings: Mapping[str, Holding] = field(default_factory=dict)
