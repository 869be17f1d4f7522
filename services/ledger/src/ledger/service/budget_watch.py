"""Says when spending comes to a threshold of a budget: once a budget, period and threshold."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

from kit.clock import Clock
from kit.mongo import Tx
from ledger.domain.budget import Budget, Rollover, ScopeKind
from ledger.domain.pace import Pace, paces
from ledger.domain.spans import Days
from ledger.repository.budgets import EXCEEDED, Budgets, Told
from ledger.repository.categories import Categories
from ledger.service.books import BookService
from ledger.service.spending import Spending, following, parents_of


class BudgetAnnouncements(Protocol):
    """Events, each written in the transaction of the change that it tells of."""

    async def budget_changed(self, tx: Tx, budget: Budget, change: str) -> None: ...

    async def budget_threshold_reached(self, tx: Tx, pace: Pace, percent: int) -> None: ...

    async def budget_exceeded(self, tx: Tx, pace: Pace) -> None: ...


class BudgetWatch:
    def __init__(
        self,
        *,
        budgets: Budgets,
        categories: Categories,
        spending: Spending,
        book_service: BookService,
        announcements: BudgetAnnouncements,
        clock: Clock,
    ) -> None:
        self._budgets = budgets
        self._categories = categories
        self._spending = spending
        self._books = book_service
        self._announcements = announcements
        self._clock = clock

    async def watched(self, owners: Collection[str]) -> Collection[str]:
        """Those of the owners who have budgets. One that is made meanwhile looks for itself."""
        return await self._budgets.owners(owners)

    async def entry_posted(
        self, tx: Tx, *, owner: str, day: date, posted_to: Collection[str]
    ) -> None:
        """An entry of that day went to these accounts and categories."""
        # A budget that can't be read keeps nobody from hearing of the others.
        budgets = await self._budgets.readable(owner, session=tx.session)
        touched = await self._touched(owner, budgets, posted_to)
        await self.look(tx, owner=owner, budgets=touched, day=day)

    async def look(self, tx: Tx, *, owner: str, budgets: Sequence[Budget], day: date) -> None:
        """Say what is to be said of the periods that hold the day, and, where something is carried
        over, of those that follow until today's."""
        if not budgets:
            return
        today = await self.today(owner)
        spent = await self._spending.of(
            owner, budgets, from_=day, to=max(day, today), session=tx.session
        )
        for budget in budgets:
            until = max(day, today) if _carries(budget) else day
            for pace in paces(budget, spent[budget.id], from_=day, to=until, today=today):
                await self._tell(tx, pace)

    async def today(self, owner: str) -> date:
        """The day in the book's time zone."""
        settings = await self._books.settings(owner=owner)
        return settings.day_of(self._clock.now())

    async def _touched(
        self, owner: str, budgets: Sequence[Budget], posted_to: Collection[str]
    ) -> Sequence[Budget]:
        if not budgets:
            return []
        categories = await self._categories.list(owner)
        parents = parents_of(categories)
        above, waiting = set[str](), list(posted_to)
        while waiting:
            id_ = waiting.pop()
            if id_ and id_ not in above:
                above.add(id_)
                waiting.append(parents.get(id_, ""))
        budgets = following(budgets, categories)
        # The event doesn't say the entry's tags: a budget of a tag may always be touched.
        return [b for b in budgets if b.scope.kind is ScopeKind.TAG or b.scope.id in above]

    async def _tell(self, tx: Tx, pace: Pace) -> None:
        budget = pace.budget
        for percent in pace.reached:
            if await self._first(tx, budget, pace.period, percent):
                await self._announcements.budget_threshold_reached(tx, pace, percent)
        if pace.is_exceeded and await self._first(tx, budget, pace.period, EXCEEDED):
            await self._announcements.budget_exceeded(tx, pace)

    async def _first(self, tx: Tx, budget: Budget, period: Days, threshold: int) -> bool:
        told = Told(budget.id, period.first, threshold)
        return await self._budgets.told(tx, budget.owner, told, self._clock.now())


def _carries(budget: Budget) -> bool:
    return any(term.rollover is not Rollover.NONE for term in budget.terms)
