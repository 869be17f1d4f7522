"""Reports."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from gateway.models.common import DateText
from gateway.models.reports import CategorySpending, CurrencySummary, Spending, Summary
from gateway.parts import ServicesDep
from gateway.requests import errors
from gateway.security import MemberDep
from pfa.ledger.v1 import ledger_pb2
from pfa.ledger.v1.report_pb2 import Period

router = APIRouter(prefix="/reports", tags=["reports"])


async def _period(
    from_: Annotated[DateText, Query(alias="from")], to: Annotated[DateText, Query()]
) -> Period:
    return Period(from_date=from_, to_date=to)


PeriodDep = Annotated[Period, Depends(_period)]


@router.get("/summary", responses=errors())
async def get_summary(period: PeriodDep, services: ServicesDep, _: MemberDep) -> Summary:
    """Income against spending, by currency."""
    answer = await services.ledger.GetSummary(ledger_pb2.GetSummaryRequest(period=period))
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
