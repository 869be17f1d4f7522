"""What a person looks for among the transactions, and the keyset cursor that leads on through what
was found."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from kit.money import Money
from ledger.domain.entry import EntryKind
from ledger.domain.errors import InvalidFields
from ledger.domain.fields import FieldCheck, is_entry_date
from ledger.domain.transaction import Transaction

DEFAULT_LIMIT, MAX_LIMIT = 50, 500
TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class TransactionFilter:
    """Empty fields don't narrow. Dates are inclusive; amounts are absolute, in minor units."""

    account_id: str = ""
    category_id: str = ""
    from_date: str = ""
    to_date: str = ""
    text: str = ""
    min_minor_units: int | None = None
    max_minor_units: int | None = None
    kind: EntryKind | None = None
    tag: str = ""

    def check(self) -> None:
        """Raises InvalidFields."""
        check = FieldCheck("filter.")
        check.text("text", self.text, longest=TEXT_LENGTH)
        for field in ("from_date", "to_date"):
            if value := getattr(self, field):
                check.date(field, value)
        check.finish()


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last transaction of a page; those that follow are older."""

    date: str
    transaction_id: str

    def text(self) -> str:
        """The opaque form that travels."""
        raw = f"{self.date} {self.transaction_id}".encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """None for the empty text, which asks for the first page. Raises InvalidFields."""
        if not text:
            return None
        try:
            padded = text + "=" * (-len(text) % 4)
            raw = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        except (binascii.Error, UnicodeError, ValueError):
            raw = ""
        date, _, transaction_id = raw.partition(" ")
        if not is_entry_date(date) or not transaction_id:
            raise InvalidFields([("page.cursor", "is not one that was given out")])
        return cls(date, transaction_id)


def page_limit(asked: int) -> int:
    """How many rows a page has; 0 asks for the default. Raises InvalidFields."""
    if not 0 <= asked <= MAX_LIMIT:
        raise InvalidFields([("page.limit", f"1 to {MAX_LIMIT}")])
    return asked or DEFAULT_LIMIT


@dataclass(frozen=True, slots=True)
class Page:
    transactions: Sequence[Transaction]
    # None when this was the last page.
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class MonthCount:
    """How many of the transactions found are of one month (YYYY-MM), and what they add up to by
    currency; transfers between own accounts add nothing."""

    month: str
    count: int
    sums: Sequence[Money]
