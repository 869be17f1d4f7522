"""Currencies of a book and their prices, for programs that value its holdings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.domain.rate import Rate


@dataclass(frozen=True, slots=True)
class Market:
    """The currency that the book is shown in, the prices of others, and when accounts ended."""

    base: str
    # By day; one a pair and day.
    prices: Sequence[Rate] = ()
    # Of closed accounts: the day of their last entry, by id.
    closed_on: Mapping[str, str] = field(default_factory=dict)

    def currencies(self, held: Iterable[str]) -> Sequence[str]:
        """All that an export names: of accounts, of prices, and the base."""
        quoted = (code for rate in self.prices for code in (rate.base, rate.quote))
        return sorted({self.base, *held, *quoted})


def daily_prices(rates: Iterable[Rate]) -> Sequence[Rate]:
    """The rates by day; of several of one pair and day the one of the highest source."""
    best: dict[tuple[str, str, str], Rate] = {}
    for rate in rates:
        key = rate.date, rate.base, rate.quote
        if key not in best or best[key].source < rate.source:
            best[key] = rate
    return [best[key] for key in sorted(best)]
