"""Budgets: make, change, see how they go, cover, copy, suggest."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.money import Money
from kit.mongo import Mongo, Tx
from ledger.domain.budget import (
    MAX_BUDGETS,
    Budget,
    BudgetChange,
    BudgetDraft,
    BudgetNotFound,
    ScopeKind,
    Term,
    TooManyBudgets,
    covered,
)
from ledger.domain.budget_suggestion import MONTHS, Suggestion, months_before, suggestions
from ledger.domain.category import CategoryKind
from ledger.domain.errors import (
    AccountCurrencyMismatch,
    AccountNotFound,
    CategoryNotFound,
    InvalidFields,
)
from ledger.domain.fields import is_entry_date
from ledger.domain.pace import Pace, paces
from ledger.domain.posting import Key
from ledger.domain.report import By, Dim, Period
from ledger.domain.spans import Every, period_after
from ledger.repository.accounts import Accounts
from ledger.repository.budgets import Budgets, budgets_bytes, budgets_from
from ledger.repository.categories import Categories
from ledger.repository.rollups import Rollups
from ledger.service.books import BookService
from ledger.service.budget_watch import BudgetAnnouncements, BudgetWatch
from ledger.service.spending import Spending, following

T = TypeVar("T")
# Three years of weeks for each budget.
MAX_PROGRESS_DAYS = 1_100
_WEEKDAYS = {"monday": 0, "saturday": 5, "sunday": 6}


@dataclass(frozen=True, slots=True)
class Progress:
    rows: Sequence[Pace]
    today: date


@dataclass(frozen=True, slots=True)
class Suggestions:
    rows: Sequence[Suggestion]
    months: Period


class BudgetService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        budgets: Budgets,
        rollups: Rollups,
        spending: Spending,
        watch: BudgetWatch,
        accounts: Accounts,
        categories: Categories,
        book_service: BookService,
        announcements: BudgetAnnouncements,
        idempotency: Idempotency,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._budgets = budgets
        self._rollups = rollups
        self._spending = spending
        self._watch = watch
        self._accounts = accounts
        self._categories = categories
        self._books = book_service
        self._announcements = announcements
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def create_budget(self, *, owner: str, draft: BudgetDraft, key: Key) -> Budget:
        """Raises InvalidFields, CategoryNotFound, AccountNotFound, AccountCurrencyMismatch,
        TooManyBudgets."""
        draft.check()
        settings = await self._books.settings(owner=owner)
        await self._check_scope(owner, draft)
        today = await self._watch.today(owner)
        budget = draft.made(
            id=self._new_id(),
            owner=owner,
            week_begins=_WEEKDAYS[settings.week_start],
            today=today,
            now=self._clock.now(),
        )

        async def create(tx: Tx) -> Sequence[Budget]:
            known = await self._budgets.list(owner, session=tx.session)
            if len(known) >= MAX_BUDGETS:
                raise TooManyBudgets
            await self._budgets.add(tx, budget)
            await self._said(tx, budget, "created", today)
            return [budget]

        (made,) = await self._followed(owner, await self._once(owner, key, create))
        return made

    async def get_budget(self, *, owner: str, budget_id: str) -> Budget:
        """Raises BudgetNotFound."""
        budget = await self._budgets.get(owner, budget_id)
        if budget is None:
            raise BudgetNotFound
        (followed,) = await self._followed(owner, [budget])
        return followed

    async def list_budgets(self, *, owner: str) -> Sequence[Budget]:
        return await self._followed(owner, await self._budgets.list(owner))

    async def update_budget(
        self, *, owner: str, budget_id: str, expected_version: int, change: BudgetChange
    ) -> Budget:
        """Raises BudgetNotFound, VersionMismatch, InvalidFields."""
        today = await self._watch.today(owner)

        async def update(tx: Tx) -> Budget:
            budget = await self._held(tx, owner, budget_id)
            budget.expect(expected_version)
            changed = budget.changed_by(change, today=today).stored(self._clock.now())
            await self._replace(tx, changed, _look_from(change, today))
            return changed

        (updated,) = await self._followed(owner, [await self._mongo.in_transaction(update)])
        return updated

    async def delete_budget(self, *, owner: str, budget_id: str, expected_version: int) -> None:
        """Raises BudgetNotFound, VersionMismatch."""

        async def delete(tx: Tx) -> None:
            budget = await self._held(tx, owner, budget_id)
            budget.expect(expected_version)
            await self._budgets.remove(tx, budget)
            await self._announcements.budget_changed(
                tx, replace(budget, version=budget.version + 1), "deleted"
            )

        await self._mongo.in_transaction(delete)

    async def progress(
        self, *, owner: str, period: Period | None, budget_ids: Sequence[str] = ()
    ) -> Progress:
        """How budgets stand in each period that shares a day with the span; without one, in that
        of today. Raises InvalidFields, BudgetNotFound."""
        today = await self._watch.today(owner)
        from_, to = _days(period, today)
        budgets = _named(await self.list_budgets(owner=owner), budget_ids)
        async with self._mongo.client.start_session(snapshot=True) as session:
            spent = await self._spending.of(owner, budgets, from_=from_, to=to, session=session)
        rows = [
            pace
            for budget in budgets
            for pace in paces(budget, spent[budget.id], from_=from_, to=to, today=today)
        ]
        return Progress(rows, today)

    async def cover(
        self, *, owner: str, from_id: str, to_id: str, amount: Money, on: str, key: Key
    ) -> Progress:
        """Move a planned amount from one budget to another, in their periods that hold the day.
        Raises BudgetNotFound, InvalidFields."""
        today = await self._watch.today(owner)
        day = _day(on, today)

        async def move(tx: Tx) -> Sequence[Budget]:
            giver = await self._held(tx, owner, from_id, "from_budget_id")
            taker = await self._held(tx, owner, to_id, "to_budget_id")
            (gave, _), (took, _) = covered(giver, taker, amount=amount, on=day)
            changed = [budget.stored(self._clock.now()) for budget in (gave, took)]
            for budget in changed:
                await self._replace(tx, budget, day)
            return changed

        await self._once(owner, key, move)
        held = Period(day.isoformat(), day.isoformat())
        return await self.progress(owner=owner, period=held, budget_ids=(from_id, to_id))

    async def copy_forward(
        self, *, owner: str, on: str, budget_ids: Sequence[str], key: Key
    ) -> Sequence[Budget]:
        """Plan the next period as the one that holds the day came to be; a span begins anew after
        its end. Raises BudgetNotFound, InvalidFields, TooManyBudgets."""
        today = await self._watch.today(owner)
        day = _day(on, today)

        async def copy(tx: Tx) -> Sequence[Budget]:
            known = await self._budgets.list(owner, session=tx.session)
            copied = [b for b in _named(known, budget_ids) if b.period_of(day)]
            if len(known) + sum(b.every is Every.SPAN for b in copied) > MAX_BUDGETS:
                raise TooManyBudgets
            return [await self._copy(tx, budget, day) for budget in copied]

        return await self._followed(owner, await self._once(owner, key, copy))

    async def suggest(self, *, owner: str, months: int) -> Suggestions:
        """What went into each expense category in the last whole months. Raises InvalidFields."""
        if months not in MONTHS:
            raise InvalidFields([("months", f"one of {', '.join(map(str, MONTHS))}")])
        today = await self._watch.today(owner)
        span = months_before(today, months)
        series = await self._rollups.series(owner, Dim.CATEGORY, span, By.MONTH)
        categories = await self._categories.list(owner)
        budgets = following(await self._budgets.list(owner), categories)
        return Suggestions(suggestions(series, categories, budgets, today=today), span)

    async def _copy(self, tx: Tx, budget: Budget, day: date) -> Budget:
        period = budget.period_of(day)
        if period is None:  # asked before
            raise BudgetNotFound
        if budget.every is not Every.SPAN:
            changed = budget.copied_forward(period).stored(self._clock.now())
            await self._replace(tx, changed, period_after(budget.every, period).first)
            return changed
        following = period_after(budget.every, period)
        now = self._clock.now()
        term = Term(following.first, budget.planned(period), budget.rollover(period))
        again = replace(
            budget,
            id=self._new_id(),
            starts_on=following.first,
            ends_on=following.last,
            terms=(term,),
            moves=(),
            version=1,
            created_at=now,
            updated_at=now,
        )
        await self._budgets.add(tx, again)
        await self._said(tx, again, "created", following.first)
        return again

    async def _followed(self, owner: str, budgets: Sequence[Budget]) -> Sequence[Budget]:
        """As a person sees them. What is stored keeps its category: the merge may be undone."""
        return following(budgets, await self._categories.list(owner))

    async def _replace(self, tx: Tx, budget: Budget, day: date) -> None:
        await self._budgets.replace(tx, budget)
        await self._said(tx, budget, "updated", day)

    async def _said(self, tx: Tx, budget: Budget, change: str, day: date) -> None:
        """Tell of the change, and of what it makes of the period."""
        await self._announcements.budget_changed(tx, budget, change)
        await self._watch.look(tx, owner=budget.owner, budgets=[budget], day=day)

    async def _held(self, tx: Tx, owner: str, budget_id: str, field: str = "id") -> Budget:
        budget = await self._budgets.get(owner, budget_id, session=tx.session)
        if budget is None:
            raise BudgetNotFound(field)
        return budget

    async def _once(
        self, owner: str, key: Key, work: Callable[[Tx], Awaitable[Sequence[Budget]]]
    ) -> Sequence[Budget]:
        return await self._idempotency.once(
            owner=owner,
            key=key,
            work=work,
            encode=budgets_bytes,
            decode=budgets_from,
        )

    async def _check_scope(self, owner: str, draft: BudgetDraft) -> None:
        scope = draft.scope
        if scope is None or scope.kind is ScopeKind.TAG:
            return
        if scope.kind is ScopeKind.ACCOUNT:
            state = await self._accounts.state(owner, scope.id)
            if state is None:
                raise AccountNotFound("scope.id")
            if state.account.currency != draft.amount.currency:
                raise AccountCurrencyMismatch(
                    state.account.currency, draft.amount.currency, "amount"
                )
            return
        categories = {c.id: c for c in await self._categories.list(owner)}
        if scope.id not in categories:
            raise CategoryNotFound("scope.id")
        if categories[scope.id].kind is not CategoryKind.EXPENSE:
            raise InvalidFields([("scope.id", "must be an expense category")])


def _named(budgets: Sequence[Budget], ids: Sequence[str]) -> Sequence[Budget]:
    if not ids:
        return budgets
    if missing := set(ids) - {budget.id for budget in budgets}:
        place = next(i for i, id_ in enumerate(ids) if id_ in missing)
        raise BudgetNotFound(f"budget_ids[{place}]")
    return [budget for budget in budgets if budget.id in ids]


def _days(period: Period | None, today: date) -> tuple[date, date]:
    if period is None:
        return today, today
    period.check()
    from_, to = date.fromisoformat(period.from_date), date.fromisoformat(period.to_date)
    if (to - from_).days >= MAX_PROGRESS_DAYS:
        raise InvalidFields([("period.to_date", f"at most {MAX_PROGRESS_DAYS} days")])
    return from_, to


def _day(text: str, today: date) -> date:
    if not text:
        return today
    if not is_entry_date(text):
        raise InvalidFields([("on", "a date YYYY-MM-DD")])
    return date.fromisoformat(text)


def _look_from(change: BudgetChange, today: date) -> date:
    return date.fromisoformat(change.since) if is_entry_date(change.since) else today
