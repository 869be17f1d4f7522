"""What came into accounts and went out of them, with what was only moved kept apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kit.money import Money
from ledger.domain.account import Account
from ledger.domain.report.conversion import InBase
from ledger.domain.report.flow import Dated, Flow, Series
from ledger.domain.report.span import Period


@dataclass(frozen=True, slots=True)
class Moves:
    """Of one account or currency, none of them negative as a rule.

    `moved_in` and `moved_out` are transfers between accounts and opening balances: neither income
    nor spending.
    """

    inflow: Money
    outflow: Money
    moved_in: Money
    moved_out: Money

    @property
    def net(self) -> Money:
        return self.inflow - self.outflow

    @property
    def change(self) -> Money:
        """By how much the balance changed."""
        return self.net + self.moved_in - self.moved_out

    def __add__(self, other: "Moves") -> "Moves":
        return Moves(
            self.inflow + other.inflow,
            self.outflow + other.outflow,
            self.moved_in + other.moved_in,
            self.moved_out + other.moved_out,
        )


@dataclass(frozen=True, slots=True)
class BaseMoves:
    """In the base currency, each flow converted at the rate of its day."""

    inflow: InBase
    outflow: InBase

    @property
    def net(self) -> InBase:
        return self.inflow - self.outflow

    def __add__(self, other: "BaseMoves") -> "BaseMoves":
        return BaseMoves(self.inflow + other.inflow, self.outflow + other.outflow)


@dataclass(frozen=True, slots=True)
class AccountMoves:
    """One account over the whole period: opening + change = closing."""

    account: Account
    opening: Money
    moves: Moves

    @property
    def closing(self) -> Money:
        return self.opening + self.moves.change


@dataclass(frozen=True, slots=True)
class MovesBucket:
    period: Period
    # In the order of the currencies' codes.
    currencies: Sequence[Moves]
    in_base: BaseMoves | None


@dataclass(frozen=True, slots=True)
class CashFlow:
    buckets: Sequence[MovesBucket]
    accounts: Sequence[AccountMoves]
    currencies: Sequence[Moves]
    in_base: BaseMoves | None


def cash_flow(
    opening: Iterable[Flow],
    all_: Series,
    moved: Series,
    accounts: Sequence[Account],
    base: str = "",
    own: Series = (),
) -> CashFlow:
    """From what flowed through these accounts before the period, in it, and of that in transfers
    and opening balances. With a base currency `own` is what is neither, valued in it."""
    buckets = [
        MovesBucket(period, _by_currency(_moves(flows, of_moved).values()), None)
        for (period, flows), (_, of_moved) in zip(all_, moved, strict=True)
    ]
    if base:
        buckets = [
            replace(bucket, in_base=_in_base(flows, base))
            for bucket, (_, flows) in zip(buckets, own, strict=True)
        ]
    by_account = _moves(_joined(all_), _joined(moved))
    before = {flow.id: flow.net for flow in opening}
    in_base = [bucket.in_base for bucket in buckets if bucket.in_base is not None]
    return CashFlow(
        buckets,
        [
            AccountMoves(
                account,
                Money(before.get(account.id, 0), account.currency),
                by_account.get(account.id, _nothing(account.currency)),
            )
            for account in accounts
        ],
        _by_currency(by_account.values()),
        _total(in_base),
    )


def own_series(all_: Series, moved: Series) -> Series:
    """The flow of each bucket without transfers and opening balances."""
    return [
        (period, _own(flows, of_moved))
        for (period, flows), (_, of_moved) in zip(all_, moved, strict=True)
    ]


def own_days(all_: Dated, moved: Dated) -> Dated:
    """The same of each day."""
    of_moved = {(day, id_): (debit, credit) for day, id_, _, debit, credit in moved}
    return [
        (day, id_, currency, debit - less[0], credit - less[1])
        for day, id_, currency, debit, credit in all_
        for less in (of_moved.get((day, id_), (0, 0)),)
    ]


def _own(all_: Sequence[Flow], moved: Sequence[Flow]) -> Sequence[Flow]:
    of_moved = {flow.id: flow for flow in moved}
    return [
        replace(
            flow,
            debit=flow.debit - less.debit,
            credit=flow.credit - less.credit,
            count=flow.count - less.count,
        )
        if (less := of_moved.get(flow.id))
        else flow
        for flow in all_
    ]


def _in_base(flows: Sequence[Flow], base: str) -> BaseMoves:
    told = [(flow, flow.in_base) for flow in flows if flow.in_base is not None]
    lacking = [flow for flow, sides in told if not sides.is_whole]
    return BaseMoves(
        InBase(
            Money(sum(sides.debit for _, sides in told), base),
            frozenset(flow.currency for flow in lacking if flow.debit),
        ),
        InBase(
            Money(sum(sides.credit for _, sides in told), base),
            frozenset(flow.currency for flow in lacking if flow.credit),
        ),
    )


def _moves(all_: Iterable[Flow], moved: Iterable[Flow]) -> dict[str, Moves]:
    """By account."""
    found: dict[str, Moves] = {}
    for flow in all_:
        inflow, outflow = Money(flow.debit, flow.currency), Money(flow.credit, flow.currency)
        nothing = Money.zero(flow.currency)
        found[flow.id] = _plus(found.get(flow.id), Moves(inflow, outflow, nothing, nothing))
    for flow in moved:
        inside, out = Money(flow.debit, flow.currency), Money(flow.credit, flow.currency)
        found[flow.id] = _plus(found.get(flow.id), Moves(-inside, -out, inside, out))
    return found


def _by_currency(moves: Iterable[Moves]) -> Sequence[Moves]:
    found: dict[str, Moves] = {}
    for part in moves:
        currency = part.inflow.currency
        found[currency] = _plus(found.get(currency), part)
    return [found[currency] for currency in sorted(found)]


def _joined(series: Series) -> list[Flow]:
    return [flow for _, flows in series for flow in flows]


def _plus(known: Moves | None, more: Moves) -> Moves:
    return more if known is None else known + more


def _total(parts: Sequence[BaseMoves]) -> BaseMoves | None:
    total: BaseMoves | None = None
    for part in parts:
        total = part if total is None else total + part
    return total


def _nothing(currency: str) -> Moves:
    zero = Money.zero(currency)
    return Moves(zero, zero, zero, zero)
