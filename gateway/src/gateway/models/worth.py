"""Cash flow, net worth, gains and losses on exchange."""

from pydantic import Field

from gateway.models.common import Answer, CurrencyCode, DateText, DecimalText, Money, decimal_text
from gateway.models.common import money as money_of
from gateway.models.figures import (
    Comparison,
    Days,
    EntriesQuery,
    Rates,
    Unconverted,
    comparison,
    rates,
    units,
)
from pfa.ledger.v1 import report_pb2


class Moves(Answer):
    """What came in and went out; `moved_in` and `moved_out` are transfers and opening balances."""

    currency: CurrencyCode
    inflow: DecimalText
    outflow: DecimalText
    moved_in: DecimalText
    moved_out: DecimalText
    net: DecimalText = Field(description="inflow - outflow: transfers are none of it.")

    @classmethod
    def of(cls, message: report_pb2.Moves) -> "Moves":
        return cls(
            currency=message.net.currency,
            inflow=decimal_text(message.inflow),
            outflow=decimal_text(message.outflow),
            moved_in=decimal_text(message.moved_in),
            moved_out=decimal_text(message.moved_out),
            net=decimal_text(message.net),
        )


class ConvertedMoves(Answer):
    currency: CurrencyCode
    inflow: DecimalText
    outflow: DecimalText
    net: DecimalText
    unconverted: Unconverted

    @classmethod
    def of(cls, message: report_pb2.ConvertedMoves) -> "ConvertedMoves":
        return cls(
            currency=message.net.currency,
            inflow=decimal_text(message.inflow),
            outflow=decimal_text(message.outflow),
            net=decimal_text(message.net),
            unconverted=list(message.unconverted),
        )


class AccountMoves(Answer):
    """opening + inflow - outflow + moved_in - moved_out = closing."""

    account_id: str
    name: str
    opening: DecimalText
    moves: Moves
    closing: DecimalText
    inflow_query: EntriesQuery
    outflow_query: EntriesQuery
    moved_query: EntriesQuery

    @classmethod
    def of(cls, message: report_pb2.AccountMoves) -> "AccountMoves":
        return cls(
            account_id=message.account_id,
            name=message.name,
            opening=decimal_text(message.opening),
            moves=Moves.of(message.moves),
            closing=decimal_text(message.closing),
            inflow_query=message.inflow_query,
            outflow_query=message.outflow_query,
            moved_query=message.moved_query,
        )


class CashFlowBucket(Answer):
    period: Days
    currencies: list[Moves]
    converted: ConvertedMoves | None

    @classmethod
    def of(cls, message: report_pb2.CashFlowBucket) -> "CashFlowBucket":
        has = message.HasField("converted")
        return cls(
            period=Days.of(message.period),
            currencies=[Moves.of(moves) for moves in message.currencies],
            converted=ConvertedMoves.of(message.converted) if has else None,
        )


class CashFlow(Answer):
    period: Days
    buckets: list[CashFlowBucket]
    accounts: list[AccountMoves]
    currencies: list[Moves]
    converted: ConvertedMoves | None

    @classmethod
    def of(cls, message: report_pb2.CashFlow) -> "CashFlow":
        has = message.HasField("converted")
        return cls(
            period=Days.of(message.period),
            buckets=[CashFlowBucket.of(bucket) for bucket in message.buckets],
            accounts=[AccountMoves.of(account) for account in message.accounts],
            currencies=[Moves.of(moves) for moves in message.currencies],
            converted=ConvertedMoves.of(message.converted) if has else None,
        )


class ComparedCashFlow(Answer):
    comparison: Comparison
    report: CashFlow


class CashFlowReport(Answer):
    """What came into accounts and went out, with what was only moved kept apart."""

    report: CashFlow
    compared: list[ComparedCashFlow]
    rates: Rates

    @classmethod
    def of(cls, message: report_pb2.GetCashFlowResponse) -> "CashFlowReport":
        return cls(
            report=CashFlow.of(message.report),
            compared=[
                ComparedCashFlow(
                    comparison=comparison(other.comparison), report=CashFlow.of(other.report)
                )
                for other in message.compared
            ],
            rates=rates(message.rates),
        )


class Worth(Answer):
    """In one currency: what is owned less what is owed."""

    currency: CurrencyCode
    assets: DecimalText
    liabilities: DecimalText
    net: DecimalText

    @classmethod
    def of(cls, message: report_pb2.Worth) -> "Worth":
        return cls(
            currency=message.net.currency,
            assets=decimal_text(message.assets),
            liabilities=decimal_text(message.liabilities),
            net=decimal_text(message.net),
        )


class NetWorthPoint(Answer):
    """At the end of a day."""

    date: DateText
    currencies: list[Worth]
    converted: Worth | None
    unconverted: Unconverted

    @classmethod
    def of(cls, message: report_pb2.NetWorthPoint) -> "NetWorthPoint":
        has = message.HasField("converted")
        return cls(
            date=message.date,
            currencies=[Worth.of(worth) for worth in message.currencies],
            converted=Worth.of(message.converted) if has else None,
            unconverted=list(message.unconverted),
        )


class AccountBalances(Answer):
    """An account's balance at each point."""

    account_id: str
    name: str
    currency: CurrencyCode
    liability: bool
    balances: list[DecimalText]
    query: EntriesQuery

    @classmethod
    def of(cls, message: report_pb2.AccountBalances) -> "AccountBalances":
        return cls(
            account_id=message.account_id,
            name=message.name,
            currency=message.currency,
            liability=message.liability,
            balances=[units(n, message.currency) for n in message.balances],
            query=message.query,
        )


class NetWorth(Answer):
    """The first point is the day before the period; then follow the last days of its buckets."""

    period: Days
    points: list[NetWorthPoint]
    accounts: list[AccountBalances]

    @classmethod
    def of(cls, message: report_pb2.NetWorth) -> "NetWorth":
        return cls(
            period=Days.of(message.period),
            points=[NetWorthPoint.of(point) for point in message.points],
            accounts=[AccountBalances.of(account) for account in message.accounts],
        )


class ComparedNetWorth(Answer):
    comparison: Comparison
    report: NetWorth


class NetWorthReport(Answer):
    """What is owned less what is owed, over time."""

    report: NetWorth
    compared: list[ComparedNetWorth]
    rates: Rates

    @classmethod
    def of(cls, message: report_pb2.GetNetWorthResponse) -> "NetWorthReport":
        return cls(
            report=NetWorth.of(message.report),
            compared=[
                ComparedNetWorth(
                    comparison=comparison(other.comparison), report=NetWorth.of(other.report)
                )
                for other in message.compared
            ],
            rates=rates(message.rates),
        )


class ExchangeBucket(Answer):
    """opening + flows + gain = closing, and exchange + realised + unrealised = gain."""

    period: Days
    opening: DecimalText
    flows: DecimalText = Field(
        description="Income less expense, and opening balances, at the rates of their days."
    )
    closing: DecimalText
    gain: DecimalText
    exchange: DecimalText = Field(
        description="What was got for what was given where money was changed, at that day's rates."
    )
    realised: DecimalText = Field(
        description="What left a currency's position, less what it had cost on average."
    )
    unrealised: DecimalText = Field(
        description="The change of what positions are worth beyond what they cost."
    )

    @classmethod
    def of(cls, message: report_pb2.ExchangeBucket) -> "ExchangeBucket":
        return cls(
            period=Days.of(message.period),
            opening=decimal_text(message.opening),
            flows=decimal_text(message.flows),
            closing=decimal_text(message.closing),
            gain=decimal_text(message.gain),
            exchange=decimal_text(message.exchange),
            realised=decimal_text(message.realised),
            unrealised=decimal_text(message.unrealised),
        )


class ExchangePosition(Answer):
    """What is held of a foreign currency at the end; worth and cost are in the base currency."""

    amount: Money
    worth: Money
    cost: Money
    unrealised: Money


class ExchangeReport(Answer):
    """What a change of rates did to the book's worth, in the base currency."""

    currency: CurrencyCode
    buckets: list[ExchangeBucket]
    positions: list[ExchangePosition]
    rates: Rates

    @classmethod
    def of(cls, message: report_pb2.GetExchangeGainsResponse) -> "ExchangeReport":
        return cls(
            currency=message.buckets[0].gain.currency,
            buckets=[ExchangeBucket.of(bucket) for bucket in message.buckets],
            positions=[
                ExchangePosition(
                    amount=money_of(held.amount),
                    worth=money_of(held.worth),
                    cost=money_of(held.cost),
                    unrealised=money_of(held.unrealised),
                )
                for held in message.positions
            ],
            rates=rates(message.rates),
        )
