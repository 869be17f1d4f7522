"""Pages of what was found, the cursor that leads from one to the next, and what all of it comes
to."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from kit.money import Money
from ledger.domain.errors import InvalidFields
from ledger.domain.fields import is_entry_date
from ledger.domain.transaction import Transaction

DEFAULT_LIMIT, MAX_LIMIT = 50, 500


class Order(StrEnum):
    """How a list is ordered. LARGEST and SMALLEST go by the amount without its sign, in major units
    of whatever the currency is; then by date."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"

    @property
    def descends(self) -> bool:
        return self in (Order.NEWEST, Order.LARGEST)

    @property
    def by_size(self) -> bool:
        return self in (Order.LARGEST, Order.SMALLEST)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last transaction of a page, whose followers come next; `size` is set where the order goes
    by it."""

    date: str
    transaction_id: str
    size: Decimal | None = None

    @classmethod
    def at(cls, transaction: Transaction, order: Order) -> "Cursor":
        size = size_of(transaction.amount) if order.by_size else None
        return cls(transaction.date, transaction.id, size)

    def text(self) -> str:
        """The opaque form that travels."""
        size = () if self.size is None else (f"{self.size:f}",)
        raw = " ".join((self.date, self.transaction_id, *size)).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str, order: Order = Order.NEWEST) -> "Cursor | None":
        """None for the empty text, which asks for the first page. Raises InvalidFields."""
        if not text:
            return None
        try:
            padded = text + "=" * (-len(text) % 4)
            raw = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
            date, transaction_id, *size = raw.split(" ")
            cursor = cls(date, transaction_id, Decimal(size[0]) if size else None)
        except (binascii.Error, UnicodeError, ValueError, TypeError, InvalidOperation):
            cursor = cls("", "")
        finite = cursor.size is None or cursor.size.is_finite()
        fits = order.by_size is (cursor.size is not None) and finite
        if not (is_entry_date(cursor.date) and cursor.transaction_id and fits):
            raise InvalidFields([("page.cursor", "is not one that was given out for this list")])
        return cursor


def page_limit(asked: int) -> int:
    """How many rows a page has; 0 asks for the default. Raises InvalidFields."""
    if not 0 <= asked <= MAX_LIMIT:
        raise InvalidFields([("page.limit", f"1 to {MAX_LIMIT}")])
    return asked or DEFAULT_LIMIT


def size_of(amount: Money) -> Decimal:
    """The amount without its sign, in major units, exactly."""
    return Decimal(abs(amount).decimal_text())


@dataclass(frozen=True, slots=True)
class Page:
    transactions: Sequence[Transaction]
    # None when this was the last page.
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class MonthCount:
    """How many of the transactions found are of one month (YYYY-MM), and what they add up to by
    currency; transfers between own accounts and opening balances add nothing."""

    month: str
    count: int
    sums: Sequence[Money]


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """What was found in one currency: both positive; transfers and opening balances add nothing to
    either, but are counted."""

    money_in: Money
    money_out: Money
    count: int

    @property
    def net(self) -> Money:
        return self.money_in - self.money_out


@dataclass(frozen=True, slots=True)
class Totals:
    """What a whole list comes to, as of the book's entry `seq`."""

    count: int
    currencies: Sequence[CurrencyTotal]
    seq: int
