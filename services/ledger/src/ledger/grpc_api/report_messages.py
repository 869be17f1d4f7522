"""Reports ↔ messages, each figure with the search that lists its entries."""

from collections.abc import Iterable

from ledger.domain.category import CategoryKind
from ledger.domain.report import By, Period, drill
from ledger.domain.report.ask import Ask
from ledger.domain.report.breakdown import Breakdown, Dimension, Line
from ledger.domain.report.cash_flow import AccountMoves, BaseMoves, CashFlow, Moves
from ledger.domain.report.compare import Comparison
from ledger.domain.report.exchange import ExchangeBucket, Held
from ledger.domain.report.figures import BaseSummary, Figures, IncomeExpense
from ledger.domain.report.net_worth import LIABILITIES, AccountBalances, NetWorth, Point
from ledger.grpc_api.books import WEEK_STARTS
from ledger.grpc_api.messages import money_message, summary_message, write_money
from pfa.ledger.v1 import account_pb2
from pfa.ledger.v1 import report_pb2 as pb

_SIZES = {
    pb.BUCKET_SIZE_DAY: By.DAY,
    pb.BUCKET_SIZE_WEEK: By.WEEK,
    pb.BUCKET_SIZE_MONTH: By.MONTH,
    pb.BUCKET_SIZE_QUARTER: By.QUARTER,
    pb.BUCKET_SIZE_YEAR: By.YEAR,
}
_COMPARISONS = {
    pb.COMPARISON_PREVIOUS_PERIOD: Comparison.PREVIOUS_PERIOD,
    pb.COMPARISON_LAST_YEAR: Comparison.LAST_YEAR,
}
COMPARISON_NUMBERS = {comparison: number for number, comparison in _COMPARISONS.items()}
DIMENSIONS = {
    pb.DIMENSION_CATEGORY: Dimension.CATEGORY,
    pb.DIMENSION_PAYEE: Dimension.PAYEE,
    pb.DIMENSION_TAG: Dimension.TAG,
}
KINDS = {
    account_pb2.CATEGORY_KIND_EXPENSE: CategoryKind.EXPENSE,
    account_pb2.CATEGORY_KIND_INCOME: CategoryKind.INCOME,
}
_KIND_NUMBERS = {kind: number for number, kind in KINDS.items()}


def ask_of(message: pb.ReportQuery) -> Ask:
    return Ask(
        period=Period(message.period.from_date, message.period.to_date),
        by=_SIZES.get(message.by, By.MONTH),
        week_start=WEEK_STARTS.get(message.week_start),
        base=message.base_currency,
        compare=[_COMPARISONS[c] for c in message.compare if c in _COMPARISONS],
    )


def income_expense_message(report: IncomeExpense, period: Period) -> pb.IncomeExpense:
    return pb.IncomeExpense(
        period=_period(period),
        buckets=[
            pb.IncomeExpenseBucket(
                period=_period(bucket.period),
                figures=_figures(bucket.figures),
                query=drill.entries_of(bucket.period, drill.STANDARD),
            )
            for bucket in report.buckets
        ],
        total=_figures(report.total),
    )


def breakdown_message(report: Breakdown, dimension: Dimension) -> pb.Breakdown:
    return pb.Breakdown(
        period=_period(report.period),
        lines=[_line(line, report.period, dimension) for line in report.lines],
        rest=_figures(report.rest),
        rest_count=report.rest_count,
        total=_figures(report.total),
    )


def cash_flow_message(report: CashFlow, period: Period) -> pb.CashFlow:
    return pb.CashFlow(
        period=_period(period),
        buckets=[
            pb.CashFlowBucket(
                period=_period(bucket.period),
                currencies=[_moves(moves) for moves in bucket.currencies],
                converted=_converted_moves(bucket.in_base),
            )
            for bucket in report.buckets
        ],
        accounts=[_account_moves(of_account, period) for of_account in report.accounts],
        currencies=[_moves(moves) for moves in report.currencies],
        converted=_converted_moves(report.in_base),
    )


def net_worth_message(report: NetWorth, period: Period) -> pb.NetWorth:
    message = pb.NetWorth(
        period=_period(period),
        accounts=[_balances(of_account, period) for of_account in report.accounts],
    )
    for point in report.points:
        _write_point(message.points.add(), point)
    return message


def exchange_bucket_message(bucket: ExchangeBucket) -> pb.ExchangeBucket:
    return pb.ExchangeBucket(
        period=_period(bucket.period),
        opening=money_message(bucket.opening),
        flows=money_message(bucket.flows),
        closing=money_message(bucket.closing),
        gain=money_message(bucket.gain),
        exchange=money_message(bucket.exchange),
        realised=money_message(bucket.realised),
        unrealised=money_message(bucket.unrealised),
    )


def position_message(held: Held) -> pb.ExchangePosition:
    return pb.ExchangePosition(
        amount=money_message(held.amount),
        worth=money_message(held.worth),
        cost=money_message(held.cost),
        unrealised=money_message(held.unrealised),
    )


def _period(period: Period) -> pb.Period:
    return pb.Period(from_date=period.from_date, to_date=period.to_date)


def _figures(figures: Figures) -> pb.Figures:
    return pb.Figures(
        currencies=[summary_message(summary) for summary in figures.currencies],
        converted=_converted_summary(figures.in_base),
    )


def _converted_summary(summary: BaseSummary | None) -> pb.ConvertedSummary | None:
    if summary is None:
        return None
    return pb.ConvertedSummary(
        income=money_message(summary.income.amount),
        expense=money_message(summary.expense.amount),
        net=money_message(summary.net.amount),
        unconverted=sorted(summary.net.unconverted),
    )


def _line(line: Line, period: Period, dimension: Dimension) -> pb.BreakdownLine:
    return pb.BreakdownLine(
        id=line.id,
        name=line.name,
        parent_id=line.parent_id,
        kind=account_pb2.CATEGORY_KIND_UNSPECIFIED
        if line.kind is None
        else _KIND_NUMBERS[line.kind],
        own=_figures(line.own),
        total=_figures(line.total),
        query=drill.entries_of(period, *_terms(line, dimension)),
    )


def _terms(line: Line, dimension: Dimension) -> Iterable[str]:
    match dimension:
        case Dimension.CATEGORY:
            return [drill.category(line.id)]
        case Dimension.PAYEE:
            return [drill.payee(line.name), drill.STANDARD]
        case Dimension.TAG:
            return [drill.tag(line.id), drill.STANDARD]


def _moves(moves: Moves) -> pb.Moves:
    return pb.Moves(
        inflow=money_message(moves.inflow),
        outflow=money_message(moves.outflow),
        moved_in=money_message(moves.moved_in),
        moved_out=money_message(moves.moved_out),
        net=money_message(moves.net),
    )


def _converted_moves(moves: BaseMoves | None) -> pb.ConvertedMoves | None:
    if moves is None:
        return None
    return pb.ConvertedMoves(
        inflow=money_message(moves.inflow.amount),
        outflow=money_message(moves.outflow.amount),
        net=money_message(moves.net.amount),
        unconverted=sorted(moves.net.unconverted),
    )


def _account_moves(of_account: AccountMoves, period: Period) -> pb.AccountMoves:
    account = of_account.account
    term = drill.account(account.id)
    return pb.AccountMoves(
        account_id=account.id,
        name=account.name,
        opening=money_message(of_account.opening),
        moves=_moves(of_account.moves),
        closing=money_message(of_account.closing),
        inflow_query=drill.entries_of(period, term, drill.COME_IN),
        outflow_query=drill.entries_of(period, term, drill.GONE_OUT),
        moved_query=drill.entries_of(period, term, drill.MOVED),
    )


def _write_point(message: pb.NetWorthPoint, point: Point) -> None:
    """In the report that it is a part of, for there may be thousands."""
    message.date = point.date
    for worth in point.currencies:
        told = message.currencies.add()
        write_money(told.assets, worth.assets)
        write_money(told.liabilities, worth.liabilities)
        write_money(told.net, worth.net)
    if (in_base := point.in_base) is not None:
        write_money(message.converted.assets, in_base.assets.amount)
        write_money(message.converted.liabilities, in_base.liabilities.amount)
        write_money(message.converted.net, in_base.net.amount)
        message.unconverted.extend(sorted(in_base.net.unconverted))


def _balances(of_account: AccountBalances, period: Period) -> pb.AccountBalances:
    account = of_account.account
    return pb.AccountBalances(
        account_id=account.id,
        name=account.name,
        currency=account.currency,
        liability=account.type in LIABILITIES,
        balances=of_account.balances,
        query=drill.until(period.to_date, drill.account(account.id)),
    )
