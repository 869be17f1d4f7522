"""BudgetService: what a person means to spend, and how it goes."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.domain.budget import Budget, BudgetChange, BudgetDraft, Rollover, Scope, ScopeKind
from ledger.domain.budget_suggestion import Suggestion
from ledger.domain.pace import Pace
from ledger.domain.report import Period
from ledger.domain.spans import Every
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.messages import money_message, money_of, timestamp, units_message
from ledger.service.budgets import BudgetService
from pfa.common.v1 import money_pb2
from pfa.ledger.v1 import budget_pb2 as pb
from pfa.ledger.v1 import budget_pb2_grpc, report_pb2

_SCOPES = {
    pb.BUDGET_SCOPE_CATEGORY: ScopeKind.CATEGORY,
    pb.BUDGET_SCOPE_TAG: ScopeKind.TAG,
    pb.BUDGET_SCOPE_ACCOUNT: ScopeKind.ACCOUNT,
}
_SCOPE_NUMBERS = {scope: number for number, scope in _SCOPES.items()}
_EVERY = {
    pb.BUDGET_EVERY_WEEK: Every.WEEK,
    pb.BUDGET_EVERY_MONTH: Every.MONTH,
    pb.BUDGET_EVERY_QUARTER: Every.QUARTER,
    pb.BUDGET_EVERY_YEAR: Every.YEAR,
    pb.BUDGET_EVERY_SPAN: Every.SPAN,
}
_EVERY_NUMBERS = {every: number for number, every in _EVERY.items()}
_ROLLOVERS = {
    pb.BUDGET_ROLLOVER_NONE: Rollover.NONE,
    pb.BUDGET_ROLLOVER_UNSPENT: Rollover.UNSPENT,
    pb.BUDGET_ROLLOVER_ALL: Rollover.ALL,
}
_ROLLOVER_NUMBERS = {rollover: number for number, rollover in _ROLLOVERS.items()}


class BudgetApi(budget_pb2_grpc.BudgetServiceServicer):
    def __init__(self, budgets: BudgetService) -> None:
        self._budgets = budgets

    async def CreateBudget(
        self, request: pb.CreateBudgetRequest, context: object
    ) -> pb.CreateBudgetResponse:
        budget = await self._budgets.create_budget(
            owner=writer().owner,
            draft=_draft(request),
            key=key_of(request.idempotency_key, request),
        )
        return pb.CreateBudgetResponse(budget=_budget_message(budget))

    async def GetBudget(
        self, request: pb.GetBudgetRequest, context: object
    ) -> pb.GetBudgetResponse:
        budget = await self._budgets.get_budget(owner=owner(), budget_id=request.id)
        return pb.GetBudgetResponse(budget=_budget_message(budget))

    async def ListBudgets(
        self, request: pb.ListBudgetsRequest, context: object
    ) -> pb.ListBudgetsResponse:
        budgets = await self._budgets.list_budgets(owner=owner())
        return pb.ListBudgetsResponse(budgets=[_budget_message(budget) for budget in budgets])

    async def UpdateBudget(
        self, request: pb.UpdateBudgetRequest, context: object
    ) -> pb.UpdateBudgetResponse:
        budget = await self._budgets.update_budget(
            owner=writer().owner,
            budget_id=request.id,
            expected_version=request.expected_version,
            change=_change(request),
        )
        return pb.UpdateBudgetResponse(budget=_budget_message(budget))

    async def DeleteBudget(
        self, request: pb.DeleteBudgetRequest, context: object
    ) -> pb.DeleteBudgetResponse:
        await self._budgets.delete_budget(
            owner=writer().owner,
            budget_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.DeleteBudgetResponse()

    async def ListProgress(
        self, request: pb.ListProgressRequest, context: object
    ) -> pb.ListProgressResponse:
        asked = request.period if request.HasField("period") else None
        progress = await self._budgets.progress(
            owner=owner(),
            period=None if asked is None else Period(asked.from_date, asked.to_date),
            budget_ids=request.budget_ids,
        )
        return pb.ListProgressResponse(
            rows=[_pace_message(row) for row in progress.rows],
            today=progress.today.isoformat(),
        )

    async def CoverBudget(
        self, request: pb.CoverBudgetRequest, context: object
    ) -> pb.CoverBudgetResponse:
        progress = await self._budgets.cover(
            owner=writer().owner,
            from_id=request.from_budget_id,
            to_id=request.to_budget_id,
            amount=money_of(request.amount),
            on=request.on,
            key=key_of(request.idempotency_key, request),
        )
        return pb.CoverBudgetResponse(rows=[_pace_message(row) for row in progress.rows])

    async def CopyBudgets(
        self, request: pb.CopyBudgetsRequest, context: object
    ) -> pb.CopyBudgetsResponse:
        budgets = await self._budgets.copy_forward(
            owner=writer().owner,
            on=request.on,
            budget_ids=request.budget_ids,
            key=key_of(request.idempotency_key, request),
        )
        return pb.CopyBudgetsResponse(budgets=[_budget_message(budget) for budget in budgets])

    async def SuggestBudgets(
        self, request: pb.SuggestBudgetsRequest, context: object
    ) -> pb.SuggestBudgetsResponse:
        found = await self._budgets.suggest(owner=owner(), months=request.months)
        return pb.SuggestBudgetsResponse(
            suggestions=[_suggestion_message(row) for row in found.rows],
            period=report_pb2.Period(
                from_date=found.months.from_date, to_date=found.months.to_date
            ),
        )


def _draft(request: pb.CreateBudgetRequest) -> BudgetDraft:
    kind = _SCOPES.get(request.scope)
    return BudgetDraft(
        name=request.name,
        scope=None if kind is None else Scope(kind, request.scope_id.strip()),
        every=_EVERY.get(request.every),
        amount=money_of(request.amount),
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        rollover=_ROLLOVERS.get(request.rollover, Rollover.NONE),
        thresholds=tuple(request.thresholds),
    )


def _change(request: pb.UpdateBudgetRequest) -> BudgetChange:
    thresholds = request.thresholds.percents if request.HasField("thresholds") else None
    return BudgetChange(
        name=request.name if request.HasField("name") else None,
        amount=money_of(request.amount) if request.HasField("amount") else None,
        rollover=_ROLLOVERS.get(request.rollover),
        since=request.since,
        ends_on=request.ends_on if request.HasField("ends_on") else None,
        thresholds=None if thresholds is None else tuple(thresholds),
    )


def _budget_message(budget: Budget) -> pb.Budget:
    return pb.Budget(
        id=budget.id,
        name=budget.name,
        scope=_SCOPE_NUMBERS[budget.scope.kind],
        scope_id=budget.scope.id,
        every=_EVERY_NUMBERS[budget.every],
        currency=budget.currency,
        starts_on=budget.starts_on.isoformat(),
        ends_on=budget.ends_on.isoformat() if budget.ends_on else "",
        terms=[
            pb.BudgetTerm(
                since=term.since.isoformat(),
                amount=_money(budget, term.minor_units),
                rollover=_ROLLOVER_NUMBERS[term.rollover],
            )
            for term in budget.terms
        ],
        moves=[
            pb.BudgetMove(
                period_from=move.period.isoformat(),
                amount=_money(budget, move.minor_units),
                other_budget_id=move.other_id,
            )
            for move in budget.moves
        ],
        thresholds=budget.thresholds,
        version=budget.version,
        created_at=timestamp(budget.created_at),
        updated_at=timestamp(budget.updated_at),
    )


def _pace_message(pace: Pace) -> pb.BudgetPace:
    budget = pace.budget
    projected = pace.projected
    return pb.BudgetPace(
        budget_id=budget.id,
        period=report_pb2.Period(
            from_date=pace.period.first.isoformat(), to_date=pace.period.last.isoformat()
        ),
        planned=_money(budget, pace.planned),
        carried=_money(budget, pace.carried),
        available=_money(budget, pace.available),
        spent=_money(budget, pace.spent),
        left=_money(budget, pace.left),
        spent_percent=pace.spent_percent,
        days=pace.period.count,
        elapsed_days=pace.elapsed_days,
        elapsed_percent=pace.elapsed_percent,
        expected=_money(budget, pace.expected),
        projected=None if projected is None else _money(budget, projected),
        left_per_day=_money(budget, pace.left_per_day),
        reached=pace.reached,
        exceeded=pace.is_exceeded,
        uncounted=[money_message(money) for money in pace.uncounted],
    )


def _suggestion_message(row: Suggestion) -> pb.BudgetSuggestion:
    def money(minor_units: int) -> money_pb2.Money:
        return units_message(minor_units, row.currency)

    return pb.BudgetSuggestion(
        category_id=row.category.id,
        category_name=row.category.name,
        median=money(row.median),
        mean=money(row.mean),
        least=money(min(row.months)),
        most=money(max(row.months)),
        months=[money(units) for units in row.months],
        budget_id=row.budget_id,
        planned=None if row.planned is None else money(row.planned),
    )


def _money(budget: Budget, minor_units: int) -> money_pb2.Money:
    return money_message(budget.money(minor_units))
