"""Which status each refusal becomes; the reasons are stable and stand in the contract."""

import grpc

from kit.grpc.errors import ErrorRow, ErrorTable, find_row
from kit.outbox import NobodyToTellOf
from ledger.domain import category as c
from ledger.domain import errors as e
from ledger.domain import operation as op
from ledger.domain import reconciliation as r
from ledger.domain.book_file import (
    BookErased,
    BookIdsTaken,
    BookNotEmpty,
    BookRestoring,
    InvalidBookFile,
)
from ledger.domain.budget import BudgetNotFound, TooManyBudgets
from ledger.domain.ecb import RatesUnreadable
from ledger.domain.goal import GoalNotFound, TooManyGoals
from ledger.domain.importing import batch as ib
from ledger.domain.importing.refusals import LineNotStored, LineUnreadable
from ledger.domain.payee import PayeeNotFound
from ledger.domain.posting import KeyReused
from ledger.domain.rate import RateMissing, RateNotFound
from ledger.domain.recurring.series import NoOccurrence, SeriesNotFound, TooManySeries
from ledger.domain.rules.rule import RuleNotFound, TooManyRules
from ledger.domain.search import QueryInvalid
from ledger.domain.search.saved import SavedSearchNotFound, TooManySavedSearches

_INVALID, _NOT_FOUND = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND
_REFUSED, _EXISTS = grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.ALREADY_EXISTS

ERRORS: ErrorTable = {
    e.InvalidFields: ErrorRow(_INVALID, "INVALID_ARGUMENT"),
    e.AccountNotFound: ErrorRow(_NOT_FOUND, "ACCOUNT_NOT_FOUND"),
    e.AccountClosed: ErrorRow(_REFUSED, "ACCOUNT_CLOSED"),
    e.AccountHasBalance: ErrorRow(_REFUSED, "ACCOUNT_HAS_BALANCE"),
    e.OpeningBalanceExists: ErrorRow(_REFUSED, "OPENING_BALANCE_EXISTS"),
    e.AccountCurrencyMismatch: ErrorRow(_INVALID, "CURRENCY_MISMATCH"),
    e.CategoryNotFound: ErrorRow(_NOT_FOUND, "CATEGORY_NOT_FOUND"),
    e.CategoryKindMismatch: ErrorRow(_INVALID, "CATEGORY_KIND_MISMATCH"),
    c.CategoryBuiltIn: ErrorRow(_REFUSED, "CATEGORY_BUILT_IN"),
    c.CategoryInUse: ErrorRow(_REFUSED, "CATEGORY_IN_USE"),
    c.CategoryHasChildren: ErrorRow(_REFUSED, "CATEGORY_HAS_CHILDREN"),
    c.TooManyCategories: ErrorRow(_REFUSED, "TOO_MANY_CATEGORIES"),
    e.BalanceTooLarge: ErrorRow(_INVALID, "SUM_TOO_LARGE"),
    e.UnbalancedEntry: ErrorRow(_INVALID, "UNBALANCED_ENTRY"),
    e.TransactionNotFound: ErrorRow(_NOT_FOUND, "TRANSACTION_NOT_FOUND"),
    e.TransactionDeleted: ErrorRow(_NOT_FOUND, "TRANSACTION_DELETED"),
    e.EntryReconciled: ErrorRow(_REFUSED, "ENTRY_RECONCILED"),
    e.BankReferenceExists: ErrorRow(_EXISTS, "BANK_REFERENCE_EXISTS"),
    e.VersionMismatch: ErrorRow(grpc.StatusCode.ABORTED, "VERSION_MISMATCH"),
    RateMissing: ErrorRow(_NOT_FOUND, "RATE_MISSING"),
    RateNotFound: ErrorRow(_NOT_FOUND, "RATE_NOT_FOUND"),
    RatesUnreadable: ErrorRow(_INVALID, "RATES_UNREADABLE"),
    BudgetNotFound: ErrorRow(_NOT_FOUND, "BUDGET_NOT_FOUND"),
    TooManyBudgets: ErrorRow(_REFUSED, "TOO_MANY_BUDGETS"),
    GoalNotFound: ErrorRow(_NOT_FOUND, "GOAL_NOT_FOUND"),
    TooManyGoals: ErrorRow(_REFUSED, "TOO_MANY_GOALS"),
    PayeeNotFound: ErrorRow(_NOT_FOUND, "PAYEE_NOT_FOUND"),
    RuleNotFound: ErrorRow(_NOT_FOUND, "RULE_NOT_FOUND"),
    TooManyRules: ErrorRow(_REFUSED, "TOO_MANY_RULES"),
    QueryInvalid: ErrorRow(_INVALID, "QUERY_INVALID"),
    SavedSearchNotFound: ErrorRow(_NOT_FOUND, "SAVED_SEARCH_NOT_FOUND"),
    TooManySavedSearches: ErrorRow(_REFUSED, "TOO_MANY_SAVED_SEARCHES"),
    op.OperationNotFound: ErrorRow(_NOT_FOUND, "OPERATION_NOT_FOUND"),
    op.OperationUndone: ErrorRow(_REFUSED, "OPERATION_UNDONE"),
    op.OperationRunning: ErrorRow(_REFUSED, "OPERATION_RUNNING"),
    op.ChangedSince: ErrorRow(_REFUSED, "CHANGED_SINCE"),
    op.ExpectedCountMismatch: ErrorRow(_REFUSED, "EXPECTED_COUNT_MISMATCH"),
    ib.ImportNotFound: ErrorRow(_NOT_FOUND, "IMPORT_NOT_FOUND"),
    ib.ImportCommitted: ErrorRow(_REFUSED, "IMPORT_COMMITTED"),
    ib.ImportNotCommitted: ErrorRow(_REFUSED, "IMPORT_NOT_COMMITTED"),
    ib.PlanStale: ErrorRow(_REFUSED, "PLAN_STALE"),
    LineUnreadable: ErrorRow(_INVALID, "UNREADABLE"),
    LineNotStored: ErrorRow(_REFUSED, "NOT_STORED"),
    r.ReconciliationNotFound: ErrorRow(_NOT_FOUND, "RECONCILIATION_NOT_FOUND"),
    r.ReconciliationOpen: ErrorRow(_REFUSED, "RECONCILIATION_OPEN"),
    r.ReconciliationClosed: ErrorRow(_REFUSED, "RECONCILIATION_CLOSED"),
    r.ReconciliationFinished: ErrorRow(_REFUSED, "RECONCILIATION_FINISHED"),
    r.ReconciliationNotLast: ErrorRow(_REFUSED, "RECONCILIATION_NOT_LAST"),
    r.StatementDiffers: ErrorRow(_REFUSED, "STATEMENT_DIFFERS"),
    r.NotTickable: ErrorRow(_INVALID, "NOT_TICKABLE"),
    BookNotEmpty: ErrorRow(_REFUSED, "BOOK_NOT_EMPTY"),
    BookIdsTaken: ErrorRow(_EXISTS, "BOOK_IDS_TAKEN"),
    BookRestoring: ErrorRow(_REFUSED, "BOOK_RESTORING"),
    BookErased: ErrorRow(_NOT_FOUND, "BOOK_ERASED"),
    NobodyToTellOf: ErrorRow(_NOT_FOUND, "BOOK_ERASED"),
    InvalidBookFile: ErrorRow(_INVALID, "INVALID_BOOK_FILE"),
    SeriesNotFound: ErrorRow(_NOT_FOUND, "RECURRING_NOT_FOUND"),
    TooManySeries: ErrorRow(_REFUSED, "TOO_MANY_RECURRING"),
    NoOccurrence: ErrorRow(_NOT_FOUND, "NO_OCCURRENCE"),
    KeyReused: ErrorRow(_EXISTS, "IDEMPOTENCY_CONFLICT"),
}


def reason_of(refusal: e.LedgerError) -> str:
    """The reason under which the refusal would travel as a status."""
    row = find_row(refusal, ERRORS)
    return row.reason if row else "INTERNAL"


def reason_named(refusal: str) -> str:
    """The reason of the refusal of this name, which is how rows remember theirs."""
    return next(
        (row.reason for kind, row in ERRORS.items() if kind.__name__ == refusal), "INTERNAL"
    )
