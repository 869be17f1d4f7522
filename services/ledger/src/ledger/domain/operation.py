"""Operations: what one act did to a book, be it to one transaction or to thousands, so that it can
be taken back whole."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kit.money import Money
from ledger.domain.drafting import said_by
from ledger.domain.entry import Change, Entry, EntryKind
from ledger.domain.errors import LedgerError
from ledger.domain.posting import Delete, Restore
from ledger.domain.transaction import TransactionInput

MAX_ROWS = 10_000
# An operation that has not written for so long has ended, finished or not.
PATIENCE = timedelta(seconds=60)


class OperationKind(StrEnum):
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"
    BULK_CREATE = "bulk_create"
    BULK_EDIT = "bulk_edit"
    BULK_DELETE = "bulk_delete"
    IMPORT = "import"
    RECONCILE = "reconcile"
    UNRECONCILE = "unreconcile"
    MERGE_CATEGORY = "merge_category"
    MOVE_PAYEES = "move_payees"
    APPLY_RULES = "apply_rules"
    UNDO = "undo"


ACTS = {
    Change.CREATED: OperationKind.CREATE,
    Change.EDITED: OperationKind.EDIT,
    Change.DELETED: OperationKind.DELETE,
    Change.RESTORED: OperationKind.RESTORE,
}


class RowOutcome(StrEnum):
    DONE = "done"
    # It was already as it should be.
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one transaction; a refused one that was to be made has no id. `refusal` is the
    name of the error."""

    transaction_id: str
    outcome: RowOutcome
    refusal: str = ""
    message: str = ""

    @classmethod
    def refused(cls, transaction_id: str, error: LedgerError) -> "Row":
        return cls(transaction_id, RowOutcome.REFUSED, type(error).__name__, str(error))


@dataclass(frozen=True, slots=True)
class Counts:
    done: int = 0
    unchanged: int = 0
    refused: int = 0

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Counts":
        counts = Counter(row.outcome for row in rows)
        return cls(*(counts[outcome] for outcome in RowOutcome))


@dataclass(frozen=True, slots=True)
class Subject:
    """The one transaction of a single act, and what it says."""

    transaction_id: str
    payee: str
    amount: Money
    date: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    owner: str
    kind: OperationKind
    actor_id: str
    at: datetime
    counts: Counts = field(default_factory=Counts)
    finished: bool = True
    # It ended before its last row: whoever has its request can let it go on.
    cut_off: bool = False
    # What was asked for, so that it can be finished without its request; empty where it can't.
    intent: Mapping[str, Any] = field(default_factory=dict)
    # When it last wrote.
    touched_at: datetime | None = None
    # The transactions that were selected, so that going on selects the same.
    ids: Sequence[str] = ()
    undoes: str = ""
    undone_by: str = ""
    subject: Subject | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of its rows are written."""
        return self.finished and not self.cut_off

    def is_running(self, now: datetime) -> bool:
        return not self.finished and now - (self.touched_at or self.at) < PATIENCE

    def with_rows(self, rows: Sequence[Row]) -> "Operation":
        return replace(self, counts=Counts.of(rows), finished=True, cut_off=False)

    def ended(self, transaction_ids: Sequence[str]) -> "Operation":
        """Cut off for good, after it changed these."""
        return replace(self, counts=Counts(done=len(transaction_ids)), finished=True, cut_off=True)


def act_of(entry: Entry) -> Operation:
    """The act that one entry tells of."""
    sign = -1 if entry.is_reversal else 1
    amount = Money(sign * entry.amount.minor_units, entry.amount.currency)
    return Operation(
        id=entry.operation_id,
        owner=entry.owner,
        kind=ACTS[entry.change],
        actor_id=entry.actor_id,
        at=entry.recorded_at,
        counts=Counts(done=1),
        subject=Subject(entry.transaction_id, entry.payee, amount, entry.date),
    )


@dataclass(frozen=True, slots=True)
class State:
    """What a transaction says; `said` is None where there is none."""

    said: TransactionInput | None = None
    is_opening: bool = False
    # The accounts of which a statement has confirmed it.
    reconciled_on: frozenset[str] = frozenset()

    @classmethod
    def after(cls, entry: Entry) -> "State":
        if entry.change is Change.DELETED:
            return cls()
        return cls.told_by(entry)

    @classmethod
    def told_by(cls, entry: Entry) -> "State":
        is_opening = entry.kind is EntryKind.OPENING_BALANCE
        return cls(said_by(entry), is_opening, entry.reconciled_on)


@dataclass(frozen=True, slots=True)
class Touch:
    """What an operation did to one transaction: its entries there, oldest first."""

    entries: Sequence[Entry]

    @property
    def transaction_id(self) -> str:
        return self.entries[0].transaction_id

    @property
    def before(self) -> State:
        first = self.entries[0]
        return State.told_by(first) if first.is_reversal else State()

    @property
    def after(self) -> State:
        return State.after(self.entries[-1])

    @property
    def is_birth(self) -> bool:
        """Whether there was no such transaction before, also where an undone booking was done
        again."""
        first = self.entries[0]
        return first.change is Change.CREATED or first.claims

    def undoing(self, newest: Entry) -> Delete | Restore | None:
        """What brings the transaction to what it was before; None where it is so already. Raises
        ChangedSince where it is no longer what the operation left."""
        now = State.after(newest)
        if now == self.before:
            if self.is_birth and now.said is None:
                return Delete(newest.transaction_id, newest.version, frees=True)
            return None
        if now != self.after:
            raise ChangedSince
        if self.before.said is None:
            return Delete(newest.transaction_id, newest.version, unlock=True, frees=self.is_birth)
        version = self.entries[0].version - 1
        return Restore(newest.transaction_id, newest.version, version, unlock=True)


class OperationNotFound(LedgerError):
    def __init__(self) -> None:
        super().__init__("there is no such operation")


class OperationUndone(LedgerError):
    """Someone took it back before."""

    def __init__(self, undone_by: str = "") -> None:
        super().__init__("it was undone already")
        self.metadata = {"operation_id": undone_by}


class OperationRunning(LedgerError):
    """Its rows are still being written."""

    def __init__(self) -> None:
        super().__init__("it is still at work: try again in a minute")


class ChangedSince(LedgerError):
    """The transaction is no longer what the operation left: what was done since stays."""

    def __init__(self) -> None:
        super().__init__("it was changed since")


class ExpectedCountMismatch(LedgerError):
    """There are more or fewer than the caller believes."""

    def __init__(self, count: int) -> None:
        super().__init__(f"there are {count:,} of them: look again")
        self.metadata = {"count": str(count)}
