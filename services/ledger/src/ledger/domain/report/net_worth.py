"""What a person owns less what they owe, at the end of each bucket of a period."""

from collections.abc import Iterable, Mapping, Sequence
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
    balances = {account.id: 0 for account in accounts}
    for flow in opening:
        balances[flow.id] += flow.net
    days = [_day_before(series[0][0].from_date)] if series else []
    states = [dict(balances)] if series else []
    for period, flows in series:
        for flow in flows:
            balances[flow.id] += flow.net
        days.append(period.to_date)
        states.append(dict(balances))
    return NetWorth(
        [_point(day, state, accounts, converter) for day, state in zip(days, states, strict=True)],
        [AccountBalances(a, [state[a.id] for state in states]) for a in accounts],
    )


def _point(
    day: str,
    balances: Mapping[str, int],
    accounts: Sequence[Account],
    converter: Converter | None,
) -> Point:
    sums: dict[str, list[int]] = {}
    for account in accounts:
        row = sums.setdefault(account.currency, [0, 0])
        if account.type in LIABILITIES:
            row[1] -= balances[account.id]
        else:
            row[0] += balances[account.id]
    worths = [Worth(Money(a, c), Money(b, c)) for c, (a, b) in sorted(sums.items())]
    if converter is None:
        return Point(day, worths, None)
    in_base = BaseWorth(
        converter.convert((w.assets for w in worths), day),
        converter.convert((w.liabilities for w in worths), day),
    )
    return Point(day, worths, in_base)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
