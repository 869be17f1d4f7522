"""Budgets and goals over the real server: spending from rollups, and what is told once."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from ledger_world import Person, coffee, eur, key_of
from pymongo.errors import DuplicateKeyError

from kit.events import Event
from kit.ids import new_id
from kit.inbox import Inbox
from kit.money import Money
from kit.mongo import Mongo, Tx
from kit.outbox import events_of
from ledger.domain.book_settings import SettingsChange
from ledger.domain.budget import (
    Budget,
    BudgetChange,
    BudgetDraft,
    BudgetNotFound,
    Rollover,
    Scope,
    ScopeKind,
)
from ledger.domain.category import Category, CategoryDraft, CategoryKind, stands_for
from ledger.domain.errors import (
    AccountCurrencyMismatch,
    AccountNotFound,
    CategoryNotFound,
    InvalidFields,
    VersionMismatch,
)
from ledger.domain.goal import Contribution, GoalDraft, GoalNotFound
from ledger.domain.pace import Pace
from ledger.domain.posting import Key
from ledger.domain.report import Period
from ledger.domain.spans import Every
from ledger.domain.transaction import Split
from ledger.events.plans import plan_handlers
from ledger.repository.account_spending import count_account_spending
from ledger.wiring import Ledger, open_ledger
from pfa.events.v1 import ledger_events_pb2 as events

REACHED = "pfa.events.v1.BudgetThresholdReached"
EXCEEDED = "pfa.events.v1.BudgetExceeded"


@dataclass
class SetClock:
    """Tells what it is set to."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 20, 12, tzinfo=UTC))


@pytest.fixture
async def ledger(mongo: Mongo, clock: SetClock) -> AsyncIterator[Ledger]:
    async with open_ledger(mongo, clock=clock) as ledger:
        yield ledger


async def budget(person: Person, scope: Scope, amount: int, **more: Any) -> Budget:
    key = more.pop("key", Key())
    said = {"name": "B", "every": Every.MONTH, "starts_on": "2026-01-01", **more}
    draft = BudgetDraft(scope=scope, amount=eur(amount), **said)
    return await person.ledger.plans.budgets.create_budget(owner=person.id, draft=draft, key=key)


async def of_category(person: Person, amount: int, **more: Any) -> Budget:
    category = await person.category("coffee")
    return await budget(person, Scope(ScopeKind.CATEGORY, category.id), amount, **more)


async def progress(person: Person, span: tuple[str, str] | None = None, *ids: str) -> list[Pace]:
    found = await person.ledger.plans.budgets.progress(
        owner=person.id, period=None if span is None else Period(*span), budget_ids=ids
    )
    return list(found.rows)


async def spent(person: Person, *span: str) -> list[int]:
    rows = await progress(person, (span[0], span[1]) if span else None)
    return [row.spent for row in rows]


async def test_a_category_counts_with_its_subtree_and_refunds_and_in_its_currency_alone(
    anna: Person,
):
    account, dollars = await anna.account(), await anna.account(currency="USD")
    coffee_id, groceries = await anna.category("coffee"), await anna.category("groceries")
    beans = await anna.ledger.categories.create_category(
        owner=anna.id,
        draft=CategoryDraft("Beans", CategoryKind.EXPENSE, coffee_id.id),
        key=Key(),
    )
    await of_category(anna, 100_00)
    for category, units, day in (
        (coffee_id, -4_50, "2026-03-01"),
        (beans, -10_00, "2026-03-31"),
        (coffee_id, 1_50, "2026-03-05"),
        (groceries, -99_00, "2026-03-05"),
        (coffee_id, -7_00, "2026-04-01"),
    ):
        await anna.post(coffee(account, units, date=day, category_id=category.id))
    await anna.post(coffee(dollars, -50_00, date="2026-03-05", category_id=coffee_id.id))

    assert await spent(anna) == [13_00]
    assert await spent(anna, "2026-02-10", "2026-04-01") == [0, 13_00, 7_00]


async def test_spending_in_other_currencies_is_told_beside_what_is_counted(anna: Person):
    euros, dollars = await anna.account(), await anna.account(currency="USD")
    yen = await anna.account(currency="JPY")
    drinks = await anna.category("coffee")
    await of_category(anna, 100_00)
    await budget(anna, Scope(ScopeKind.TAG, "trip"), 100_00, every=Every.WEEK)
    for account, units, day in (
        (euros, -4_50, "2026-03-19"),
        (dollars, -50_00, "2026-03-19"),
        (dollars, 20_00, "2026-03-20"),
        (yen, -300, "2026-03-20"),
        (yen, 300, "2026-03-20"),
        (dollars, -9_00, "2026-02-05"),
    ):
        said = coffee(account, units, date=day, category_id=drinks.id, tags=["trip"])
        await anna.post(said)

    rows = await progress(anna)
    assert [row.spent for row in rows] == [4_50, 4_50]
    assert [row.uncounted for row in rows] == [(Money(30_00, "USD"),)] * 2
    (february, *_) = await progress(anna, ("2026-02-01", "2026-02-28"))
    assert (february.spent, february.uncounted) == (0, (Money(9_00, "USD"),))


async def test_an_account_counts_what_it_spent_net_of_refunds(anna: Person):
    account, savings = await anna.account(opening_balance=eur(9_00)), await anna.account("S")
    drinks = await anna.category("coffee")
    salary = await anna.category("salary", CategoryKind.INCOME)
    await budget(anna, Scope(ScopeKind.ACCOUNT, account.id), 100_00)
    bought = await anna.post(coffee(account, -30_00, category_id=drinks.id))
    gone = await anna.post(coffee(account, -7_00, category_id=drinks.id))
    await anna.delete(gone)
    await anna.post(coffee(account, 10_00, category_id=drinks.id, refund_of=bought.id))
    await anna.post(coffee(account, 500_00, category_id=salary.id))
    await anna.post(coffee(account, -50_00, to_account_id=savings.id))
    # Bought for 12.00, with a voucher for 2.00 that a friend paid.
    parts = (Split(drinks.id, eur(-12_00)), Split(salary.id, eur(2_00)))
    await anna.post(coffee(account, -10_00, splits=parts))
    await anna.post(coffee(savings, -3_00, category_id=drinks.id))

    assert await spent(anna) == [32_00]
    assert not (await anna.audit()).differences


async def test_what_accounts_spent_is_counted_in_books_of_before(anna: Person, mongo: Mongo):
    account, dollars = await anna.account(), await anna.account(currency="USD")
    drinks = await anna.category("coffee")
    for of, units, day in (
        (account, -4_00, "2026-03-01"),
        (account, 1_00, "2026-03-02"),
        (dollars, -2_00, "2026-02-01"),
    ):
        made = await anna.post(coffee(of, units, date=day, category_id=drinks.id))
        await anna.edit(made, coffee(of, 2 * units, date=day, category_id=drinks.id))
    deleted = await mongo.db.rollups.delete_many({"user_id": anna.id, "dim": "account_expense"})
    assert deleted.deleted_count == 2
    assert (await anna.audit()).differences

    await count_account_spending(mongo.db)
    await count_account_spending(mongo.db)

    assert not (await anna.audit()).differences


async def test_a_tag_counts_however_it_is_written_and_an_account_what_leaves_it(anna: Person):
    account, savings = await anna.account(opening_balance=eur(1)), await anna.account("S")
    await budget(anna, Scope(ScopeKind.TAG, " Trip "), 100_00)
    await budget(anna, Scope(ScopeKind.ACCOUNT, account.id), 100_00)
    await anna.post(coffee(account, -4_00, tags=["trip"]))
    await anna.post(coffee(account, -5_00, tags=["TRIP", "other"]))
    await anna.post(coffee(savings, -6_00, tags=["trip"]))
    await anna.post(coffee(account, -50_00, to_account_id=savings.id))
    await anna.post(coffee(account, 80_00))

    assert await spent(anna) == [15_00, 9_00]


async def test_several_budgets_count_the_same_spending_in_weeks_quarters_years_and_spans(
    anna: Person,
):
    account = await anna.account()
    category = await anna.category("coffee")
    for every in (Every.WEEK, Every.MONTH, Every.QUARTER, Every.YEAR):
        await of_category(anna, 100_00, every=every)
    await of_category(anna, 100_00, every=Every.SPAN, starts_on="2026-03-10", ends_on="2026-03-17")
    for day in ("2026-01-31", "2026-03-09", "2026-03-15", "2026-03-16", "2026-03-22"):
        await anna.post(coffee(account, -1_00, date=day, category_id=category.id))

    rows = await progress(anna, ("2026-03-17", "2026-03-17"))

    assert [row.spent for row in rows] == [2_00, 4_00, 5_00, 5_00, 2_00]
    assert [row.period.first.isoformat() for row in rows] == [
        "2026-03-16", "2026-03-01", "2026-01-01", "2026-01-01", "2026-03-10",
    ]  # fmt: skip


async def test_what_is_left_is_carried_and_the_past_keeps_its_amounts(anna: Person):
    account, category = await anna.account(), await anna.category("coffee")
    made = await of_category(anna, 10_00, rollover=Rollover.ALL)
    for day, units in (("2026-01-15", -4_00), ("2026-02-15", -20_00)):
        await anna.post(coffee(account, units, date=day, category_id=category.id))
    await anna.ledger.plans.budgets.update_budget(
        owner=anna.id,
        budget_id=made.id,
        expected_version=1,
        change=BudgetChange(amount=eur(12_00)),
    )

    rows = await progress(anna, ("2026-01-01", "2026-04-30"))

    assert [(r.planned, r.carried, r.spent, r.left) for r in rows] == [
        (10_00, 0, 4_00, 6_00),
        (10_00, 6_00, 20_00, -4_00),
        (12_00, -4_00, 0, 8_00),
        # March still runs: nothing of it is left for good.
        (12_00, 0, 0, 12_00),
    ]


async def test_today_is_that_of_the_books_time_zone(anna: Person, clock: SetClock):
    clock.instant = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    await of_category(anna, 10_00)
    assert [r.period.first.isoformat() for r in await progress(anna)] == ["2026-03-01"]

    await anna.ledger.books.update_settings(
        owner=anna.id, expected_version=0, change=SettingsChange(time_zone="Europe/Berlin")
    )

    (row,) = await progress(anna)
    assert (row.period.first.isoformat(), row.elapsed_days) == ("2026-04-01", 1)


async def test_covering_and_copying_happen_once_a_key(anna: Person):
    food = await of_category(anna, 100_00)
    fun = await of_category(anna, 20_00, key=key_of("k", 1), name="Fun")
    assert await of_category(anna, 20_00, key=key_of("k", 1), name="Fun") == fun
    use = anna.ledger.plans.budgets

    for _ in range(2):
        moved = await use.cover(
            owner=anna.id, from_id=food.id, to_id=fun.id, amount=eur(5_00), on="", key=Key("c", "h")
        )
        assert [row.planned for row in moved.rows] == [95_00, 25_00]
    for _ in range(2):
        await use.copy_forward(owner=anna.id, on="2026-03-20", budget_ids=[], key=Key("copy", "h"))

    rows = await progress(anna, ("2026-03-01", "2026-05-31"))
    assert [row.planned for row in rows] == [95_00, 95_00, 95_00, 25_00, 25_00, 25_00]
    assert (await use.get_budget(owner=anna.id, budget_id=food.id)).version == 3


async def test_a_span_is_copied_to_the_one_after_it(anna: Person):
    await of_category(anna, 10_00, every=Every.SPAN, starts_on="2026-03-01", ends_on="2026-04-30")

    (again,) = await anna.ledger.plans.budgets.copy_forward(
        owner=anna.id, on="", budget_ids=[], key=Key()
    )

    assert (again.starts_on, again.ends_on) == (date(2026, 5, 1), date(2026, 6, 30))


async def test_suggestions_are_of_whole_months_with_what_is_planned_beside(anna: Person):
    account, category = await anna.account(), await anna.category("coffee")
    made = await of_category(anna, 7_00)
    for day, units in (
        ("2025-12-01", -3_00),
        ("2026-01-31", -9_00),
        ("2026-02-28", -6_00),
        ("2026-03-01", -70_00),
    ):
        await anna.post(coffee(account, units, date=day, category_id=category.id))

    found = await anna.ledger.plans.budgets.suggest(owner=anna.id, months=3)

    assert found.months == Period("2025-12-01", "2026-02-28")
    mine = next(row for row in found.rows if row.category.id == category.id)
    above = next(row for row in found.rows if row.category.id == category.parent_id)
    assert (mine.months, mine.median, mine.mean) == ([3_00, 9_00, 6_00], 6_00, 6_00)
    assert (mine.budget_id, mine.planned) == (made.id, 7_00)
    assert (above.median, above.budget_id) == (6_00, "")


async def test_refusals_change_nothing(anna: Person, ben: Person):
    account = await ben.account(currency="USD")
    salary = await anna.category("salary", CategoryKind.INCOME)
    made = await of_category(anna, 10_00)
    use = anna.ledger.plans.budgets
    cases = [
        (budget(anna, Scope(ScopeKind.CATEGORY, new_id()), 1), CategoryNotFound),
        (budget(anna, Scope(ScopeKind.CATEGORY, salary.id), 1), InvalidFields),
        (budget(anna, Scope(ScopeKind.ACCOUNT, account.id), 1), AccountNotFound),
        (budget(ben, Scope(ScopeKind.ACCOUNT, account.id), 1), AccountCurrencyMismatch),
        (use.get_budget(owner=ben.id, budget_id=made.id), BudgetNotFound),
        (
            use.update_budget(
                owner=anna.id, budget_id=made.id, expected_version=7, change=BudgetChange(name="x")
            ),
            VersionMismatch,
        ),
        (use.delete_budget(owner=ben.id, budget_id=made.id, expected_version=0), BudgetNotFound),
        (use.suggest(owner=anna.id, months=4), InvalidFields),
        (progress(anna, ("2020-01-01", "2026-01-01")), InvalidFields),
        (progress(anna, None, new_id()), BudgetNotFound),
    ]
    for attempt, error in cases:
        with pytest.raises(error):
            await attempt

    assert await use.list_budgets(owner=anna.id) == [made]
    await use.delete_budget(owner=anna.id, budget_id=made.id, expected_version=1)
    assert await use.list_budgets(owner=anna.id) == []


async def told(mongo: Mongo, person: Person) -> list[tuple[str, str, int]]:
    """What was said of budgets: budget, first day of the period, threshold (0: exceeded)."""
    found = []
    for type_, message in (
        (REACHED, events.BudgetThresholdReached),
        (EXCEEDED, events.BudgetExceeded),
    ):
        for row in await outbox(mongo, person, type_):
            event = message.FromString(row)
            found.append((event.budget_id, event.from_date, getattr(event, "threshold_percent", 0)))
    return sorted(found)


async def outbox(mongo: Mongo, person: Person, type_: str) -> list[bytes]:
    """The payloads of this type, in their order."""
    rows = await mongo.db.outbox.find({"user_id": person.id}).sort("seq", 1).to_list()
    return [event.payload for row in rows for event in events_of(row) if event.type == type_]


async def deliver(mongo: Mongo, person: Person, posted: list[tuple[str, bytes]]) -> None:
    """Take the events in, as the group does: the inbox and the effect in one transaction."""
    handler, _ = plan_handlers(person.ledger.plans.budget_watch, person.ledger.plans.recurring)
    inbox = Inbox(mongo.db, group="ledger.budgets")

    async def take(id_: str, payload: bytes) -> None:
        data = events.EntryPosted.FromString(payload)
        event = Event(
            id_, handler.type, "ledger", data.entry_id, 1, datetime.now(UTC), person.id, data
        )

        async def work(tx: Tx) -> None:
            await inbox.record(tx, id_)
            await handler.apply(tx, event, None)

        while not await inbox.seen(id_):
            # Of two who take in the same event one is refused, as the consumer knows.
            with contextlib.suppress(DuplicateKeyError):
                await mongo.in_transaction(work)

    for id_, payload in posted:
        await take(id_, payload)


@pytest.mark.parametrize("seed", range(3))
async def test_each_threshold_is_told_once_however_events_come(
    anna: Person, mongo: Mongo, seed: int
):
    chance = random.Random(seed)
    account, category = await anna.account(), await anna.category("coffee")
    plain = await of_category(anna, 100_00, thresholds=(50, 80))
    carried = await of_category(anna, 30_00, rollover=Rollover.ALL, every=Every.WEEK)
    tagged = await budget(anna, Scope(ScopeKind.TAG, "a"), 20_00, every=Every.QUARTER)
    day = date(2026, 1, 5)
    for _ in range(25):
        day += timedelta(days=chance.randint(0, 5))
        units = -chance.randint(1, 30_00)
        tags = ["a"] if chance.random() < 0.5 else []
        input_ = coffee(account, units, date=day.isoformat(), category_id=category.id, tags=tags)
        posted = await anna.post(input_)
        if chance.random() < 0.2:
            await anna.delete(posted)
    payloads = await outbox(mongo, anna, "pfa.events.v1.EntryPosted")
    posted_events = [(f"{seed}-{n}", payload) for n, payload in enumerate(payloads)] * 3
    # The same under another event id: a publisher that numbers anew is a duplicate, too.
    posted_events += [(f"again-{id_}", payload) for id_, payload in posted_events[:10]]
    chance.shuffle(posted_events)
    half = len(posted_events) // 2

    await asyncio.gather(
        deliver(mongo, anna, posted_events[:half]), deliver(mongo, anna, posted_events[half:])
    )

    rows = await progress(anna, ("2026-01-05", "2026-04-30"))
    expected = [
        (row.budget.id, row.period.first.isoformat(), threshold)
        for row in rows
        for threshold in [*row.reached, *([0] if row.is_exceeded else [])]
    ]
    found = await told(mongo, anna)
    assert len(found) == len(set(found))
    assert found == sorted(expected)
    assert {plain.id, carried.id, tagged.id} >= {id_ for id_, _, _ in found} > set()


async def test_what_fell_and_rose_again_is_not_told_again(anna: Person, mongo: Mongo):
    account, category = await anna.account(), await anna.category("coffee")
    made = await of_category(anna, 100_00)
    for _ in range(2):
        posted = await anna.post(coffee(account, -90_00, category_id=category.id))
        await see_all(mongo, anna)
        await anna.delete(posted)
        await see_all(mongo, anna)

    assert await told(mongo, anna) == [(made.id, "2026-03-01", 80)]


async def test_a_plan_that_is_cut_below_what_is_spent_is_told_at_once(anna: Person, mongo: Mongo):
    account, category = await anna.account(), await anna.category("coffee")
    made = await of_category(anna, 100_00)
    await anna.post(coffee(account, -50_00, category_id=category.id))
    assert await told(mongo, anna) == []

    await anna.ledger.plans.budgets.update_budget(
        owner=anna.id,
        budget_id=made.id,
        expected_version=0,
        change=BudgetChange(amount=eur(40_00), thresholds=(90,)),
    )

    assert await told(mongo, anna) == [(made.id, "2026-03-01", 0), (made.id, "2026-03-01", 90)]


async def see_all(mongo: Mongo, person: Person) -> None:
    payloads = await outbox(mongo, person, "pfa.events.v1.EntryPosted")
    await deliver(mongo, person, [(f"{n}", payload) for n, payload in enumerate(payloads)])


async def test_a_goal_is_what_its_accounts_hold_or_what_was_put_aside(
    anna: Person, ben: Person, clock: SetClock
):
    savings = await anna.account(opening_balance=eur(100_00), opening_date="2026-01-01")
    use = anna.ledger.plans.goals
    draft = GoalDraft("Bike", eur(500_00), "2026-06-30", (savings.id,))
    linked = await use.create_goal(owner=anna.id, draft=draft, key=Key())
    own = await use.create_goal(
        owner=anna.id, draft=replace(draft, account_ids=()), key=key_of("k", 1)
    )
    assert (linked.saved, linked.monthly, linked.behind) == (100_00, 100_00, 0)
    assert (own.saved, own.plan[0], own.plan[-1]) == (
        0, ("2026-03", 125_00), ("2026-06", 125_00),
    )  # fmt: skip

    await anna.post(coffee(savings, 300_00))
    for _ in range(2):
        own = await use.contribute(
            owner=anna.id, goal_id=own.goal.id, contribution=Contribution("", 50_00), key=Key("c")
        )
    clock.instant += timedelta(days=51)

    listed = {s.goal.id: s for s in await use.list_goals(owner=anna.id)}
    assert listed[linked.goal.id].saved == 400_00
    assert listed[linked.goal.id].behind == 300_00 - 400_00
    assert listed[own.goal.id].saved == 50_00
    assert listed[own.goal.id].behind == 200_00
    with pytest.raises(InvalidFields):
        await use.contribute(
            owner=anna.id, goal_id=linked.goal.id, contribution=Contribution("", 1), key=Key()
        )
    with pytest.raises(GoalNotFound):
        await use.get_goal(owner=ben.id, goal_id=own.goal.id)
    await use.delete_goal(owner=anna.id, goal_id=own.goal.id, expected_version=2)
    assert [s.goal.id for s in await use.list_goals(owner=anna.id)] == [linked.goal.id]


async def test_a_budget_follows_its_category_into_another_and_back(anna: Person, mongo: Mongo):
    account = await anna.account()
    source, target = await anna.category("coffee"), await anna.category("groceries")
    mine = await budget(anna, Scope(ScopeKind.CATEGORY, source.id), 100)
    theirs = await budget(anna, Scope(ScopeKind.CATEGORY, target.id), 200)
    for category, units in ((source, -10), (target, -5)):
        await anna.post(coffee(account, units, date="2026-03-02", category_id=category.id))
    merged, _ = await anna.ledger.category_merges.merge(
        owner=anna.id, actor=anna.id, category_id=source.id, into_id=target.id, key=Key()
    )

    assert await spent(anna) == [15, 15]
    use = anna.ledger.plans.budgets
    shown = await use.get_budget(owner=anna.id, budget_id=mine.id)
    assert (shown.scope.id, shown.version) == (target.id, mine.version)
    assert [b.scope.id for b in await use.list_budgets(owner=anna.id)] == [target.id] * 2
    changed = await use.update_budget(
        owner=anna.id, budget_id=mine.id, expected_version=0, change=BudgetChange(name="N")
    )
    assert changed.scope.id == target.id
    paid = coffee(account, -90, date="2026-03-03", category_id=target.id)
    await anna.post(paid)
    await mongo.in_transaction(
        lambda tx: anna.ledger.plans.budget_watch.entry_posted(
            tx, owner=anna.id, day=date(2026, 3, 3), posted_to={target.id}
        )
    )
    told = [row["budget_id"] async for row in mongo.db.budget_alerts.find({"user_id": anna.id})]
    assert mine.id in told
    assert theirs.id not in told

    await anna.undo(merged.id, "back")
    assert await spent(anna) == [10, 95]
    assert (await use.get_budget(owner=anna.id, budget_id=mine.id)).scope.id == source.id


async def test_a_budget_follows_two_merges_and_counts_what_stayed_behind(anna: Person):
    open_, closed = await anna.account(), await anna.account()
    one, two = await anna.category("coffee"), await anna.category("groceries")
    three = await anna.category("restaurants")
    await budget(anna, Scope(ScopeKind.CATEGORY, one.id), 100)
    await anna.post(coffee(open_, -10, date="2026-03-02", category_id=one.id))
    await anna.post(coffee(closed, -7, date="2026-03-02", category_id=one.id))
    await anna.post(coffee(closed, 7, date="2026-03-03", category_id=three.id))
    await anna.ledger.accounts.close_account(
        owner=anna.id, account_id=closed.id, expected_version=0
    )
    for source, into in ((one, two), (two, three)):
        await anna.ledger.category_merges.merge(
            owner=anna.id, actor=anna.id, category_id=source.id, into_id=into.id, key=Key()
        )
    assert await spent(anna) == [10]
    (shown,) = await anna.ledger.plans.budgets.list_budgets(owner=anna.id)
    assert shown.scope.id == three.id


def test_merges_that_made_a_ring_end():
    ring = [
        Category("a", "u", "A", CategoryKind.EXPENSE, merged_into="b"),
        Category("b", "u", "B", CategoryKind.EXPENSE, merged_into="a"),
    ]
    assert stands_for(ring) == {"a": "a", "b": "b"}
