"""What a person owns less what they owe, at the end of each bucket of a period."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kit.money import Money
from ledger.domain.account import Account, AccountType
from ledger.domain.report.conversion import Converter, InBase
from ledger.domain.report.flow import Flow, Series

LIABILITIES = frozenset({AccountType.CREDIT_CARD, AccountType.LOAN, AccountType.OTHER_LIABILITY})


@dataclass(frozen=True, slots=True)
class Worth:
    """In one currency. What is owed is positive; an overdrawn asset lessens the assets."""

    assets: Money
    liabilities: Money

    @property
    def net(self) -> Money:
        return self.assets - self.liabilities


@dataclass(frozen=True, slots=True)
class BaseWorth:
    """Converted at the rates of the day."""

    assets: InBase
    liabilities: InBase

    @property
    def net(self) -> InBase:
        return self.assets - self.liabilities


@dataclass(frozen=True, slots=True)
class Point:
    """At the end of a day."""

    date: str
    # In the order of the currencies' codes.
    currencies: Sequence[Worth]
    in_base: BaseWorth | None


@dataclass(frozen=True, slots=True)
class AccountBalances:
    """An account's balance at each point, in minor units."""

    account: Account
    balances: Sequence[int]


@dataclass(frozen=True, slots=True)
class NetWorth:
    """The first point is the day before the period; then follow the last days of its buckets."""

    points: Sequence[Point]
    accounts: Sequence[AccountBalances]


def net_worth(
    opening: Iterable[Flow],
    series: Series,
    accounts: Sequence[Account],
    converter: Converter | None,
) -> NetWorth:
    """From what flowed through these accounts before the period and in each bucket."""
    running = _Running(accounts)
    running.add(opening)
    points, states = [], []
    for day, flows in [(_day_before(series[0][0].from_date), ()), *_ends(series)]:
        running.add(flows)
        points.append(_point(day, running.worths(), converter))
        states.append(list(running.balances.values()))
    by_account = zip(*states, strict=True)
    return NetWorth(
        points,
        [AccountBalances(a, balances) for a, balances in zip(accounts, by_account, strict=True)],
    )


class _Running:
    """Balances by account, and their sums by currency, as flows are added."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self.balances = {account.id: 0 for account in accounts}
        self._is_owed = {account.id: account.type in LIABILITIES for account in accounts}
        # Assets and liabilities.
        self._sums = {currency: [0, 0] for currency in sorted({a.currency for a in accounts})}

    def add(self, flows: Iterable[Flow]) -> None:
        for flow in flows:
            self.balances[flow.id] += flow.net
            if self._is_owed[flow.id]:
                self._sums[flow.currency][1] -= flow.net
            else:
                self._sums[flow.currency][0] += flow.net

    def worths(self) -> Sequence[Worth]:
        return [Worth(Money(a, c), Money(b, c)) for c, (a, b) in self._sums.items()]


def _ends(series: Series) -> Iterator[tuple[str, Iterable[Flow]]]:
    return ((period.to_date, flows) for period, flows in series)


def _point(day: str, worths: Sequence[Worth], converter: Converter | None) -> Point:
    if converter is None:
        return Point(day, worths, None)
    in_base = BaseWorth(
        converter.convert((w.assets for w in worths), day),
        converter.convert((w.liabilities for w in worths), day),
    )
    return Point(day, worths, in_base)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
