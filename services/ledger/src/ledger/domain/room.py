"""Room for more: how far sums are from the most that can be kept.

Sums are kept in 64 bits, and MongoDB refuses a transaction in which an increment passes them,
without saying which. A group that was refused so is decided again over its room, which refuses the
commands that have none.
"""

from collections.abc import Iterable

from kit.money import MAX_SUM
from ledger.domain.entry import Entry
from ledger.domain.errors import BalanceTooLarge
from ledger.domain.totals import Balance, Rollup, Totals

# A sum below this has more room left than one group can add.
NEARLY_FULL = MAX_SUM // 2


class Room:
    """`totals` are the balances of the book, and its months that are nearly full."""

    def __init__(self, totals: Totals) -> None:
        self._balances = totals.balances
        self._rollups = totals.rollups

    def take(self, entries: Iterable[Entry]) -> None:
        """Count the entries. Raises BalanceTooLarge, and counts none, where one doesn't fit."""
        added = Totals()
        for entry in entries:
            added.add(entry)
        balances = {
            key: self._balances.get(key, Balance()).plus(balance)
            for key, balance in added.balances.items()
        }
        rollups = {
            key: self._rollups[key].month.plus(rollup.month)
            for key, rollup in added.rollups.items()
            if key in self._rollups
        }
        sums = [
            *(n for b in balances.values() for n in (b.balance, b.cleared, b.reconciled)),
            *(n for month in rollups.values() for n in (month.debit, month.credit)),
        ]
        if any(abs(n) > MAX_SUM for n in sums):
            raise BalanceTooLarge
        self._balances |= balances
        self._rollups |= {key: Rollup(month) for key, month in rollups.items()}
