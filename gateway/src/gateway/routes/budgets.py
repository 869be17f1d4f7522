"""Budgets."""
# ruff: noqa: A002 - `id` is its name in the path

from typing import Annotated, Literal

from fastapi import Query, Response

from gateway.models.budgets import (
    Budget,
    BudgetChange,
    BudgetPace,
    BudgetProgress,
    BudgetSuggestion,
    BudgetSuggestions,
    Copy,
    Cover,
    NewBudget,
)
from gateway.models.common import DateText, IdText, ItemList
from gateway.parts import Parts, PartsDep, ServicesDep
from gateway.requests import ExpectedVersion, IdempotencyKey, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import budget_pb2 as pb
from pfa.ledger.v1.report_pb2 import Period

router = Router(tags=["budgets"])


@router.get("/budgets", responses=errors())
async def list_budgets(services: ServicesDep, _: MemberDep) -> ItemList[Budget]:
    """All budgets, in the order of their making."""
    answer = await services.budgets.ListBudgets(pb.ListBudgetsRequest())
    return ItemList(items=[Budget.of(budget) for budget in answer.budgets])


@router.post("/budgets", status_code=201, responses=errors(403, 404, 409, 415))
async def create_budget(
    body: NewBudget, response: Response, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> Budget:
    """Plan spending by category, tag or account."""
    answer = await services.budgets.CreateBudget(body.request(key=key))
    return _answered(response, answer.budget)


@router.get("/budgets:progress", responses=errors(404))
async def list_budget_progress(
    services: ServicesDep,
    _: MemberDep,
    from_: Annotated[DateText | None, Query(alias="from")] = None,
    to: Annotated[DateText | None, Query(description="At most 1,100 days on.")] = None,
    budget_id: Annotated[list[IdText] | None, Query(description="All when absent.")] = None,
) -> BudgetProgress:
    """How budgets stand in each period that shares a day with the span: what is spent, planned,
    left, with how much of the period gone. Without a span, in the periods of today."""
    request = pb.ListProgressRequest(budget_ids=budget_id or [])
    if from_ or to:
        request.period.CopyFrom(Period(from_date=from_ or to or "", to_date=to or from_ or ""))
    answer = await services.budgets.ListProgress(request)
    return BudgetProgress(items=[BudgetPace.of(row) for row in answer.rows], today=answer.today)


@router.get("/budgets:suggest", responses=errors())
async def suggest_budgets(
    services: ServicesDep,
    _: MemberDep,
    months: Annotated[Literal["3", "6", "12"], Query()] = "3",
) -> BudgetSuggestions:
    """What went into each expense category in the last whole months, beside what is planned."""
    answer = await services.budgets.SuggestBudgets(pb.SuggestBudgetsRequest(months=int(months)))
    return BudgetSuggestions.model_validate(
        {
            "items": [BudgetSuggestion.of(row) for row in answer.suggestions],
            "from": answer.period.from_date,
            "to": answer.period.to_date,
        }
    )


@router.post("/budgets:cover", responses=errors(403, 404, 415))
async def cover_budget(
    body: Cover, parts: PartsDep, key: IdempotencyKey, _: MemberDep
) -> ItemList[BudgetPace]:
    """Cover what one budget overspent out of another: both, as they stand after it."""
    currency = await _currency(parts, body.from_budget_id)
    answer = await parts.services.budgets.CoverBudget(body.request(key=key, currency=currency))
    return ItemList(items=[BudgetPace.of(row) for row in answer.rows])


@router.post("/budgets:copy", responses=errors(403, 404, 409, 415))
async def copy_budgets(
    body: Copy, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> ItemList[Budget]:
    """Plan the next period as this one came to be; a span begins anew after its end."""
    answer = await services.budgets.CopyBudgets(body.request(key=key))
    return ItemList(items=[Budget.of(budget) for budget in answer.budgets])


@router.get("/budgets/{id}", responses=errors(404))
async def get_budget(id: PathId, response: Response, services: ServicesDep, _: MemberDep) -> Budget:
    """One budget."""
    answer = await services.budgets.GetBudget(pb.GetBudgetRequest(id=id))
    return _answered(response, answer.budget)


@router.patch("/budgets/{id}", responses=errors(403, 404, 412, 415))
async def update_budget(
    id: PathId,
    body: BudgetChange,
    response: Response,
    parts: PartsDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> Budget:
    """Change it; an amount from a period on."""
    currency = "" if body.amount is None else await _currency(parts, id)
    answer = await parts.services.budgets.UpdateBudget(
        body.request(budget_id=id, version=version, currency=currency)
    )
    return _answered(response, answer.budget)


@router.delete("/budgets/{id}", status_code=204, responses=errors(403, 404, 412))
async def delete_budget(
    id: PathId, services: ServicesDep, version: ExpectedVersion, _: MemberDep
) -> None:
    """Take it away with its history; an `ends_on` ends it and keeps that."""
    await services.budgets.DeleteBudget(pb.DeleteBudgetRequest(id=id, expected_version=version))


async def _currency(parts: Parts, budget_id: str) -> str:
    answer = await parts.services.budgets.GetBudget(pb.GetBudgetRequest(id=budget_id))
    return answer.budget.currency


def _answered(response: Response, message: pb.Budget) -> Budget:
    tag(response, message.version)
    return Budget.of(message)
