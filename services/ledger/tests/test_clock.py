"""A book under a clock that is set back."""

from datetime import UTC, datetime, timedelta

from ledger_world import Person, coffee

from kit.ids import new_id
from kit.mongo import Mongo
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
