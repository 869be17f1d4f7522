"""An account's register: its transactions, newest first, each with the balance after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kit.cursors import InvalidCursor, read_cursor, write_cursor
from kit.money import Money
from ledger.domain.entry import Entry
from ledger.domain.fields import is_entry_date
from ledger.domain.transaction import Transaction

DEFAULT_LIMIT, MAX_LIMIT = 50, 500
_LIST = "register"


@dataclass(frozen=True, slots=True)
class RegisterCursor:
    """The last row of a page; those that follow are older."""

    date: str
    transaction_id: str

    def text(self) -> str:
        """The opaque form that travels."""
        return write_cursor(_LIST, self.date, self.transaction_id)

    @classmethod
    def parse(cls, text: str) -> "RegisterCursor | None":
        """None for the empty text, which asks for the first page. Raises InvalidCursor."""
        parts = read_cursor(text, _LIST, str, str)
        if parts is None:
            return None
        date, transaction_id = map(str, parts)
        if not is_entry_date(date):
            raise InvalidCursor
        return cls(date, transaction_id)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One transaction with what it moved, from the account's view, and the balance after it."""

    transaction: Transaction
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class RegisterPage:
    rows: Sequence[RegisterRow]
    next: RegisterCursor | None


def moved(entry: Entry, account_id: str, currency: str) -> Money:
    """What the entry moved on the account: debit positive."""
    minor_units = sum(
        posting.amount.minor_units
        for posting in entry.postings
        if posting.account_id == account_id and posting.amount.currency == currency
    )
    return Money(minor_units, currency)


def running(amounts: Sequence[Money], newest: Money) -> Sequence[Money]:
    """The balance after each of these amounts, newest first, where `newest` is that after the
    first."""
    balances = []
    balance = newest
    for amount in amounts:
        balances.append(balance)
        balance -= amount
    return balances
