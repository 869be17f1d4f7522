"""Amounts of several currencies told in one: the base currency of a report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kit.money import Money
from ledger.domain.rate import Applied, RateTable


@dataclass(frozen=True, slots=True)
class InBase:
    """What amounts come to in the base currency, but for those of the currencies in `unconverted`,
    from which no rate leads there."""

    amount: Money
    unconverted: frozenset[str] = frozenset()

    def __add__(self, other: "InBase") -> "InBase":
        return InBase(self.amount + other.amount, self.unconverted | other.unconverted)

    def __neg__(self) -> "InBase":
        return InBase(-self.amount, self.unconverted)

    def __sub__(self, other: "InBase") -> "InBase":
        return self + -other


class Converter:
    """Converts at the rates of a day and remembers which it used."""

    def __init__(self, table: RateTable, base: str) -> None:
        self._table = table
        self.base = base
        self._used: dict[tuple[str, str], Applied] = {}

    def convert(self, amounts: Iterable[Money], on: str) -> InBase:
        """The sum of the amounts, each rounded by itself; zero needs no rate."""
        total, unconverted = 0, set()
        for amount in amounts:
            if amount.is_zero:
                continue
            applied = self._table.find(amount.currency, self.base, on)
            if applied is None:
                unconverted.add(amount.currency)
                continue
            if applied.legs:
                self._used[amount.currency, on] = applied
            total += applied.convert(amount).minor_units
        return InBase(Money(total, self.base), frozenset(unconverted))

    def used(self) -> Sequence[Applied]:
        """Every rate that something was converted at, by day and currency."""
        return [self._used[key] for key in sorted(self._used, key=lambda key: (key[1], key[0]))]
