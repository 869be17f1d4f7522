"""Goals."""
# ruff: noqa: A002 - `id` is its name in the path

from fastapi import Response

from gateway.models.common import ItemList
from gateway.models.goals import Goal, GoalChange, NewContribution, NewGoal
from gateway.parts import Parts, PartsDep, ServicesDep
from gateway.requests import ExpectedVersion, IdempotencyKey, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import goal_pb2 as pb

router = Router(prefix="/goals", tags=["goals"])


@router.get("", responses=errors())
async def list_goals(services: ServicesDep, _: MemberDep) -> ItemList[Goal]:
    """All goals, as they stand today."""
    answer = await services.goals.ListGoals(pb.ListGoalsRequest())
    return ItemList(items=[Goal.of(goal) for goal in answer.goals])


@router.post("", status_code=201, responses=errors(403, 404, 409, 415))
async def create_goal(
    body: NewGoal, response: Response, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> Goal:
    """Save for something until a date."""
    answer = await services.goals.CreateGoal(body.request(key=key))
    return _answered(response, answer.goal)


@router.get("/{id}", responses=errors(404))
async def get_goal(id: PathId, response: Response, services: ServicesDep, _: MemberDep) -> Goal:
    """One goal, as it stands today."""
    answer = await services.goals.GetGoal(pb.GetGoalRequest(id=id))
    return _answered(response, answer.goal)


@router.patch("/{id}", responses=errors(403, 404, 412, 415))
async def update_goal(
    id: PathId,
    body: GoalChange,
    response: Response,
    parts: PartsDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> Goal:
    """Change its name, target or date."""
    currency = "" if body.target is None else await _currency(parts, id)
    answer = await parts.services.goals.UpdateGoal(
        body.request(goal_id=id, version=version, currency=currency)
    )
    return _answered(response, answer.goal)


@router.delete("/{id}", status_code=204, responses=errors(403, 404, 412))
async def delete_goal(
    id: PathId, services: ServicesDep, version: ExpectedVersion, _: MemberDep
) -> None:
    """Take it away; what is saved stays where it is."""
    await services.goals.DeleteGoal(pb.DeleteGoalRequest(id=id, expected_version=version))


@router.post("/{id}/contributions", status_code=201, responses=errors(403, 404, 415))
async def contribute(
    id: PathId,
    body: NewContribution,
    response: Response,
    parts: PartsDep,
    key: IdempotencyKey,
    _: MemberDep,
) -> Goal:
    """Put something aside for a goal that has no account."""
    currency = await _currency(parts, id)
    answer = await parts.services.goals.Contribute(
        body.request(goal_id=id, key=key, currency=currency)
    )
    return _answered(response, answer.goal)


async def _currency(parts: Parts, goal_id: str) -> str:
    answer = await parts.services.goals.GetGoal(pb.GetGoalRequest(id=goal_id))
    return answer.goal.target.currency


def _answered(response: Response, message: pb.Goal) -> Goal:
    tag(response, message.version)
    return Goal.of(message)
