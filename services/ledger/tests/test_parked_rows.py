"""Background work goes row by row: a broken row is parked, and the others go on."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from ledger_world import Person, coffee, eur
from series_world import SetClock, series

from kit.mongo import Mongo
from kit.rows import FIRST_WAIT
from ledger.domain.budget import BudgetDraft, Scope, ScopeKind
from ledger.domain.operation import OperationKind
from ledger.domain.posting import Key
from ledger.domain.spans import Every
from ledger.service import recurring_posting, unfinished
from ledger.service.recurring_posting import ACTOR
from ledger.wiring import Ledger, open_ledger


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 20, 12, tzinfo=UTC))


@pytest.fixture
async def ledger(mongo: Mongo, clock: SetClock) -> AsyncIterator[Ledger]:
    async with open_ledger(mongo, clock=clock) as ledger:
        yield ledger


async def posted(person: Person) -> list[str]:
    return sorted(t.date for t in await person.list() if t.actor_id == ACTOR)


async def due_series(person: Person) -> str:
    made = await series(
        person, await person.account(), start="2026-03-25", rule="FREQ=DAILY", autopost=True
    )
    return made.id


BROKEN_SERIES: dict[str, Any] = {
    "a template of junk": {"$set": {"template": {"junk": 1}}},
    "no template": {"$unset": {"template": ""}},
    "no owner": {"$unset": {"user_id": ""}},
    "a rule that is none": {"$set": {"rule": "FREQ=SECONDLY;BYDAY=XX"}},
    "a fraction": {"$set": {"template.amount": 1.5}},
    "a status that is none": {"$set": {"template.status": "paid"}},
    "a day that is none": {"$set": {"starts_on": "2026-02-31"}},
    "a list for a map": {"$set": {"settled": ["x"]}},
}


@pytest.mark.parametrize("broken", BROKEN_SERIES)
async def test_a_broken_series_is_parked_and_every_other_one_is_posted(
    anna: Person, ben: Person, mongo: Mongo, clock: SetClock, broken: str
):
    bad, good, bens = await due_series(anna), await due_series(anna), await due_series(ben)
    await mongo.db.recurring.update_one({"_id": bad}, BROKEN_SERIES[broken])
    clock.go("2026-03-26T12:00:00+00:00")

    await anna.ledger.plans.recurring_poster.post_due()

    for whose in (anna, ben):
        assert await posted(whose) == ["2026-03-25", "2026-03-26"]
    rows = {row["_id"]: row.get("parked") for row in await mongo.db.recurring.find().to_list()}
    assert (rows[good], rows[bens]) == (None, None)
    assert rows[bad]["until"] == clock.now() + FIRST_WAIT
    assert rows[bad]["attempts"] == 1


async def test_more_broken_series_than_are_looked_at_together_hold_up_nobody(
    anna: Person, ben: Person, mongo: Mongo, clock: SetClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recurring_posting, "BATCH", 2)
    for _ in range(5):
        await due_series(anna)
    junk = {"$set": {"template": {"junk": 1}, "due_at": datetime(2026, 3, 1, tzinfo=UTC)}}
    await mongo.db.recurring.update_many({"user_id": anna.id}, junk)
    await due_series(ben)
    clock.go("2026-03-25T12:00:00+00:00")

    await anna.ledger.plans.recurring_poster.post_due()

    assert await posted(ben) == ["2026-03-25"]


async def test_a_series_that_was_mended_is_posted_when_its_time_comes(
    anna: Person, mongo: Mongo, clock: SetClock
):
    bad = await due_series(anna)
    whole = await mongo.db.recurring.find_one({"_id": bad}) or {}
    await mongo.db.recurring.update_one({"_id": bad}, {"$set": {"template": {"junk": 1}}})
    clock.go("2026-03-25T12:00:00+00:00")
    await anna.ledger.plans.recurring_poster.post_due()
    mended = {"$set": {"template": whole["template"]}}
    await mongo.db.recurring.update_one({"_id": bad}, mended)

    assert await anna.ledger.plans.recurring_poster.post_due() == 0
    clock.instant += FIRST_WAIT
    assert await anna.ledger.plans.recurring_poster.post_due() == 1

    assert "parked" not in (await mongo.db.recurring.find_one({"_id": bad}) or {})


def cut_off(person: Person, number: int, clock: SetClock, **fields: Any) -> dict[str, Any]:
    """A bulk edit of nothing that has not been finished."""
    return {
        "_id": f"operation-{number}",
        "user_id": person.id,
        "kind": OperationKind.BULK_EDIT.value,
        "actor_id": person.id,
        "at": clock.now(),
        "counts": {"done": 0, "unchanged": 0, "refused": 0},
        "finished": False,
        "cut_off": False,
        "intent": {},
        "touched_at": clock.now() + timedelta(milliseconds=number),
        "ids": [],
        "undoes": "",
        **fields,
    }


BROKEN_OPERATIONS: dict[str, dict[str, Any]] = {
    "an unknown kind": {"kind": "burn_down"},
    "a kind that nothing goes on with": {"kind": "reconcile", "intent": {"x": 1}},
    "an intent of junk": {"intent": {"junk": 1}},
    "no counts": {"counts": None},
    "ids that are none": {"ids": 7},
}


@pytest.mark.parametrize("broken", BROKEN_OPERATIONS)
async def test_a_broken_operation_is_parked_and_every_other_one_is_finished(
    anna: Person, ben: Person, mongo: Mongo, clock: SetClock, broken: str
):
    await anna.account()
    await ben.account()
    rows = [
        cut_off(anna, 0, clock, **BROKEN_OPERATIONS[broken]),
        cut_off(anna, 1, clock),
        cut_off(ben, 2, clock),
    ]
    await mongo.db.operations.insert_many(rows)
    clock.instant += timedelta(minutes=5)

    assert await anna.ledger.unfinished.finish_all() == 2

    left = await mongo.db.operations.find({"finished": False}).to_list()
    assert [row["_id"] for row in left] == ["operation-0"]
    assert left[0]["parked"]["work"] == "unfinished"
    assert await anna.ledger.unfinished.finish_all() == 0


async def test_more_broken_operations_than_are_looked_at_together_hold_up_nobody(
    anna: Person, ben: Person, mongo: Mongo, clock: SetClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(unfinished, "BATCH", 2)
    await ben.account()
    broken = [cut_off(anna, number, clock, kind="burn_down") for number in range(5)]
    await mongo.db.operations.insert_many([*broken, cut_off(ben, 9, clock)])
    clock.instant += timedelta(minutes=5)

    assert await anna.ledger.unfinished.finish_all() == 1


async def test_a_broken_budget_keeps_nobody_from_hearing_of_the_others(
    anna: Person, mongo: Mongo, clock: SetClock
):
    account, category = await anna.account(), await anna.category("coffee")
    scope = Scope(ScopeKind.CATEGORY, category.id)
    made = [
        await anna.ledger.plans.budgets.create_budget(
            owner=anna.id, draft=BudgetDraft(name, scope, Every.MONTH, eur(100)), key=Key()
        )
        for name in ("Broken", "Good")
    ]
    await mongo.db.budgets.update_one({"_id": made[0].id}, {"$set": {"terms": "junk"}})
    await anna.post(coffee(account, -200, category_id=category.id, date="2026-03-20"))

    for _ in range(2):
        await mongo.in_transaction(
            lambda tx: anna.ledger.plans.budget_watch.entry_posted(
                tx, owner=anna.id, day=date(2026, 3, 20), posted_to={category.id}
            )
        )

    told = {row["budget_id"] for row in await mongo.db.budget_alerts.find().to_list()}
    assert told == {made[1].id}
    row = await mongo.db.budgets.find_one({"_id": made[0].id}) or {}
    assert (row["parked"]["work"], row["parked"]["attempts"]) == ("thresholds", 1)
