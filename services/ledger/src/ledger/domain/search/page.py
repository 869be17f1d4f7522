"""Pages of what was found, the cursor that leads from one to the next, and what all of it comes
to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kit.cursors import InvalidCursor, read_cursor, write_cursor
from kit.money import Money
from ledger.domain.errors import InvalidFields
from ledger.domain.fields import is_entry_date
from ledger.domain.transaction import Transaction

DEFAULT_LIMIT, MAX_LIMIT = 50, 500
_SIZE = re.compile(r"\d{1,20}(\.\d{1,10})?", re.ASCII)


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
        return write_cursor(
            _list_name(self.size is not None), self.date, self.transaction_id, *size
        )

    @classmethod
    def parse(cls, text: str, order: Order = Order.NEWEST) -> "Cursor | None":
        """None for the empty text, which asks for the first page. Raises InvalidCursor."""
        kinds = (str, str, str) if order.by_size else (str, str)
        parts = read_cursor(text, _list_name(order.by_size), *kinds)
        if parts is None:
            return None
        date, transaction_id, *size = map(str, parts)
        if not is_entry_date(date) or not all(_SIZE.fullmatch(one) for one in size):
            raise InvalidCursor
        return cls(date, transaction_id, Decimal(size[0]) if size else None)


def _list_name(by_size: bool) -> str:
    return "transactions-by-size" if by_size else "transactions"


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
