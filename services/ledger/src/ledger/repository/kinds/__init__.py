"""Every kind of document that a book holds. What is not among them is no part of a book: it is
neither exported nor restored."""

from collections.abc import Mapping
from typing import Any

from ledger.repository.kinds.book import ACCOUNTS, BOOKS, CATEGORIES, PAYEES, RATES
from ledger.repository.kinds.files import IMPORT_LINES, IMPORTS
from ledger.repository.kinds.journal import ENTRIES, OPERATIONS
from ledger.repository.kinds.kind import Kind, UnreadableRow
from ledger.repository.kinds.plans import (
    BUDGET_ALERTS,
    BUDGETS,
    GOALS,
    RECONCILIATIONS,
    RECURRING,
    RECURRING_DISMISSED,
    RULEBOOKS,
    RULES,
    SAVED_SEARCHES,
)

__all__ = ["KINDS", "Kind", "UnreadableRow"]

_ALL: tuple[Kind[Any], ...] = (
    ACCOUNTS,
    BOOKS,
    BUDGET_ALERTS,
    BUDGETS,
    CATEGORIES,
    ENTRIES,
    GOALS,
    IMPORT_LINES,
    IMPORTS,
    OPERATIONS,
    PAYEES,
    RATES,
    RECONCILIATIONS,
    RECURRING,
    RECURRING_DISMISSED,
    RULEBOOKS,
    RULES,
    SAVED_SEARCHES,
)
# In the order of their names, which is that of the file of a book.
KINDS: Mapping[str, Kind[Any]] = {kind.name: kind for kind in _ALL}
