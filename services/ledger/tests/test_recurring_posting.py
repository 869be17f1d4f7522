"""What the ledger posts by itself when it is due, over the real server: once, and on its day."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from ledger_world import Person, coffee
from series_world import SetClock, draft, rename, series, states

from kit.idempotency import Idempotency
from kit.leases import Lease
from kit.mongo import Mongo
from kit.outbox import events_of
from ledger.domain.book_settings import SettingsChange
from ledger.domain.entry import Status
from ledger.domain.errors import VersionMismatch
from ledger.domain.posting import Key
from ledger.events.plans import plan_handlers
from ledger.repository.recurring import Recurring
from ledger.service.recurring import due_at
from ledger.service.recurring_posting import ACTOR, RecurringPoster
from ledger.wiring import Ledger, open_ledger


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 20, 12, tzinfo=UTC))


@pytest.fixture
async def ledger(mongo: Mongo, clock: SetClock) -> AsyncIterator[Ledger]:
    async with open_ledger(mongo, clock=clock) as ledger:
        yield ledger


async def posted(person: Person) -> list[tuple[str, int]]:
    """What the ledger posted by itself, oldest first."""
    found = [t for t in await person.list() if t.actor_id == ACTOR]
    return sorted((t.date, t.amount.minor_units) for t in found)


async def post_due(person: Person) -> int:
    return await person.ledger.plans.recurring_poster.post_due()


async def test_what_is_due_is_posted_on_the_day_in_the_owners_time_zone_across_dst(
    anna: Person, ben: Person, clock: SetClock
):
    for person, zone in ((anna, "Europe/Berlin"), (ben, "America/Los_Angeles")):
        await person.ledger.books.update_settings(
            owner=person.id, expected_version=0, change=SettingsChange(time_zone=zone)
        )
        account = await person.account()
        await series(person, account, start="2026-03-29", rule="FREQ=DAILY", autopost=True)
    # Berlin puts its clocks forward on the 29th: its day begins at 23:00, the next at 22:00.
    for instant, annas, bens in (
        ("2026-03-28T22:59:59+00:00", 0, 0),
        ("2026-03-28T23:00:00+00:00", 1, 0),
        ("2026-03-29T06:59:59+00:00", 1, 0),
        ("2026-03-29T07:00:00+00:00", 1, 1),
        ("2026-03-29T21:59:59+00:00", 1, 1),
        ("2026-03-29T22:00:00+00:00", 2, 1),
        ("2026-03-30T07:00:00+00:00", 2, 2),
    ):
        clock.go(instant)
        await post_due(anna)
        assert (len(await posted(anna)), len(await posted(ben))) == (annas, bens), instant

    assert [day for day, _ in await posted(anna)] == ["2026-03-29", "2026-03-30"]


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        # The clocks go forward at midnight: the day begins an hour later by the clock.
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00+00:00"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00+00:00"),
        # Midnight comes twice: the day begins with the first.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00+00:00"),
        ("Pacific/Kiritimati", "2026-03-25", "2026-03-24T10:00:00+00:00"),
        ("Pacific/Pago_Pago", "2026-03-25", "2026-03-25T11:00:00+00:00"),
    ],
)
async def test_a_day_begins_with_its_first_instant(anna: Person, zone: str, day: str, instant: str):
    account = await anna.account()
    made = await series(anna, account, start=day, autopost=True)
    await anna.ledger.books.update_settings(
        owner=anna.id, expected_version=0, change=SettingsChange(time_zone=zone)
    )
    settings = await anna.ledger.books.settings(owner=anna.id)

    assert due_at(made, settings.zone) == datetime.fromisoformat(instant)


async def test_two_at_once_and_a_crash_between_act_and_note_post_once(
    anna: Person, mongo: Mongo, clock: SetClock
):
    account = await anna.account()
    made = await series(anna, account, start="2026-03-21", rule="FREQ=DAILY", autopost=True)
    clock.go("2026-03-21T12:00:00+00:00")
    # Posted under its key, but the process died before it was noted.
    await anna.ledger.transactions.create_transaction(
        owner=anna.id,
        actor=ACTOR,
        input_=made.on(date(2026, 3, 21)),
        key=Key(f"recurring/{made.id}/2026-03-21", "recurring"),
    )
    plans = anna.ledger.plans
    posters = [
        RecurringPoster(
            recurring=Recurring(mongo),
            service=plans.recurring,
            calendar=plans.calendar,
            transactions=anna.ledger.transactions,
            idempotency=Idempotency(mongo),
            # Each thinks that it is the one.
            lease=Lease(mongo.db, name=f"lease-{n}", holder=str(n), seconds=60),
            clock=clock,
        )
        for n in range(3)
    ]
    clock.go("2026-03-24T12:00:00+00:00")

    await asyncio.gather(*(poster.post_due() for poster in posters))

    assert [day for day, _ in await posted(anna)] == [
        "2026-03-21", "2026-03-22", "2026-03-23", "2026-03-24",
    ]  # fmt: skip
    assert await states(anna, "2026-03-21", "2026-03-25") == [
        *((f"2026-03-{day}", "arrived") for day in (21, 22, 23, 24)), ("2026-03-25", "upcoming"),
    ]  # fmt: skip
    told = [
        event
        for row in await mongo.db.outbox.find({"user_id": anna.id}).to_list()
        for event in events_of(row)
        if event.type == "pfa.events.v1.RecurringPosted"
    ]
    assert len(told) == 4


async def test_the_lease_keeps_a_second_one_from_looking(
    anna: Person, mongo: Mongo, clock: SetClock
):
    account = await anna.account()
    await series(anna, account, start="2026-03-20", autopost=True)
    other = Lease(mongo.db, name="ledger.recurring", holder="another", seconds=60)
    await other.acquire()
    assert await post_due(anna) == 0

    await other.release()
    assert await post_due(anna) == 1


async def test_days_on_which_nobody_was_there_are_caught_up_but_not_what_was_before_or_skipped(
    anna: Person, clock: SetClock
):
    account = await anna.account()
    made = await series(anna, account, start="2025-12-31", rule="FREQ=MONTHLY", autopost=True)
    await anna.ledger.plans.recurring.skip(owner=anna.id, series_id=made.id, day="2026-04-30")
    clock.go("2026-07-02T12:00:00+00:00")

    await post_due(anna)
    await post_due(anna)

    assert [day for day, _ in await posted(anna)] == ["2026-03-31", "2026-05-31", "2026-06-30"]
    listed = await anna.list(limit=1)
    assert listed[0].status is Status.PENDING


async def test_what_arrived_by_itself_is_not_posted_beside_it(anna: Person, clock: SetClock):
    account = await anna.account()
    await series(anna, account, start="2026-03-25", autopost=True)
    await anna.post(coffee(account, -12_99, date="2026-03-24", payee="netflix"))
    clock.go("2026-03-26T12:00:00+00:00")

    await post_due(anna)

    assert await posted(anna) == []
    # And what a person deleted isn't posted again.
    clock.go("2026-04-26T12:00:00+00:00")
    await post_due(anna)
    (mine,) = [t for t in await anna.list() if t.actor_id == ACTOR]
    await anna.delete(mine)
    await post_due(anna)
    assert await posted(anna) == []


async def test_what_the_book_refuses_says_why_and_is_tried_again_later(
    anna: Person, mongo: Mongo, clock: SetClock
):
    account = await anna.account()
    made = await series(anna, account, start="2026-03-21", autopost=True)
    await anna.ledger.accounts.close_account(
        owner=anna.id, account_id=account.id, expected_version=0
    )
    clock.go("2026-03-21T01:00:00+00:00")

    assert await post_due(anna) == 0

    found = await anna.ledger.plans.recurring.get_series(owner=anna.id, series_id=made.id)
    assert "closed" in found.problem
    assert await Recurring(mongo).due(clock.now(), limit=9) == []
    clock.instant += timedelta(hours=7)
    assert len(await Recurring(mongo).due(clock.now(), limit=9)) == 1


async def test_moving_to_another_time_zone_moves_when_it_is_posted(
    anna: Person, mongo: Mongo, clock: SetClock
):
    account = await anna.account()
    await series(anna, account, start="2026-03-25", autopost=True)
    await anna.ledger.books.update_settings(
        owner=anna.id, expected_version=0, change=SettingsChange(time_zone="Pacific/Kiritimati")
    )
    plans = anna.ledger.plans
    _, moved = plan_handlers(plans.budget_watch, plans.recurring)

    class Told:
        data = moved.message(user_id=anna.id)

    await mongo.in_transaction(lambda tx: moved.apply(tx, Told, None))  # type: ignore[arg-type]
    clock.go("2026-03-24T10:00:00+00:00")

    assert await post_due(anna) == 1


async def test_autopost_that_is_turned_on_begins_today(anna: Person, clock: SetClock):
    account = await anna.account()
    made = await series(anna, account, start="2026-03-21", rule="FREQ=DAILY")
    clock.go("2026-03-25T12:00:00+00:00")
    changed = replace(draft(account, start="2026-03-21", rule="FREQ=DAILY"), autopost=True)

    await anna.ledger.plans.recurring.update_series(
        owner=anna.id, series_id=made.id, expected_version=1, draft=changed
    )
    await post_due(anna)

    assert [day for day, _ in await posted(anna)] == ["2026-03-25"]
    with pytest.raises(VersionMismatch):
        await anna.ledger.plans.recurring.update_series(
            owner=anna.id, series_id=made.id, expected_version=1, draft=changed
        )


async def test_what_is_posted_by_itself_follows_payee_and_category(anna: Person, clock: SetClock):
    account = await anna.account()
    one, two = await anna.category("coffee"), await anna.category("groceries")
    three = await anna.category("restaurants")
    made = await series(anna, account, category_id=one.id, autopost=True)
    await anna.post(coffee(account, -1, date="2026-03-01", payee="Netflix"))
    await rename(anna, "Netflix", "Streaming")
    merges = [
        await anna.ledger.category_merges.merge(
            owner=anna.id, actor=anna.id, category_id=a.id, into_id=b.id, key=Key()
        )
        for a, b in ((one, two), (two, three))
    ]
    shown = await anna.ledger.plans.recurring.get_series(owner=anna.id, series_id=made.id)
    assert shown.template.category_id == three.id

    clock.go("2026-03-25T12:00:00+00:00")
    assert await post_due(anna) == 1
    (own,) = [t for t in await anna.list() if t.actor_id == ACTOR]
    assert (own.payee, own.splits[0].category_id) == ("Streaming", three.id)
    for merged, _ in reversed(merges):
        await anna.undo(merged.id, merged.id)
    shown = await anna.ledger.plans.recurring.get_series(owner=anna.id, series_id=made.id)
    assert shown.template.category_id == one.id
