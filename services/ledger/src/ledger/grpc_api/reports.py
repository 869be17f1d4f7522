"""ReportService: what the books add up to."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.domain.report.breakdown import DEFAULT_LINES, Dimension, Wanted
from ledger.grpc_api import report_messages as m
from ledger.grpc_api.callers import owner
from ledger.grpc_api.rates import applied_message
from ledger.service.reports import ReportService
from pfa.ledger.v1 import report_pb2 as pb
from pfa.ledger.v1 import report_pb2_grpc


class ReportApi(report_pb2_grpc.ReportServiceServicer):
    def __init__(self, reports: ReportService) -> None:
        self._reports = reports

    async def GetIncomeExpense(
        self, request: pb.GetIncomeExpenseRequest, context: object
    ) -> pb.GetIncomeExpenseResponse:
        told = await self._reports.get_income_expense(owner=owner(), ask=m.ask_of(request.query))
        return pb.GetIncomeExpenseResponse(
            report=m.income_expense_message(told.report, told.period),
            compared=[
                pb.ComparedIncomeExpense(
                    comparison=m.COMPARISON_NUMBERS[other.comparison],
                    report=m.income_expense_message(other.report, other.period),
                )
                for other in told.beside
            ],
            rates=[applied_message(rate) for rate in told.rates],
        )

    async def GetBreakdown(
        self, request: pb.GetBreakdownRequest, context: object
    ) -> pb.GetBreakdownResponse:
        dimension = m.DIMENSIONS.get(request.dimension, Dimension.CATEGORY)
        told = await self._reports.get_breakdown(
            owner=owner(),
            ask=m.ask_of(request.query),
            dimension=dimension,
            wanted=Wanted(m.KINDS.get(request.kind), request.limit or DEFAULT_LINES),
        )
        return pb.GetBreakdownResponse(
            report=m.breakdown_message(told.report, dimension),
            compared=[
                pb.ComparedBreakdown(
                    comparison=m.COMPARISON_NUMBERS[other.comparison],
                    report=m.breakdown_message(other.report, dimension),
                )
                for other in told.beside
            ],
            rates=[applied_message(rate) for rate in told.rates],
        )

    async def GetCashFlow(
        self, request: pb.GetCashFlowRequest, context: object
    ) -> pb.GetCashFlowResponse:
        told = await self._reports.get_cash_flow(
            owner=owner(), ask=m.ask_of(request.query), account_ids=list(request.account_ids)
        )
        return pb.GetCashFlowResponse(
            report=m.cash_flow_message(told.report, told.period),
            compared=[
                pb.ComparedCashFlow(
                    comparison=m.COMPARISON_NUMBERS[other.comparison],
                    report=m.cash_flow_message(other.report, other.period),
                )
                for other in told.beside
            ],
            rates=[applied_message(rate) for rate in told.rates],
        )

    async def GetNetWorth(
        self, request: pb.GetNetWorthRequest, context: object
    ) -> pb.GetNetWorthResponse:
        told = await self._reports.get_net_worth(owner=owner(), ask=m.ask_of(request.query))
        return pb.GetNetWorthResponse(
            report=m.net_worth_message(told.report, told.period),
            compared=[
                pb.ComparedNetWorth(
                    comparison=m.COMPARISON_NUMBERS[other.comparison],
                    report=m.net_worth_message(other.report, other.period),
                )
                for other in told.beside
            ],
            rates=[applied_message(rate) for rate in told.rates],
        )

    async def GetExchangeGains(
        self, request: pb.GetExchangeGainsRequest, context: object
    ) -> pb.GetExchangeGainsResponse:
        report = await self._reports.get_exchange_gains(owner=owner(), ask=m.ask_of(request.query))
        return pb.GetExchangeGainsResponse(
            buckets=[m.exchange_bucket_message(bucket) for bucket in report.buckets],
            positions=[m.position_message(held) for held in report.positions],
            rates=[applied_message(rate) for rate in report.rates],
        )
