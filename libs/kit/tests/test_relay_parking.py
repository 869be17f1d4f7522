"""A document of the outbox that cannot be published holds up its own user alone."""

from datetime import timedelta

import pytest
from bus import TOPIC, Bus, write_effect

from kit.consumer import on
from kit.relay import BATCH
from kit.testing import wait_until
from pfa.events.v1.auth_events_pb2 import UserRegistered


@pytest.fixture
def bus(mongo, kafka):
    return Bus(mongo, kafka)


async def taken(bus, user, locales):
    return (await bus.taken_in()).get(user) == locales


async def is_parked(bus, user):
    row = await bus.mongo.db.outbox.find_one({"user_id": user, "parked": {"$exists": True}})
    return row is not None and row["pending"]


async def release(bus):
    """Let the time pass for which parked documents are left alone."""
    shift = {"$set": {"parked.until": {"$subtract": ["$parked.until", int(1e8)]}}}
    await bus.mongo.db.outbox.update_many({"parked": {"$exists": True}}, [shift])


@pytest.mark.parametrize(
    "spoil",
    [
        {"$unset": {"acts": ""}},
        {"$set": {"acts": "junk"}},
        {"$set": {"acts.0.events": [{}]}},
        {"$set": {"acts.0.events.0.payload": "text"}},
        {"$set": {"acts.0.events.0.topic": 7}},
        {"$set": {"created_at": "yesterday"}},
    ],
    ids=str,
)
async def test_what_cannot_be_read_waits_and_the_others_are_published(bus, spoil):
    await bus.tell("anna", "1")
    await bus.tell("anna", "2")
    await bus.tell("ben", "1")
    query = {"user_id": "anna", "seq": 1}
    whole = await bus.mongo.db.outbox.find_one(query)
    await bus.mongo.db.outbox.update_one(query, spoil)

    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        await wait_until(lambda: taken(bus, "ben", ["1"]), deadline=60)
        await wait_until(lambda: is_parked(bus, "anna"), deadline=60)
        await bus.tell("ben", "2")
        await wait_until(lambda: taken(bus, "ben", ["1", "2"]), deadline=60)
        assert "anna" not in await bus.taken_in()

        mark = (await bus.mongo.db.outbox.find_one({"_id": whole["_id"]}))["parked"]
        await bus.mongo.db.outbox.replace_one({"_id": whole["_id"]}, whole | {"parked": mark})
        await release(bus)
        await wait_until(lambda: taken(bus, "anna", ["1", "2"]), deadline=60)
    assert not await is_parked(bus, "anna")


async def test_many_broken_documents_do_not_fill_the_batches(bus):
    for number in range(BATCH + 3):
        await bus.tell(f"anna-{number}", "1")
    await bus.mongo.db.outbox.update_many({}, {"$unset": {"acts": ""}})
    await bus.tell("ben", "1")

    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        await wait_until(lambda: taken(bus, "ben", ["1"]), deadline=60)

    parked = await bus.mongo.db.outbox.count_documents({"parked": {"$exists": True}})
    assert parked == BATCH + 3


async def test_what_the_brokers_refuse_for_good_waits_and_the_others_are_published(bus):
    await bus.tell("anna", "x" * 3_000_000)
    for user in ("anna", "ben", "carl"):
        await bus.tell(user, "1")

    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        for user in ("ben", "carl"):
            await wait_until(lambda user=user: taken(bus, user, ["1"]), deadline=90)
        await wait_until(lambda: is_parked(bus, "anna"), deadline=90)
        await bus.tell("ben", "2")
        await wait_until(lambda: taken(bus, "ben", ["1", "2"]), deadline=60)

    row = await bus.mongo.db.outbox.find_one({"parked": {"$exists": True}})
    assert row["parked"]["error"].startswith("MessageSizeTooLargeError")
    assert TOPIC in str(row["acts"])
    assert timedelta(0) < row["parked"]["until"] - row["parked"]["since"]
