"""What the ledger tells of a person's plans, and what it hears for them."""

from collections.abc import Sequence
from datetime import date

from google.protobuf.message import Message

from kit.events import Event
from kit.handlers import Handler, on
from kit.mongo import Tx
from kit.outbox import Outbox
from ledger.domain.budget import Budget
from ledger.domain.goal import Goal
from ledger.domain.pace import Pace
from ledger.domain.recurring.series import Series
from ledger.service.budget_watch import BudgetWatch
from ledger.service.recurring import RecurringService
from pfa.common.v1.money_pb2 import Money
from pfa.events.v1.ledger_events_pb2 import (
    BookUpdated,
    BudgetChanged,
    BudgetExceeded,
    BudgetThresholdReached,
    EntryPosted,
    GoalChanged,
    RecurringChanged,
    RecurringPosted,
)

TOPIC = "pfa.ledger.events"
BUDGETS_GROUP = "ledger.budgets"


class PlanAnnouncements:
    """Writes events to the outbox, each in the transaction of what it tells of."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def budget_changed(self, tx: Tx, budget: Budget, change: str) -> None:
        event = BudgetChanged(
            user_id=budget.owner, budget_id=budget.id, version=budget.version, change=change
        )
        await self._add(tx, budget.owner, event, budget.id)

    async def budget_threshold_reached(self, tx: Tx, pace: Pace, percent: int) -> None:
        budget = pace.budget
        event = BudgetThresholdReached(
            user_id=budget.owner,
            budget_id=budget.id,
            version=budget.version,
            name=budget.name,
            from_date=pace.period.first.isoformat(),
            to_date=pace.period.last.isoformat(),
            threshold_percent=percent,
            spent=_money(budget, pace.spent),
            available=_money(budget, pace.available),
        )
        await self._add(tx, budget.owner, event, budget.id)

    async def budget_exceeded(self, tx: Tx, pace: Pace) -> None:
        budget = pace.budget
        event = BudgetExceeded(
            user_id=budget.owner,
            budget_id=budget.id,
            version=budget.version,
            name=budget.name,
            from_date=pace.period.first.isoformat(),
            to_date=pace.period.last.isoformat(),
            spent=_money(budget, pace.spent),
            available=_money(budget, pace.available),
        )
        await self._add(tx, budget.owner, event, budget.id)

    async def goal_changed(self, tx: Tx, goal: Goal, change: str) -> None:
        event = GoalChanged(
            user_id=goal.owner, goal_id=goal.id, version=goal.version, change=change
        )
        await self._add(tx, goal.owner, event, goal.id)

    async def recurring_changed(self, tx: Tx, series: Series, change: str) -> None:
        event = RecurringChanged(
            user_id=series.owner, recurring_id=series.id, version=series.version, change=change
        )
        await self._add(tx, series.owner, event, series.id)

    async def recurring_posted(
        self, tx: Tx, series: Series, day: date, transaction_id: str
    ) -> None:
        event = RecurringPosted(
            user_id=series.owner,
            recurring_id=series.id,
            version=series.version,
            date=day.isoformat(),
            transaction_id=transaction_id,
        )
        await self._add(tx, series.owner, event, series.id)

    async def _add(self, tx: Tx, owner: str, event: Message, subject: str) -> None:
        await self._outbox.add(tx, user_id=owner, topic=TOPIC, event=event, subject=subject)


def plan_handlers(watch: BudgetWatch, recurring: RecurringService) -> Sequence[Handler]:
    """What the group `ledger.budgets` does."""

    async def look(tx: Tx, event: Event[EntryPosted]) -> None:
        await watch.entry_posted(
            tx,
            owner=event.data.user_id,
            day=date.fromisoformat(event.data.date),
            posted_to={posting.account_id for posting in event.data.postings},
        )

    async def move(tx: Tx, event: Event[BookUpdated]) -> None:
        await recurring.book_moved(tx, owner=event.data.user_id)

    return [on(EntryPosted, look, concerns=watch.watched), on(BookUpdated, move)]


def _money(budget: Budget, minor_units: int) -> Money:
    return Money(minor_units=minor_units, currency=budget.currency)
