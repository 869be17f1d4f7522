"""Balances and rollups: what the journal adds up to, kept so that no report reads the journal."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kit.money import Money
from ledger.domain.entry import Entry, EntryKind, Posting, Status
from ledger.domain.report.flow import BY_YEAR, Dim

_CLEARED = frozenset({Status.CLEARED, Status.RECONCILED})


# Keys are tuples: several are made, hashed and put in order for every entry.
class BalanceKey(NamedTuple):
    owner: str
    account_id: str
    currency: str


@dataclass(slots=True)
class Balance:
    """What an account holds: all of it, what the bank has cleared, and what a statement has
    confirmed; in minor units."""

    balance: int = 0
    cleared: int = 0
    reconciled: int = 0

    def add(self, minor_units: int, status: Status, *, reconciled: bool) -> None:
        self.balance += minor_units
        self.cleared += minor_units if status in _CLEARED else 0
        self.reconciled += minor_units if reconciled else 0

    def plus(self, other: "Balance") -> "Balance":
        return Balance(
            self.balance + other.balance,
            self.cleared + other.cleared,
            self.reconciled + other.reconciled,
        )

    def less(self, other: "Balance") -> "Balance":
        return Balance(
            self.balance - other.balance,
            self.cleared - other.cleared,
            self.reconciled - other.reconciled,
        )


class RollupKey(NamedTuple):
    """`id` is an account, a category, a payee or a tag, as `dim` says; empty for the whole book."""

    owner: str
    dim: Dim
    # YYYY-MM, or YYYY where `dim` is by year.
    month: str
    id: str
    currency: str


@dataclass(slots=True)
class Sums:
    """Debits and credits in minor units, and how many postings they are.

    A reversal takes back what the reversed entry gave, so that an edit leaves no trace in the sums.
    """

    debit: int = 0
    credit: int = 0
    count: int = 0

    def add(self, minor_units: int, *, reversal: bool) -> None:
        was_debit = (minor_units > 0) is not reversal
        if was_debit:
            self.debit += minor_units
        else:
            self.credit -= minor_units
        self.count += -1 if reversal else 1

    def plus(self, other: "Sums") -> "Sums":
        return Sums(self.debit + other.debit, self.credit + other.credit, self.count + other.count)

    @property
    def is_empty(self) -> bool:
        return not (self.debit or self.credit or self.count)


@dataclass(slots=True)
class Rollup:
    """One month of one id, and of each of its days (DD); or one year, which has no days."""

    month: Sums = field(default_factory=Sums)
    days: dict[str, Sums] = field(default_factory=dict)

    def add(self, day: str, minor_units: int, *, reversal: bool) -> None:
        self.month.add(minor_units, reversal=reversal)
        sums = self.days.get(day)
        if sums is None:
            sums = self.days[day] = Sums()
        sums.add(minor_units, reversal=reversal)

    def told(self) -> "Rollup":
        """Without the days on which nothing is left."""
        return Rollup(self.month, {day: s for day, s in self.days.items() if not s.is_empty})


@dataclass(slots=True)
class Totals:
    """The balances and rollups of some entries, added up one by one."""

    balances: dict[BalanceKey, Balance] = field(default_factory=dict)
    rollups: dict[RollupKey, Rollup] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        for posting in entry.postings:
            if not posting.is_category:
                self._balance(entry, posting)
        month, day = entry.date[:7], entry.date[8:]
        for dim, id_, amount in _shares(entry):
            units, currency, reversal = amount.minor_units, amount.currency, entry.is_reversal
            rollup = self._rollup(RollupKey(entry.owner, dim, month, id_, currency))
            rollup.add(day, units, reversal=reversal)
            by_year = BY_YEAR.get(dim)
            if by_year is not None:
                year = self._rollup(RollupKey(entry.owner, by_year, month[:4], id_, currency))
                year.month.add(units, reversal=reversal)

    def _rollup(self, key: RollupKey) -> Rollup:
        rollup = self.rollups.get(key)
        if rollup is None:
            rollup = self.rollups[key] = Rollup()
        return rollup

    def _balance(self, entry: Entry, posting: Posting) -> None:
        key = BalanceKey(entry.owner, posting.account_id, posting.amount.currency)
        balance = self.balances.setdefault(key, Balance())
        balance.add(posting.amount.minor_units, entry.status, reconciled=posting.reconciled)

    def changed_balances(self) -> Iterator[tuple[BalanceKey, Balance]]:
        """In one order for all writers, so that two of them wait for each other and never in a
        ring."""
        return ((key, self.balances[key]) for key in sorted(self.balances))

    def changed_rollups(self) -> Iterator[tuple[RollupKey, Rollup]]:
        return ((key, self.rollups[key]) for key in sorted(self.rollups))


def tag_id(tag: str) -> str:
    """One tag, however its letters are written."""
    return tag.strip().casefold()


def _shares(entry: Entry) -> Iterator[tuple[Dim, str, Money]]:
    """Where an entry is counted, under which id, and with what amount."""
    is_moved = entry.kind is not EntryKind.STANDARD
    # Money that a person moves between accounts is neither gained nor spent.
    own = Money.zero(entry.amount.currency) if is_moved else entry.amount
    yield Dim.BOOK, "", own
    payee, tags = entry.payee_id, sorted({tag_id(tag) for tag in entry.tags})
    for posting in entry.postings:
        if posting.is_category:
            yield Dim.CATEGORY, posting.account_id, posting.amount
            income = posting.is_income
            if not income:
                yield Dim.ACCOUNT_EXPENSE, entry.account_id, posting.amount
            yield (Dim.PAYEE_INCOME if income else Dim.PAYEE_EXPENSE), payee, posting.amount
            for tag in tags:
                yield (Dim.TAG_INCOME if income else Dim.TAG_EXPENSE), tag, posting.amount
        else:
            yield Dim.ACCOUNT, posting.account_id, posting.amount
            if is_moved:
                yield Dim.TRANSFER, posting.account_id, posting.amount
