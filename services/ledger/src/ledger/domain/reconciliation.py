"""Reconciliation: an account's transactions ticked off against a statement until nothing is left
between them.

A statement's closing balance is what the last one confirmed and what was ticked since. Finishing
locks what was ticked; whatever changes it afterwards can be told from the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from kit.money import Money
from ledger.domain.entry import Entry
from ledger.domain.errors import LedgerError, VersionMismatch
from ledger.domain.fields import EntryDate, FieldCheck
from ledger.domain.register import moved
from ledger.domain.transaction import Transaction

MAX_TICKED = 2_000
MAX_NAMED = 1_000


class ReconciliationState(StrEnum):
    OPEN = "open"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class ReconciliationNotFound(LedgerError):
    def __init__(self) -> None:
        super().__init__("there is no such reconciliation")


class ReconciliationOpen(LedgerError):
    """The account is being reconciled already."""

    def __init__(self, reconciliation_id: str) -> None:
        super().__init__("the account is being reconciled already: finish or cancel that first")
        self.metadata = {"reconciliation_id": reconciliation_id}


class ReconciliationClosed(LedgerError):
    """It was finished or cancelled."""

    def __init__(self, state: ReconciliationState) -> None:
        super().__init__(f"the reconciliation is {state.value}: reopen it or start another")


class ReconciliationFinished(LedgerError):
    """What is to be undone locked what a statement confirmed."""

    def __init__(self, reconciliation_id: str) -> None:
        super().__init__(
            "a finished reconciliation stands on it:"
            f" reopen that instead (reconciliations/{reconciliation_id}:reopen)"
        )
        self.metadata = {"reconciliation_id": reconciliation_id}


class ReconciliationNotLast(LedgerError):
    """A later statement builds on it."""

    def __init__(self) -> None:
        super().__init__("only the last finished reconciliation of an account can be reopened")


class StatementDiffers(LedgerError):
    """What is ticked doesn't add up to the statement."""

    def __init__(self, difference: Money) -> None:
        super().__init__(f"{difference} is left between the statement and what is ticked")
        self.metadata = {
            "difference": difference.decimal_text(),
            "currency": difference.currency,
        }


class NotTickable(LedgerError):
    """Some of the transactions are no candidates: of another account, confirmed by another
    statement, later than this one, or not there."""

    def __init__(self, ids: Sequence[str]) -> None:
        message = f"{len(ids)} of them can't be ticked here: {', '.join(ids[:3])}"
        super().__init__(message, fields=[("tick", message)])


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One statement of one account, and what was ticked off against it."""

    id: str
    owner: str
    account_id: str
    state: ReconciliationState
    # The day of the closing balance, and the first day that the statement speaks of.
    statement_date: EntryDate
    statement_from: EntryDate | None
    opening: Money
    closing: Money
    started_by: str
    started_at: datetime
    updated_at: datetime
    # Transactions, in the order of their ticking.
    ticked: Sequence[str] = ()
    version: int = 1
    finished_by: str = ""
    finished_at: datetime | None = None
    # The number of the book's newest entry when it was finished: what is newer came after.
    finished_seq: int = 0
    # The operation that locked what was ticked.
    operation_id: str = ""

    @property
    def to_tick(self) -> Money:
        """What the ticked transactions must add up to."""
        return self.closing - self.opening

    def expect(self, version: int) -> None:
        """Raises VersionMismatch unless the caller saw this version; 0 doesn't ask."""
        if version not in (0, self.version):
            raise VersionMismatch(self.version)

    def require_open(self) -> None:
        """Raises ReconciliationClosed."""
        if self.state is not ReconciliationState.OPEN:
            raise ReconciliationClosed(self.state)

    def ticking(
        self, tick: Sequence[str], untick: Sequence[str], *, now: datetime
    ) -> "Reconciliation":
        """With these ticked and those not. Raises InvalidFields."""
        gone = set(untick)
        kept = dict.fromkeys(id_ for id_ in (*self.ticked, *tick) if id_ not in gone)
        check = FieldCheck()
        if len(kept) > MAX_TICKED:
            check.wrong("tick", f"at most {MAX_TICKED:,} a statement: take an earlier one first")
        check.finish()
        return self._changed(now, ticked=tuple(kept))

    def corrected(self, said: "StatementSaid", *, now: datetime) -> "Reconciliation":
        """With another date or closing balance. Raises InvalidFields."""
        said.check(self.closing.currency)
        return self._changed(
            now,
            statement_date=EntryDate(said.statement_date),
            statement_from=EntryDate(said.statement_from) if said.statement_from else None,
            closing=said.closing,
        )

    def finished(self, *, by: str, now: datetime, seq: int, operation_id: str) -> "Reconciliation":
        return self._changed(
            now,
            state=ReconciliationState.FINISHED,
            finished_by=by,
            finished_at=now,
            finished_seq=seq,
            operation_id=operation_id,
        )

    def cancelled(self, *, now: datetime) -> "Reconciliation":
        return self._changed(now, state=ReconciliationState.CANCELLED)

    def reopened(self, *, now: datetime) -> "Reconciliation":
        return self._changed(
            now,
            state=ReconciliationState.OPEN,
            finished_by="",
            finished_at=None,
            finished_seq=0,
            operation_id="",
        )

    def _changed(self, now: datetime, **fields: object) -> "Reconciliation":
        return replace(self, version=self.version + 1, updated_at=now, **fields)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class StatementSaid:
    """What a person reads off a statement; nothing in it has been checked yet."""

    statement_date: str
    closing: Money
    statement_from: str = ""

    def check(self, currency: str, *, after: str = "") -> None:
        """Raises InvalidFields. `after` is the day of the last statement that was confirmed."""
        check = FieldCheck()
        check.date("statement_date", self.statement_date)
        if self.statement_from:
            check.date("statement_from", self.statement_from)
            if self.statement_from > self.statement_date:
                check.wrong("statement_from", "must not be after statement_date")
        if after and self.statement_date <= after:
            check.wrong("statement_date", f"must be after the last statement's, {after}")
        check.amount("closing_balance", self.closing)
        if self.closing.currency != currency:
            check.wrong("closing_balance", f"must be in the account's currency {currency}")
        check.finish()


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction that the statement may hold, with what it moves on the account."""

    transaction_id: str
    date: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Row:
    """The same with all that a person wants to see of it."""

    transaction: Transaction
    amount: Money
    ticked: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """Transactions that would close the difference, were these ticked and those not."""

    tick: Sequence[str] = ()
    untick: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a reconciliation stands."""

    reconciliation: Reconciliation
    ticked_count: int
    ticked_sum: Money
    proposals: Sequence[Proposal] = ()

    @property
    def difference(self) -> Money:
        return self.reconciliation.to_tick - self.ticked_sum


@dataclass(frozen=True, slots=True)
class Break:
    """A transaction that a statement had confirmed and that says something else since. `steps` are
    the entries that changed it, oldest first."""

    transaction_id: str
    date: str
    payee: str
    was: Money
    now: Money
    unlocked: bool
    steps: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Verification:
    """A finished reconciliation beside what the books say of its transactions now."""

    reconciliation: Reconciliation
    present: Money
    breaks: Sequence[Break]

    @property
    def difference(self) -> Money:
        return self.present - self.reconciliation.to_tick


def break_of(history: Sequence[Entry], reconciliation: Reconciliation) -> Break | None:
    """What became of one ticked transaction since, from all its entries; None where it still says
    what the statement confirmed."""
    account_id, currency = reconciliation.account_id, reconciliation.closing.currency
    entries = sorted(history, key=lambda entry: entry.seq)
    confirmed = [e for e in entries if e.seq <= reconciliation.finished_seq and not e.is_reversal][
        -1
    ]
    steps = [e for e in entries if e.seq > reconciliation.finished_seq and _is_step(e)]
    newest = entries[-1]
    was = moved(confirmed, account_id, currency)
    now = Money.zero(currency) if newest.is_reversal else moved(newest, account_id, currency)
    unlocked = newest.is_reversal or account_id not in newest.reconciled_on
    if was == now and not unlocked:
        return None
    return Break(
        confirmed.transaction_id, confirmed.date, confirmed.payee, was, now, unlocked, steps
    )


def _is_step(entry: Entry) -> bool:
    """Not the reversal within an edit."""
    return not entry.is_reversal or entry.change.value == "deleted"


@dataclass(frozen=True, slots=True)
class CoveredSpan:
    """Days, both inclusive, of which a bank has told."""

    from_date: str
    to_date: str


def covered(spans: Sequence[CoveredSpan]) -> Sequence[CoveredSpan]:
    """The same days in as few spans as can be, oldest first; what touches is joined."""
    joined: list[CoveredSpan] = []
    for span in sorted(spans, key=lambda span: (span.from_date, span.to_date)):
        if joined and span.from_date <= day_after(joined[-1].to_date):
            last = joined.pop()
            span = CoveredSpan(last.from_date, max(last.to_date, span.to_date))
        joined.append(span)
    return joined


def day_after(day: str) -> str:
    """YYYY-MM-DD."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
