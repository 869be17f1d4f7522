"""What a posted entry teaches: this payee, in this direction, was filed there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ai.domain.taxonomy import CategoryId


@dataclass(frozen=True, slots=True)
class CategoryPosting:
    """An entry's line on a category, in minor units: debit positive, credit negative."""

    category_id: CategoryId
    minor_units: int


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """An entry as the ledger tells of it, as far as it can teach."""

    entry_id: str
    payee: str
    description: str
    postings: Sequence[CategoryPosting]
    reverses: str
    posted_at: datetime
    # A suggestion or a rule filled in the category, and no person has looked at it.
    category_unreviewed: bool = False

    @property
    def taught(self) -> CategoryPosting | None:
        """The one category that a person filed the payee in; None for reversals, splits, transfers
        and categories that no person has looked at."""
        if self.reverses or self.category_unreviewed:
            return None
        if len(self.postings) != 1 or self.postings[0].minor_units == 0:
            return None
        return self.postings[0]

    @property
    def inflow(self) -> bool:
        """Whether money came in: a credited category is income, or a refund of spending."""
        return sum(posting.minor_units for posting in self.postings) < 0
