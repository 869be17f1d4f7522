"""What comes again, over the real server: matched, foretold, detected, and posted once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from ledger_world import Person, coffee, eur, key_of

from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.leases import Lease
from kit.money import Money
from kit.mongo import Mongo
from kit.outbox import events_of
from ledger.domain.account import Account
from ledger.domain.book_settings import SettingsChange
from ledger.domain.entry import Status
from ledger.domain.errors import (
    AccountCurrencyMismatch,
    AccountNotFound,
    CategoryNotFound,
    InvalidFields,
    TransactionNotFound,
    VersionMismatch,
)
from ledger.domain.payee import PayeeMove, payee_id
from ledger.domain.posting import Key
from ledger.domain.recurring.match import Occurrence
from ledger.domain.recurring.series import NoOccurrence, Series, SeriesDraft, SeriesNotFound
from ledger.domain.report import Period
from ledger.events.plans import plan_handlers
from ledger.repository.recurring import Recurring
from ledger.service.recurring import due_at
from ledger.service.recurring_posting import ACTOR, RecurringPoster
from ledger.wiring import Ledger, open_ledger


@dataclass
class SetClock:
    """Tells what it is set to."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def go(self, text: str) -> None:
        self.instant = datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 20, 12, tzinfo=UTC))


@pytest.fixture
async def ledger(mongo: Mongo, clock: SetClock) -> AsyncIterator[Ledger]:
    async with open_ledger(mongo, clock=clock) as ledger:
        yield ledger


def draft(
    account: Account, units: int = -12_99, start: str = "2026-03-25", **more: Any
) -> SeriesDraft:
    rule = more.pop("rule", "FREQ=MONTHLY")
    fields = {
        name: more.pop(name)
        for name in ("payee", "to_account_id", "category_id", "status")
        if name in more
    }
    template = coffee(account, units, date=start, **{"payee": "Netflix", **fields})
    name = more.pop("name", "")
    return SeriesDraft(name, replace(template, status=Status.PENDING), rule, **more)


async def series(person: Person, account: Account, *args: Any, **more: Any) -> Series:
    return await person.ledger.plans.recurring.create_series(
        owner=person.id, draft=draft(account, *args, **more), key=Key()
    )


async def rows(person: Person, *span: str) -> list[Occurrence]:
    calendar = await person.ledger.plans.calendar.list_occurrences(
        owner=person.id, period=Period(*span)
    )
    return list(calendar.rows)


async def states(person: Person, *span: str) -> list[tuple[str, str]]:
    return [(row.day.isoformat(), row.state.value) for row in await rows(person, *span)]


async def posted(person: Person) -> list[tuple[str, int]]:
    """What the ledger posted by itself, oldest first."""
    found = [t for t in await person.list() if t.actor_id == ACTOR]
    return sorted((t.date, t.amount.minor_units) for t in found)


async def post_due(person: Person) -> int:
    return await person.ledger.plans.recurring_poster.post_due()


async def test_expected_against_arrived_over_edits_and_deletions(anna: Person, clock: SetClock):
    account = await anna.account()
    made = await series(anna, account)
    bill = await anna.post(coffee(account, -14_99, date="2026-03-27", payee="NETFLIX"))

    (row,) = await rows(anna, "2026-03-01", "2026-03-31")
    assert (row.state, row.price_changed) == ("arrived", True)
    assert row.arrived is not None
    assert row.arrived.transaction_id == bill.id

    clock.go("2026-04-02T12:00:00+00:00")
    await anna.delete(bill)
    assert await states(anna, "2026-03-01", "2026-04-30") == [
        ("2026-03-25", "missed"), ("2026-04-25", "upcoming"),
    ]  # fmt: skip
    other = await anna.post(coffee(account, -3_00, payee="Somebody", date="2026-04-01"))
    await anna.ledger.plans.recurring.settle(
        owner=anna.id, series_id=made.id, day="2026-03-25", transaction_id=other.id
    )
    await anna.ledger.plans.recurring.skip(owner=anna.id, series_id=made.id, day="2026-04-25")
    assert await states(anna, "2026-03-01", "2026-04-30") == [
        ("2026-03-25", "arrived"), ("2026-04-25", "skipped"),
    ]  # fmt: skip


async def test_upcoming_holds_the_missed_until_they_are_settled_or_skipped(
    anna: Person, clock: SetClock
):
    account = await anna.account()
    made = await series(anna, account, start="2026-03-20", rule="FREQ=WEEKLY")
    clock.go("2026-04-02T12:00:00+00:00")
    use = anna.ledger.plans

    upcoming = await use.calendar.list_upcoming(owner=anna.id, days=8)
    assert [(row.day.day, row.state.value) for row in upcoming.rows] == [
        (20, "missed"), (27, "missed"), (3, "upcoming"), (10, "upcoming"),
    ]  # fmt: skip
    assert upcoming.rows[0].days_late(upcoming.today) == 13

    await use.recurring.skip(owner=anna.id, series_id=made.id, day="2026-03-20")
    upcoming = await use.calendar.list_upcoming(owner=anna.id, days=8)
    assert upcoming.rows[0].day.day == 27
    await use.recurring.reopen(owner=anna.id, series_id=made.id, day="2026-03-20")
    upcoming = await use.calendar.list_upcoming(owner=anna.id, days=8)
    assert upcoming.rows[0].day.day == 20


async def test_a_forecast_counts_what_is_booked_ahead_and_what_is_expected(anna: Person):
    account = await anna.account(opening_balance=eur(100_00), opening_date="2026-01-01")
    savings = await anna.account("Savings")
    await series(anna, account, -60_00, "2026-03-25")
    await series(anna, account, 500_00, "2026-04-01", payee="ACME")
    await series(anna, account, -30_00, "2026-03-22", payee="", name="Save",
                 to_account_id=savings.id)  # fmt: skip
    await anna.post(coffee(account, -25_00, date="2026-03-23"))

    found = await anna.ledger.plans.calendar.forecast(owner=anna.id, days=14, account_ids=[])

    by_id = {each.account_id: each for each in found.accounts}
    main = {point.day.isoformat(): point.balance for point in by_id[account.id].points}
    assert main["2026-03-20"] == 100_00
    assert main["2026-03-22"] == 70_00
    assert main["2026-03-23"] == 45_00
    assert main["2026-03-25"] == main["2026-03-31"] == -15_00
    assert main["2026-04-03"] == 485_00
    lowest = by_id[account.id].lowest
    assert (lowest.day, lowest.balance) == (date(2026, 3, 25), -15_00)
    assert by_id[savings.id].points[-1].balance == 30_00
    with pytest.raises(AccountNotFound):
        await anna.ledger.plans.calendar.forecast(owner=anna.id, days=1, account_ids=[new_id()])


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


async def test_detection_shows_evidence_and_forgets_what_is_there_or_dismissed(anna: Person):
    account = await anna.account()
    for month in ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03"):
        await anna.post(coffee(account, -9_99, date=f"{month}-07", payee="Spotify"))
        await anna.post(coffee(account, 2_000_00, date=f"{month}-01", payee="ACME"))
        await anna.post(coffee(account, -700_00, date=f"{month}-02", payee="Rent"))
    use = anna.ledger.plans

    found = {each.payee: each for each in await use.calendar.detect(owner=anna.id)}
    assert {payee: each.kind.value for payee, each in found.items()} == {
        "Spotify": "bill", "ACME": "income", "Rent": "bill",
    }  # fmt: skip
    assert [seen.day.day for seen in found["Spotify"].evidence] == [7] * 5
    assert found["Spotify"].next_on == date(2026, 4, 7)

    await series(anna, account, -700_00, "2026-04-02", payee="RENT")
    await use.recurring.dismiss(owner=anna.id, detected_id=found["Spotify"].id, undo=False)
    assert [each.payee for each in await use.calendar.detect(owner=anna.id)] == ["ACME"]
    await use.recurring.dismiss(owner=anna.id, detected_id=found["Spotify"].id, undo=True)
    assert len(await use.calendar.detect(owner=anna.id)) == 2


async def test_refusals_change_nothing_and_a_key_makes_one_series(anna: Person, ben: Person):
    account, bens = await anna.account(), await ben.account()
    use = anna.ledger.plans.recurring
    wanted = draft(account)
    first = await use.create_series(owner=anna.id, draft=wanted, key=key_of("k", 1))
    again = await use.create_series(owner=anna.id, draft=wanted, key=key_of("k", 1))
    assert again == first
    dollars = replace(wanted, template=replace(wanted.template, amount=Money(-1, "USD")))

    async def create(of: SeriesDraft) -> Series:
        return await use.create_series(owner=anna.id, draft=of, key=Key())

    cases = [
        (create(draft(bens)), AccountNotFound),
        (create(draft(account, to_account_id=bens.id)), AccountNotFound),
        (create(draft(account, category_id=new_id())), CategoryNotFound),
        (create(dollars), AccountCurrencyMismatch),
        (create(draft(account, rule="FREQ=SECONDLY")), InvalidFields),
        (use.get_series(owner=ben.id, series_id=first.id), SeriesNotFound),
        (use.skip(owner=anna.id, series_id=first.id, day="2026-03-26"), NoOccurrence),
        (use.skip(owner=anna.id, series_id=first.id, day="soon"), InvalidFields),
        (
            use.settle(
                owner=anna.id, series_id=first.id, day="2026-03-25", transaction_id=new_id()
            ),
            TransactionNotFound,
        ),
        (use.delete_series(owner=ben.id, series_id=first.id, expected_version=0), SeriesNotFound),
    ]
    for attempt, error in cases:
        with pytest.raises(error):
            await attempt

    assert await use.list_series(owner=anna.id) == [first]
    await use.delete_series(owner=anna.id, series_id=first.id, expected_version=1)
    assert await use.list_series(owner=anna.id) == []


async def rename(person: Person, old: str, new: str, key: str = "k") -> str:
    move = PayeeMove([payee_id(old)], new)
    moved = await person.ledger.ruling.payees.move_payees(
        owner=person.id, actor=person.id, move=move, key=key_of(key, move)
    )
    return moved.operation.id


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
