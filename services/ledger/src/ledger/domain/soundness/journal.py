"""Soundness of entries, operations and reconciliations."""

from kit.money import Money
from ledger.domain.drafting import said_by
from ledger.domain.entry import Entry, EntryKind, Posting, require_balance
from ledger.domain.errors import LedgerError
from ledger.domain.fields import FieldCheck, is_entry_date
from ledger.domain.importing.batch import Stage
from ledger.domain.operation import MAX_ROWS, OperationKind
from ledger.domain.reconciliation import MAX_TICKED, Reconciliation, ReconciliationState
from ledger.domain.shape import MAX_INT64
from ledger.domain.soundness.known import (
    ACTOR_LENGTH,
    TEXT_LENGTH,
    Known,
    check_id,
    check_version,
)
from ledger.domain.stored import StoredEntry, StoredOperation

# Longest message of an operation about a row.
MESSAGE_LENGTH = 2_000
MAX_OPERATION_ROWS = 100_000
_TURNOVER = "turnover"


def check_entry(check: FieldCheck, stored: StoredEntry, known: Known) -> None:
    """All that one entry can tell; `ledger.audit` tells what they say together."""
    entry = stored.entry
    for name in ("id", "transaction_id"):
        check_id(check, name, getattr(entry, name))
    check_version(check, entry.version)
    if entry.seq < 1:
        check.wrong("seq", "must be 1 or more")
    for name in ("actor_id", "operation_id", "reverses"):
        check.text(name, getattr(entry, name), longest=ACTOR_LENGTH)
    check.text("freed_by", stored.freed_by, longest=ACTOR_LENGTH)
    if not entry.operation_id:
        check.wrong("operation_id", "must not be empty")
    if stored.live and (entry.is_reversal or stored.superseded_at is not None):
        check.wrong("live", "must be false for what is in force no more")
    if entry.recorded_at > known.latest:
        check.wrong("recorded_at", "must not lie in the future")
    _check_said(check, entry)
    _check_postings(check, entry, known)
    _check_places(check, entry, known)
    _count_turnover(check, entry, known)


def _check_said(check: FieldCheck, entry: Entry) -> None:
    try:
        said_by(entry).check()
        require_balance(entry.postings)
    except LedgerError as error:
        for name, what in error.fields or [("postings", str(error))]:
            check.wrong(name.removeprefix("transaction."), what)
    if not is_entry_date(entry.date):
        check.wrong("date", "must be a date YYYY-MM-DD")


def _check_postings(check: FieldCheck, entry: Entry, known: Known) -> None:
    book = known.book
    own = () if book is None else (book.equity_id, book.trading_id)
    for place, posting in enumerate(entry.postings):
        at = f"postings[{place}]"
        check.currency(f"{at}.currency", posting.amount.currency)
        check.amount(f"{at}.amount", posting.amount)
        if posting.is_category:
            if posting.account_id not in known.categories:
                check.wrong(f"{at}.account_id", "there is no such category in the file")
        elif posting.account_id not in own:
            _check_account_posting(check, at, posting, known)


def _check_account_posting(check: FieldCheck, at: str, posting: Posting, known: Known) -> None:
    account = known.account(check, f"{at}.account_id", posting.account_id)
    if account is not None and account.currency != posting.amount.currency:
        check.wrong(f"{at}.currency", f"must be in {account.currency}")


def _check_places(check: FieldCheck, entry: Entry, known: Known) -> None:
    """The accounts that it names are those that it posts to, with these amounts."""
    sides = [("account_id", entry.account_id, entry.amount)]
    if entry.to_account_id:
        sides.append(("to_account_id", entry.to_account_id, entry.to_amount or -entry.amount))
    if bool(entry.to_account_id) is not (entry.kind is EntryKind.TRANSFER):
        check.wrong("kind", "a transfer, and only a transfer, has another account")
    for name, id_, amount in sides:
        known.account(check, name, id_)
        posted = [p.amount for p in entry.postings if p.account_id == id_ and not p.is_category]
        if posted != [amount]:
            check.wrong(name, "must be posted to once, with the amount of the entry")
    own = {id_ for _, id_, _ in sides}
    if not all(_is_counterpart(p, entry, known) for p in entry.postings if p.account_id not in own):
        check.wrong("postings", f"has no place in an entry of the kind {entry.kind}")


def _is_counterpart(posting: Posting, entry: Entry, known: Known) -> bool:
    """Whether an entry of this kind may post to it, beside the accounts that it names."""
    if known.book is None:
        return False
    match entry.kind:
        case EntryKind.STANDARD:
            return posting.is_category
        case EntryKind.TRANSFER:
            return posting.account_id == known.book.trading_id
        case EntryKind.OPENING_BALANCE:
            return posting.account_id == known.book.equity_id


def _count_turnover(check: FieldCheck, entry: Entry, known: Known) -> None:
    """Whatever is added up of a book is no more than all of its amounts together."""
    known.counts[_TURNOVER] += sum(abs(p.amount.minor_units) for p in entry.postings)
    if known.counts[_TURNOVER] > MAX_INT64:
        check.wrong("amount", "all amounts of the book add up to more than 64 bits")


def check_operation(check: FieldCheck, stored: StoredOperation, known: Known) -> None:
    operation = stored.operation
    check_id(check, "_id", operation.id)
    check.text("actor_id", operation.actor_id, longest=ACTOR_LENGTH)
    for name, value in (("undoes", operation.undoes), ("undid", stored.undid)):
        check.text(name, value, longest=ACTOR_LENGTH)
    if min(operation.counts.done, operation.counts.unchanged, operation.counts.refused) < 0:
        check.wrong("counts", "must not be negative")
    if len(operation.ids) > MAX_ROWS * 10:
        check.wrong("ids", f"at most {MAX_ROWS * 10:,}")
    for place, id_ in enumerate(operation.ids):
        check.text(f"ids[{place}]", id_, longest=ACTOR_LENGTH)
    rows = stored.rows or ()
    if len(rows) > MAX_OPERATION_ROWS:
        check.wrong("rows", f"at most {MAX_OPERATION_ROWS:,}")
    for place, row in enumerate(rows):
        check.text(f"rows[{place}].transaction_id", row.transaction_id, longest=ACTOR_LENGTH)
        check.text(f"rows[{place}].refusal", row.refusal, longest=TEXT_LENGTH)
        check.text(f"rows[{place}].message", row.message, longest=MESSAGE_LENGTH)
    if not operation.finished:
        _check_unfinished(check, stored, known)


def _check_unfinished(check: FieldCheck, stored: StoredOperation, known: Known) -> None:
    """An operation that was cut off ends with its partial result; an import records its own
    progress and goes on."""
    operation = stored.operation
    if operation.kind is not OperationKind.IMPORT:
        return
    head = known.imports.get(operation.id)
    if head is None or head.stage is not Stage.COMMITTING:
        check.wrong("finished", "there is no import in the file that is still being booked")


def check_reconciliation(check: FieldCheck, reconciliation: Reconciliation, known: Known) -> None:
    check_id(check, "_id", reconciliation.id)
    check_version(check, reconciliation.version)
    account = known.account(check, "account_id", reconciliation.account_id)
    for name in ("opening", "closing"):
        amount: Money = getattr(reconciliation, name)
        check.amount(name, amount)
        if account is not None and amount.currency != account.currency:
            check.wrong("currency", f"must be {account.currency}")
    check.date("statement_date", reconciliation.statement_date)
    if reconciliation.statement_from is not None:
        check.date("statement_from", reconciliation.statement_from)
    if len(set(reconciliation.ticked)) < len(reconciliation.ticked):
        check.wrong("ticked", "names a transaction twice")
    if len(reconciliation.ticked) > MAX_TICKED:
        check.wrong("ticked", f"at most {MAX_TICKED:,}")
    for place, id_ in enumerate(reconciliation.ticked):
        check.text(f"ticked[{place}]", id_, longest=ACTOR_LENGTH)
    for name in ("started_by", "finished_by", "operation_id"):
        check.text(name, getattr(reconciliation, name), longest=ACTOR_LENGTH)
    is_finished = reconciliation.state is ReconciliationState.FINISHED
    if is_finished is not (reconciliation.finished_at is not None):
        check.wrong("finished_at", "must be there when it is finished, and only then")
    if reconciliation.finished_seq < 0:
        check.wrong("finished_seq", "must not be negative")
