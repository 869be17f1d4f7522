"""What a book's journal says, entry by entry, and where the stored sums say otherwise. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kit.money import Money
from ledger.domain.entry import Entry, Status, require_balance
from ledger.domain.errors import UnbalancedEntry
from ledger.domain.totals import Balance, BalanceKey, Rollup, RollupKey, Sums, Totals

# The subject of a difference that is about no document but the book itself.
HEAD = "head of the book"


class Fault(StrEnum):
    """What can be wrong; `rebuild` mends all but the facts themselves."""

    ENTRY = "entry"
    SEQUENCE = "sequence"
    HISTORY = "history"
    IN_FORCE = "in force"
    FOUND_BY = "found by"
    CLAIM = "claim"
    BALANCE = "balance"
    ROLLUP = "rollup"
    OPERATION = "operation"
    EVENT = "event"
    # A row that the ledger would not have written.
    UNREADABLE = "unreadable"
    # A row that background work failed on, and left alone.
    PARKED = "parked"


MENDABLE = frozenset(Fault) - {Fault.ENTRY, Fault.HISTORY, Fault.UNREADABLE, Fault.PARKED}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the books disagree with their journal."""

    owner: str
    fault: Fault
    subject: str
    expected: str
    found: str


@dataclass(slots=True)
class Recount:
    """Adds up one book in the order of its sequence. `incomes` says of each category whether it is
    one of income."""

    owner: str
    incomes: Mapping[str, bool] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    entries: int = 0
    last_seq: int = 0
    last_recorded_at: datetime | None = None
    faults: list[Difference] = field(default_factory=list)
    # Entries that could not be counted: without them no sum can be told right from wrong.
    uncounted: int = 0

    def miss(self, subject: str, error: str, *, seq: object) -> None:
        """An entry can't be read."""
        self.uncounted += 1
        if isinstance(seq, int):
            self.last_seq = seq
        self._fault(Fault.UNREADABLE, subject, "a readable row", error)

    def add(self, entry: Entry) -> None:
        self.entries += 1
        if entry.seq != self.last_seq + 1:
            self._fault(Fault.SEQUENCE, entry.id, str(self.last_seq + 1), str(entry.seq))
        if self.last_recorded_at is not None and entry.recorded_at < self.last_recorded_at:
            after = f"recorded at {self.last_recorded_at} or later"
            self._fault(Fault.ENTRY, entry.id, after, str(entry.recorded_at))
        if not entry.operation_id:
            self._fault(Fault.ENTRY, entry.id, "an operation", "none")
        self.last_seq, self.last_recorded_at = entry.seq, entry.recorded_at
        self._check_postings(entry)
        self.totals.add(entry)

    def compare_head(self, seq: int) -> None:
        if seq != self.last_seq:
            self._fault(Fault.SEQUENCE, HEAD, str(self.last_seq), str(seq))

    def compare_balances(self, stored: Mapping[BalanceKey, Balance]) -> None:
        if self.uncounted:
            return
        counted = self.totals.balances
        for key in sorted({*counted, *stored}):
            expected, found = counted.get(key, Balance()), stored.get(key, Balance())
            if expected != found:
                subject = f"{key.account_id} {key.currency}"
                self._fault(Fault.BALANCE, subject, _said(expected), _said(found))

    def compare_rollups(self, stored: Mapping[RollupKey, Rollup]) -> None:
        if self.uncounted:
            return
        counted = self.totals.rollups
        for key in sorted({*counted, *stored}):
            expected = counted.get(key, Rollup()).told()
            found = stored.get(key, Rollup()).told()
            if expected != found:
                subject = " ".join(filter(None, (key.dim, key.month, key.id, key.currency)))
                self._fault(Fault.ROLLUP, subject, *_where_they_differ(expected, found))

    def compare_operations(
        self, told: Mapping[str, int], touched: Mapping[str, int], booked: Mapping[str, int]
    ) -> None:
        """How many rows each operation says it has done, beside how many transactions have entries
        of it. A line that an import has booked may need no entry: so many lines are `booked`."""
        for operation_id, done in sorted(told.items()):
            expected = max(booked.get(operation_id, 0), touched.get(operation_id, 0))
            if done != expected:
                subject = f"{operation_id} done"
                self._fault(Fault.OPERATION, subject, str(expected), str(done))

    def compare_derived(
        self, entry: Entry, expected: Mapping[str, object], found: Mapping[str, object]
    ) -> None:
        """What an entry is found by."""
        for name, value in expected.items():
            if found.get(name) != value:
                subject = f"{entry.id} {name}"
                self._fault(Fault.FOUND_BY, subject, str(value), str(found.get(name)))

    def _check_postings(self, entry: Entry) -> None:
        try:
            require_balance(entry.postings)
        except UnbalancedEntry as error:
            self._fault(Fault.ENTRY, entry.id, "postings that balance", str(error))
            return
        self._check_amount(entry, entry.account_id, entry.amount)
        if entry.to_account_id:
            self._check_amount(entry, entry.to_account_id, entry.to_amount or -entry.amount)
        self._check_reconciled(entry)
        for posting in entry.postings:
            is_income = self.incomes.get(posting.account_id, posting.is_income)
            if posting.is_category and posting.is_income is not is_income:
                kinds = {True: "income", False: "expense"}
                found = kinds[posting.is_income]
                self._fault(Fault.ENTRY, entry.id, kinds[is_income], found)

    def _check_reconciled(self, entry: Entry) -> None:
        """Its status is that of its postings, and statements confirm those of its own accounts."""
        own = {entry.account_id, entry.to_account_id} - {""}
        marked = {p.account_id for p in entry.postings if p.reconciled}
        if marked - own:
            self._fault(Fault.ENTRY, entry.id, "statements of its own accounts", "of others")
        if (entry.status is Status.RECONCILED) is not bool(marked):
            expected = "reconciled" if marked else "not reconciled"
            self._fault(Fault.ENTRY, entry.id, expected, entry.status)

    def _check_amount(self, entry: Entry, account_id: str, amount: Money) -> None:
        posted = sum(p.amount.minor_units for p in entry.postings if p.account_id == account_id)
        if posted != amount.minor_units:
            self._fault(Fault.ENTRY, entry.id, str(amount.minor_units), str(posted))

    def _fault(self, fault: Fault, subject: str, expected: str, found: str) -> None:
        self.faults.append(Difference(self.owner, fault, subject, expected, found))


def _said(balance: Balance) -> str:
    return f"{balance.balance}, cleared {balance.cleared}, reconciled {balance.reconciled}"


def _where_they_differ(expected: Rollup, found: Rollup) -> tuple[str, str]:
    """The sums of the month, or of the first day where they differ."""
    if expected.month != found.month:
        return _sums(expected.month), _sums(found.month)
    days = sorted({*expected.days, *found.days})
    day = next(d for d in days if expected.days.get(d) != found.days.get(d))
    empty = Sums()
    sides = (expected.days.get(day, empty), found.days.get(day, empty))
    return f"day {day}: {_sums(sides[0])}", f"day {day}: {_sums(sides[1])}"


def _sums(sums: Sums) -> str:
    return f"debit {sums.debit}, credit {sums.credit}, postings {sums.count}"
