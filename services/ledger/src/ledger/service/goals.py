"""Goals: make, change, contribute, see how they stand."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.errors import AccountNotFound
from ledger.domain.goal import (
    MAX_GOALS,
    Contribution,
    Goal,
    GoalChange,
    GoalDraft,
    GoalNotFound,
    GoalStanding,
    TooManyGoals,
    foreign_account,
)
from ledger.domain.posting import Key
from ledger.repository.accounts import Accounts
from ledger.repository.goals import Goals, goal_bytes, goal_from
from ledger.service.books import BookService


class GoalAnnouncements(Protocol):
    async def goal_changed(self, tx: Tx, goal: Goal, change: str) -> None: ...


class GoalService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        goals: Goals,
        accounts: Accounts,
        book_service: BookService,
        announcements: GoalAnnouncements,
        idempotency: Idempotency,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._goals = goals
        self._accounts = accounts
        self._books = book_service
        self._announcements = announcements
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def create_goal(self, *, owner: str, draft: GoalDraft, key: Key) -> GoalStanding:
        """Raises InvalidFields, AccountNotFound, TooManyGoals."""
        today = await self._today(owner)
        draft.check(today)
        await self._check_accounts(owner, draft)
        balances = await self._goals.balances(owner, draft.account_ids)
        goal = draft.made(
            id=self._new_id(),
            owner=owner,
            started_with=sum(balances.values()),
            today=today,
            now=self._clock.now(),
        )

        async def create(tx: Tx) -> Goal:
            if await self._goals.count(tx, owner) >= MAX_GOALS:
                raise TooManyGoals
            await self._goals.add(tx, goal)
            await self._announcements.goal_changed(tx, goal, "created")
            return goal

        return await self._standing(await self._once(owner, key, create))

    async def get_goal(self, *, owner: str, goal_id: str) -> GoalStanding:
        """Raises GoalNotFound."""
        goal = await self._goals.get(owner, goal_id)
        if goal is None:
            raise GoalNotFound
        return await self._standing(goal)

    async def list_goals(self, *, owner: str) -> Sequence[GoalStanding]:
        goals = await self._goals.list(owner)
        linked = {id_ for goal in goals for id_ in goal.account_ids}
        balances = await self._goals.balances(owner, linked) if linked else {}
        today = await self._today(owner)
        return [
            GoalStanding(goal, sum(balances.get(id_, 0) for id_ in goal.account_ids), today)
            for goal in goals
        ]

    async def update_goal(
        self, *, owner: str, goal_id: str, expected_version: int, change: GoalChange
    ) -> GoalStanding:
        """Raises GoalNotFound, VersionMismatch, InvalidFields."""

        async def update(tx: Tx) -> Goal:
            goal = await self._held(tx, owner, goal_id)
            goal.expect(expected_version)
            changed = goal.changed_by(change, now=self._clock.now())
            return await self._replace(tx, changed, "updated")

        return await self._standing(await self._mongo.in_transaction(update))

    async def delete_goal(self, *, owner: str, goal_id: str, expected_version: int) -> None:
        """Raises GoalNotFound, VersionMismatch."""

        async def delete(tx: Tx) -> None:
            goal = await self._held(tx, owner, goal_id)
            goal.expect(expected_version)
            await self._goals.remove(tx, goal)
            gone = replace(goal, version=goal.version + 1)
            await self._announcements.goal_changed(tx, gone, "deleted")

        await self._mongo.in_transaction(delete)

    async def contribute(
        self, *, owner: str, goal_id: str, contribution: Contribution, key: Key
    ) -> GoalStanding:
        """Raises GoalNotFound, InvalidFields."""
        if not contribution.date:
            today = await self._today(owner)
            contribution = replace(contribution, date=today.isoformat())

        async def contribute(tx: Tx) -> Goal:
            goal = await self._held(tx, owner, goal_id)
            changed = goal.contributed(contribution, now=self._clock.now())
            return await self._replace(tx, changed, "contributed")

        return await self._standing(await self._once(owner, key, contribute))

    async def _held(self, tx: Tx, owner: str, goal_id: str) -> Goal:
        goal = await self._goals.held(tx, owner, goal_id)
        if goal is None:
            raise GoalNotFound
        return goal

    async def _replace(self, tx: Tx, goal: Goal, change: str) -> Goal:
        await self._goals.replace(tx, goal)
        await self._announcements.goal_changed(tx, goal, change)
        return goal

    async def _once(self, owner: str, key: Key, work: Callable[[Tx], Awaitable[Goal]]) -> Goal:
        return await self._idempotency.once(
            owner=owner,
            key=key,
            work=work,
            encode=goal_bytes,
            decode=goal_from,
        )

    async def _standing(self, goal: Goal) -> GoalStanding:
        linked = goal.account_ids
        balances = await self._goals.balances(goal.owner, linked) if linked else {}
        return GoalStanding(goal, sum(balances.values()), await self._today(goal.owner))

    async def _today(self, owner: str) -> date:
        settings = await self._books.settings(owner=owner)
        return settings.day_of(self._clock.now())

    async def _check_accounts(self, owner: str, draft: GoalDraft) -> None:
        for place, account_id in enumerate(draft.account_ids):
            state = await self._accounts.state(owner, account_id)
            if state is None:
                raise AccountNotFound(f"account_ids[{place}]")
            if state.account.currency != draft.target.currency:
                raise foreign_account(state.account.currency, draft.target.currency, place)
