"""GoalService: what a person saves for."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from kit.money import Money
from ledger.domain.goal import Contribution, GoalChange, GoalDraft, GoalStanding
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.messages import money_message, money_of, timestamp
from ledger.service.goals import GoalService
from pfa.common.v1 import money_pb2
from pfa.ledger.v1 import goal_pb2 as pb
from pfa.ledger.v1 import goal_pb2_grpc


class GoalApi(goal_pb2_grpc.GoalServiceServicer):
    def __init__(self, goals: GoalService) -> None:
        self._goals = goals

    async def CreateGoal(
        self, request: pb.CreateGoalRequest, context: object
    ) -> pb.CreateGoalResponse:
        standing = await self._goals.create_goal(
            owner=writer().owner,
            draft=GoalDraft(
                name=request.name,
                target=money_of(request.target),
                target_date=request.target_date,
                account_ids=tuple(request.account_ids),
            ),
            key=key_of(request.idempotency_key, request),
        )
        return pb.CreateGoalResponse(goal=_goal_message(standing))

    async def GetGoal(self, request: pb.GetGoalRequest, context: object) -> pb.GetGoalResponse:
        standing = await self._goals.get_goal(owner=owner(), goal_id=request.id)
        return pb.GetGoalResponse(goal=_goal_message(standing))

    async def ListGoals(
        self, request: pb.ListGoalsRequest, context: object
    ) -> pb.ListGoalsResponse:
        standings = await self._goals.list_goals(owner=owner())
        return pb.ListGoalsResponse(goals=[_goal_message(standing) for standing in standings])

    async def UpdateGoal(
        self, request: pb.UpdateGoalRequest, context: object
    ) -> pb.UpdateGoalResponse:
        change = GoalChange(
            name=request.name if request.HasField("name") else None,
            target=money_of(request.target) if request.HasField("target") else None,
            target_date=request.target_date if request.HasField("target_date") else None,
        )
        standing = await self._goals.update_goal(
            owner=writer().owner,
            goal_id=request.id,
            expected_version=request.expected_version,
            change=change,
        )
        return pb.UpdateGoalResponse(goal=_goal_message(standing))

    async def DeleteGoal(
        self, request: pb.DeleteGoalRequest, context: object
    ) -> pb.DeleteGoalResponse:
        await self._goals.delete_goal(
            owner=writer().owner,
            goal_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.DeleteGoalResponse()

    async def Contribute(
        self, request: pb.ContributeRequest, context: object
    ) -> pb.ContributeResponse:
        contribution = Contribution(request.date, request.amount.minor_units, request.note.strip())
        standing = await self._goals.contribute(
            owner=writer().owner,
            goal_id=request.id,
            contribution=contribution,
            key=key_of(request.idempotency_key, request),
        )
        return pb.ContributeResponse(goal=_goal_message(standing))


def _goal_message(standing: GoalStanding) -> pb.Goal:
    goal = standing.goal

    def money(minor_units: int) -> money_pb2.Money:
        return money_message(Money(minor_units, goal.target.currency))

    return pb.Goal(
        id=goal.id,
        name=goal.name,
        target=money_message(goal.target),
        target_date=goal.target_date.isoformat(),
        account_ids=goal.account_ids,
        starts_on=goal.starts_on.isoformat(),
        started_with=money(goal.started_with),
        contributions=[
            pb.Contribution(date=c.date, amount=money(c.minor_units), note=c.note)
            for c in goal.contributions
        ],
        saved=money(standing.saved),
        missing=money(standing.missing),
        reached=standing.is_reached,
        saved_percent=standing.saved_percent,
        monthly=money(standing.monthly),
        plan=[pb.MonthlyNeed(month=month, amount=money(units)) for month, units in standing.plan],
        expected=money(standing.expected),
        behind=money(standing.behind),
        overdue=standing.is_overdue,
        version=goal.version,
        created_at=timestamp(goal.created_at),
        updated_at=timestamp(goal.updated_at),
    )
