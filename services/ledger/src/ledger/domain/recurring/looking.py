"""Which payees a detection looks at: those with the fewest transactions first.

Recurring payments are rare events. A payee of daily purchases costs most and is least likely
to hide a series, so it comes last, on a page of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kit.cursors import read_cursor, write_cursor

PAGE_TRANSACTIONS = 3_200
"""Transactions that one page may look at, as counted in whole calendar years."""
_LIST = "detected"


@dataclass(frozen=True, slots=True, order=True)
class Busy:
    """How many transactions a payee has in the years that are looked at. Ordered by that."""

    count: int
    payee_id: str

    def text(self) -> str:
        """The opaque form that travels as a cursor."""
        return write_cursor(_LIST, self.count, self.payee_id)

    @classmethod
    def parse(cls, text: str) -> "Busy | None":
        """None for the empty text, which asks for the first page. Raises InvalidCursor."""
        parts = read_cursor(text, _LIST, int, str)
        return None if parts is None else cls(int(parts[0]), str(parts[1]))


def page_of(payees: Iterable[Busy]) -> tuple[Sequence[Busy], Busy | None]:
    """As many of the payees, in their order, as one page may look at, at least one; and the last
    of them where more follow."""
    page: list[Busy] = []
    transactions = 0
    for payee in payees:
        transactions += payee.count
        if page and transactions > PAGE_TRANSACTIONS:
            return page, page[-1]
        page.append(payee)
    return page, None
