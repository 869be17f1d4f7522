"""A series follows its payee, over the real server."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from ledger_world import Person, coffee
from series_world import SetClock, draft, rename, rows, series

from kit.mongo import Mongo
from ledger.domain.recurring.series import Series
from ledger.wiring import Ledger, open_ledger


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 20, 12, tzinfo=UTC))


@pytest.fixture
async def ledger(mongo: Mongo, clock: SetClock) -> AsyncIterator[Ledger]:
    async with open_ledger(mongo, clock=clock) as ledger:
        yield ledger


async def payee_of(person: Person, one: Series) -> str:
    found = await person.ledger.plans.recurring.get_series(owner=person.id, series_id=one.id)
    return found.template.payee


async def test_a_series_follows_its_payee_through_renames_and_back(anna: Person, clock: SetClock):
    account = await anna.account()
    clock.go("2026-03-24T12:00:00+00:00")
    made = await series(anna, account)
    untouched = await series(anna, account, payee="Gym")
    await anna.post(coffee(account, -12_99, date="2026-03-25", payee="Netflix"))
    clock.go("2026-04-26T12:00:00+00:00")
    arrived = [("2026-03-25", "arrived"), ("2026-04-25", "due")]

    async def seen() -> list[tuple[str, str]]:
        found = await rows(anna, "2026-03-01", "2026-04-30")
        return [(r.day.isoformat(), r.state.value) for r in found if r.series.id == made.id]

    moved = await rename(anna, "Netflix", "Streaming")
    assert await payee_of(anna, made) == "Streaming"
    assert await seen() == arrived
    assert await rename(anna, "Netflix", "Streaming") == moved
    # The bank goes on saying the old name.
    await anna.post(coffee(account, -12_99, date="2026-04-25", payee="Netflix"))
    assert [state for _, state in await seen()] == ["arrived", "arrived"]

    second = await rename(anna, "Streaming", "Films", key="k2")
    assert await payee_of(anna, made) == "Films"
    assert [state for _, state in await seen()] == ["arrived", "arrived"]
    undo, _ = await anna.undo(second, "u2")
    assert await payee_of(anna, made) == "Streaming"
    again, _ = await anna.undo(undo.id, "u3")
    assert await payee_of(anna, made) == "Films"
    await anna.undo(again.id, "u4")
    await anna.undo(moved, "u1")
    assert await payee_of(anna, made) == "Netflix"
    assert [state for _, state in await seen()] == ["arrived", "arrived"]
    assert await payee_of(anna, untouched) == "Gym"


async def test_another_payee_that_a_person_said_stays_where_a_rename_is_undone(anna: Person):
    account = await anna.account()
    made = await series(anna, account)
    await anna.post(coffee(account, -12_99, date="2026-03-25", payee="Netflix"))
    moved = await rename(anna, "Netflix", "Streaming")
    said = draft(account, payee="Cinema")
    await anna.ledger.plans.recurring.update_series(
        owner=anna.id, series_id=made.id, expected_version=0, draft=said
    )
    await anna.undo(moved, "u")
    assert await payee_of(anna, made) == "Cinema"
