"""Whether documents are sound: each by itself, and all of them together as one book.

A document has been read into its value before (`repository/kinds`), so that its fields are of their
types; here is told what the values may be. What entries say together, the audit tells.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ledger.domain.account import Account
from ledger.domain.budget import Budget
from ledger.domain.category import Category
from ledger.domain.errors import LedgerError
from ledger.domain.fields import FieldCheck
from ledger.domain.goal import Goal
from ledger.domain.importing.batch import Import
from ledger.domain.payee import Payee
from ledger.domain.reconciliation import Reconciliation
from ledger.domain.rules.rule import Rule
from ledger.domain.search.saved import SavedSearches
from ledger.domain.soundness import book, files, journal, plans
from ledger.domain.soundness.known import Known, Unsound
from ledger.domain.stored import (
    StoredAlert,
    StoredBook,
    StoredDismissal,
    StoredEntry,
    StoredItem,
    StoredLine,
    StoredOperation,
    StoredRates,
    StoredRulebook,
    StoredSeries,
)

__all__ = ["Soundness", "Unsound"]

_CHECKS: Mapping[type, Callable[[FieldCheck, Any, Known], None]] = {
    Account: book.check_account,
    Budget: plans.check_budget,
    Category: book.check_category,
    Goal: plans.check_goal,
    Import: files.check_import,
    Payee: book.check_payee,
    Reconciliation: journal.check_reconciliation,
    Rule: plans.check_rule,
    SavedSearches: plans.check_searches,
    StoredAlert: plans.check_alert,
    StoredBook: book.check_book,
    StoredDismissal: plans.check_dismissal,
    StoredEntry: journal.check_entry,
    StoredItem: files.check_item,
    StoredLine: files.check_line,
    StoredOperation: journal.check_operation,
    StoredRates: book.check_rates,
    StoredRulebook: plans.check_rulebook,
    StoredSeries: plans.check_series,
}
# Documents that name accounts or categories come after all of those.
_BEFORE_OTHERS = (Account, Budget, Category, StoredAlert, StoredBook)


class Soundness:
    """Takes the documents of one book in the order of its file."""

    def __init__(self, owner: str, *, latest: datetime) -> None:
        """Nothing can have been recorded after `latest`."""
        self._known = Known(owner, latest)
        self._has_tree = False

    def add(self, line: int, value: object) -> None:
        """Raises Unsound."""
        known = self._known
        if isinstance(value, _BEFORE_OTHERS):
            if self._has_tree:
                raise Unsound(line, "must come before the documents that may name it")
        else:
            self._finish_tree()
        known.lines[""] = line
        self._check(line, _CHECKS[type(value)], value)
        if id_ := _id_of(value):
            known.lines[id_] = line

    def finish(self) -> None:
        """Checks that need all documents. Raises Unsound."""
        self._finish_tree()

    def _finish_tree(self) -> None:
        if self._has_tree:
            return
        self._has_tree = True
        book.check_tree(self._known)
        for budget in self._known.budgets.values():
            self._check(self._known.lines[budget.id], plans.check_budget_scope, budget)

    def _check(
        self, line: int, look: Callable[[FieldCheck, Any, Known], None], value: object
    ) -> None:
        check = FieldCheck()
        try:
            look(check, value, self._known)
            check.finish()
        except LedgerError as error:
            told = "; ".join(f"{name}: {what}" for name, what in error.fields[:5])
            raise Unsound(line, told or str(error)) from None


def _id_of(value: object) -> str:
    match value:
        case Category() | Budget():
            return value.id
        case StoredBook():
            return value.book.owner
    return ""
