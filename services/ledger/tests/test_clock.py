"""A book under a clock that is set back, and in another time zone than the server's."""

from datetime import UTC, datetime, timedelta

import pytest
from ledger_world import Person, coffee

from kit.ids import new_id
from kit.money import Money
from kit.mongo import Mongo
from ledger.domain.account import AccountChange
from ledger.domain.book_settings import SettingsChange
from ledger.service.exports import ExportFormat
from ledger.wiring import open_ledger

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class SetClock:
    """Tells the instant that it was set to."""

    def __init__(self) -> None:
        self.instant = NOON

    def now(self) -> datetime:
        return self.instant


async def test_no_entry_is_recorded_before_the_one_it_follows_whatever_the_clock_says(mongo: Mongo):
    clock = SetClock()
    async with open_ledger(mongo, clock=clock) as ledger:
        anna = Person(ledger, new_id())
        account = await anna.account()
        for minutes in (0, 10, -10, -5, 20):
            clock.instant = NOON + timedelta(minutes=minutes)
            await anna.post(coffee(account))
        audit = await ledger.auditor.audit(anna.id)

    rows = await mongo.db.entries.find({"user_id": anna.id}).sort("seq", 1).to_list()
    minutes = [(row["recorded_at"] - NOON) // timedelta(minutes=1) for row in rows]
    assert minutes == [0, 10, 10, 10, 20]
    assert audit.differences == []


@pytest.mark.parametrize(
    ("zone", "instant", "today"),
    [
        ("Pacific/Auckland", datetime(2026, 3, 14, 23, tzinfo=UTC), "2026-03-15"),
        ("America/Los_Angeles", datetime(2026, 3, 14, 2, tzinfo=UTC), "2026-03-13"),
        ("UTC", datetime(2026, 3, 14, 23, tzinfo=UTC), "2026-03-14"),
    ],
)
async def test_today_is_the_day_in_the_time_zone_of_the_book(mongo: Mongo, zone, instant, today):
    clock = SetClock()
    clock.instant = instant
    async with open_ledger(mongo, clock=clock) as ledger:
        anna = Person(ledger, new_id())
        await ledger.books.update_settings(
            owner=anna.id, expected_version=0, change=SettingsChange(time_zone=zone)
        )
        await anna.account("Giro", opening_balance=Money(500, "EUR"))
        later = await anna.account("Later")
        clock.instant += timedelta(days=9)
        # The day on which the account was opened here.
        await ledger.accounts.update_account(
            owner=anna.id,
            actor=anna.id,
            account_id=later.id,
            expected_version=0,
            change=AccountChange(opening_balance=Money(7, "EUR")),
        )
        assert [t.date for t in await anna.list()] == [today, today]
        clock.instant = instant
        parts = ledger.files.exports.export(owner=anna.id, format_=ExportFormat.OFX)
        file = b"".join([part async for part in parts]).decode()
    assert f"<DTASOF>{today.replace('-', '')}" in file
