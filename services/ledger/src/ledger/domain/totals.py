"""Balances and monthly rollups: what the journal adds up to, kept so that no report reads the
journal whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.domain.entry import Entry


@dataclass(frozen=True, slots=True, order=True)
class BalanceKey:
    owner: str
    account_id: str
    currency: str


@dataclass(frozen=True, slots=True, order=True)
class RollupKey:
    owner: str
    is_category: bool
    # YYYY-MM.
    month: str
    account_id: str
    currency: str


@dataclass(slots=True)
class Rollup:
    """One account or category in one month: the sums of its debits and of its credits, and how many
    postings they are.

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


@dataclass(slots=True)
class Totals:
    """The balances and rollups of some entries, added up one by one."""

    balances: dict[BalanceKey, int] = field(default_factory=dict)
    rollups: dict[RollupKey, Rollup] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        month = entry.date[:7]
        for posting in entry.postings:
            units, currency = posting.amount.minor_units, posting.amount.currency
            balance = BalanceKey(entry.owner, posting.account_id, currency)
            self.balances[balance] = self.balances.get(balance, 0) + units
            rollup = RollupKey(
                entry.owner, posting.is_category, month, posting.account_id, currency
            )
            self.rollups.setdefault(rollup, Rollup()).add(units, reversal=entry.is_reversal)

    def changed_balances(self) -> Iterator[tuple[BalanceKey, int]]:
        """In one order for all writers, so that two of them wait for each other and never in a
        ring."""
        return ((key, self.balances[key]) for key in sorted(self.balances))

    def changed_rollups(self) -> Iterator[tuple[RollupKey, Rollup]]:
        return ((key, self.rollups[key]) for key in sorted(self.rollups))
