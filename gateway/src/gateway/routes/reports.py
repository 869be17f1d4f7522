"""Reports."""

from typing import Annotated

from fastapi import Depends, Query

from gateway.models.book import WEEK_STARTS, WeekStart
from gateway.models.common import CurrencyCode, DateText, IdText
from gateway.models.figures import (
    COMPARISONS,
    DIMENSIONS,
    KINDS,
    SIZES,
    BreakdownReport,
    By,
    Comparison,
    Dimension,
    IncomeExpenseReport,
    Kind,
)
from gateway.models.reports import CategorySpending, CurrencySummary, Spending, Summary
from gateway.models.worth import CashFlowReport, ExchangeReport, NetWorthReport
from gateway.parts import ServicesDep
from gateway.requests import KnownOn, errors
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import ledger_pb2, report_pb2
from pfa.ledger.v1.report_pb2 import Period, ReportQuery

router = Router(prefix="/reports", tags=["reports"])


async def _period(
    from_: Annotated[DateText, Query(alias="from")], to: Annotated[DateText, Query()]
) -> Period:
    return Period(from_date=from_, to_date=to)


PeriodDep = Annotated[Period, Depends(_period)]


@router.get("/summary", responses=errors())
async def get_summary(
    period: PeriodDep, services: ServicesDep, _: MemberDep, known_on: KnownOn = None
) -> Summary:
    """Income against spending, by currency."""
    answer = await services.ledger.GetSummary(
        ledger_pb2.GetSummaryRequest(period=period, known_on=known_on)
    )
    return Summary.model_validate(
        {
            "from": period.from_date,
            "to": period.to_date,
            "currencies": [CurrencySummary.of(row) for row in answer.currencies],
        }
    )


@router.get("/spending", responses=errors())
async def get_spending(period: PeriodDep, services: ServicesDep, _: MemberDep) -> Spending:
    """Spending by category."""
    answer = await services.ledger.GetSpending(ledger_pb2.GetSpendingRequest(period=period))
    return Spending.model_validate(
        {
            "from": period.from_date,
            "to": period.to_date,
            "rows": [CategorySpending.of(row) for row in answer.rows],
        }
    )


async def _query(
    period: PeriodDep,
    by: Annotated[By, Query(description="How long the buckets are.")] = "month",
    week_start: Annotated[WeekStart | None, Query(description="The book's when absent.")] = None,
    base: Annotated[
        CurrencyCode | None,
        Query(
            description="Also told in this currency: what flowed at the rate of its own day, "
            "what is held at the rate of the day on which it is told."
        ),
    ] = None,
    compare: Annotated[list[Comparison], Query()] = [],  # noqa: B006 - FastAPI copies it
) -> ReportQuery:
    return ReportQuery(
        period=period,
        by=SIZES.number(by),
        week_start=WEEK_STARTS.number(week_start),
        base_currency=base or "",
        compare=[COMPARISONS.number(comparison) for comparison in compare],
    )


QueryDep = Annotated[ReportQuery, Depends(_query)]


@router.get("/income-expense", responses=errors())
async def get_income_expense(
    query: QueryDep, services: ServicesDep, _: MemberDep
) -> IncomeExpenseReport:
    """Income against expense over time."""
    request = report_pb2.GetIncomeExpenseRequest(query=query)
    return IncomeExpenseReport.of(await services.reports.GetIncomeExpense(request))


@router.get("/breakdown", responses=errors())
async def get_breakdown(
    query: QueryDep,
    services: ServicesDep,
    _: MemberDep,
    dimension: Annotated[Dimension, Query()] = "category",
    kind: Annotated[Kind | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> BreakdownReport:
    """Where it went and came from: by category (a tree, rolled up), payee or tag."""
    request = report_pb2.GetBreakdownRequest(
        query=query,
        dimension=DIMENSIONS.number(dimension),
        kind=KINDS.number(kind),
        limit=limit,
    )
    return BreakdownReport.of(await services.reports.GetBreakdown(request))


@router.get("/cash-flow", responses=errors(404))
async def get_cash_flow(
    query: QueryDep,
    services: ServicesDep,
    _: MemberDep,
    account_id: Annotated[list[IdText], Query(description="All when absent.")] = [],  # noqa: B006
) -> CashFlowReport:
    """What came into accounts and went out of them, transfers apart."""
    request = report_pb2.GetCashFlowRequest(query=query, account_ids=account_id)
    return CashFlowReport.of(await services.reports.GetCashFlow(request))


@router.get("/net-worth", responses=errors())
async def get_net_worth(query: QueryDep, services: ServicesDep, _: MemberDep) -> NetWorthReport:
    """What is owned less what is owed, before the period and at the end of each bucket."""
    request = report_pb2.GetNetWorthRequest(query=query)
    return NetWorthReport.of(await services.reports.GetNetWorth(request))


@router.get("/exchange-gains", responses=errors(404))
async def get_exchange_gains(
    query: QueryDep, services: ServicesDep, _: MemberDep
) -> ExchangeReport:
    """What a change of rates did to the book's worth; in the book's base currency unless another is
    asked for."""
    request = report_pb2.GetExchangeGainsRequest(query=query)
    return ExchangeReport.of(await services.reports.GetExchangeGains(request))
