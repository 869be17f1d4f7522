"""Events that a handler takes in together: in order, once, and each answerable for itself."""

from datetime import UTC, datetime

import pytest
from bus import TOPIC, Batches, Bus, write_effect

from kit.consumer import on, on_many
from kit.events import act_headers, headers_of, type_name
from kit.kafka import Producer
from kit.testing import wait_until
from kit.topics import ensure_topics
from pfa.events.v1.auth_events_pb2 import UserDeleted, UserRegistered


@pytest.fixture
def bus(mongo, kafka):
    return Bus(mongo, kafka)


async def taken_in(bus, count):
    async def are_there():
        return await bus.mongo.db.effects.count_documents({}) == count

    await wait_until(are_there, deadline=30)
    return await bus.taken_in()


async def parked(bus, count):
    async def wait():
        rows = await bus.mongo.db.parked.find().to_list()
        return sum(len(row["waiting"]) for row in rows) == count

    await wait_until(wait, deadline=30)


async def test_events_are_taken_in_together_in_the_order_of_each_user(bus):
    locales = {user: [str(n) for n in range(count)] for user, count in (("anna", 700), ("ben", 3))}
    for user, told in locales.items():
        await bus.tell(user, *told)
    batches = Batches()
    async with bus.running(bus.consumer(on_many(UserRegistered, batches.write))):
        assert await taken_in(bus, 703) == locales
    assert sum(batches.sizes) == 703
    assert len(batches.sizes) < 100
    assert await bus.mongo.db.inbox.count_documents({}) == 703


async def test_a_bad_event_is_parked_alone_with_those_behind_it(bus):
    batches = Batches()
    consumer = bus.consumer(on_many(UserRegistered, batches.write))
    async with bus.running(consumer):
        await bus.tell("anna", "1", "2", "bad", "3", "4")
        await bus.tell("ben", "1", "2")
        await parked(bus, 3)
        assert await taken_in(bus, 4) == {"anna": ["1", "2"], "ben": ["1", "2"]}
        await bus.tell("anna", "5")
        await parked(bus, 4)

        batches.spoils = ""
        assert await consumer.replay() == (4, 0)
        assert (await taken_in(bus, 8))["anna"] == ["1", "2", "bad", "3", "4", "5"]


async def test_an_event_that_comes_again_among_others_takes_effect_once(bus, kafka):
    batches = Batches()
    await bus.tell("anna", "1", "2", "3")
    async with bus.running(bus.consumer(on_many(UserRegistered, batches.write), group="first")):
        await taken_in(bus, 3)
    # The relay dies after it has published and before it has noted so.
    await bus.mongo.db.outbox.update_many({}, {"$set": {"pending": True}})
    await bus.tell("anna", "4")
    async with bus.running(bus.consumer(on_many(UserRegistered, batches.write), group="first")):
        assert (await taken_in(bus, 4))["anna"] == ["1", "2", "3", "4"]
    # To another group all of it is new, and some of it comes twice in one reading.
    async with bus.running(bus.consumer(on_many(UserRegistered, batches.write), group="second")):
        assert len((await taken_in(bus, 8))["anna"]) == 8


async def test_a_record_that_is_no_event_does_not_stop_those_that_came_before_it(bus, kafka):
    await ensure_topics(kafka, [TOPIC])
    async with Producer.open(kafka) as producer:
        for number, locale in enumerate(["1", "2", None, "3"]):
            headers = headers_of(
                act_headers(source="test", time=datetime.now(UTC), trace={}),
                id_=str(number),
                type_=type_name(UserRegistered),
                subject="anna",
                sequence=number,
            )
            value = UserRegistered(locale=locale).SerializeToString() if locale else b"\xff\xff"
            await producer.send(TOPIC, key="anna", value=value, headers=headers)
    batches = Batches()
    async with bus.running(bus.consumer(on_many(UserRegistered, batches.write))):
        await parked(bus, 2)
        assert await taken_in(bus, 2) == {"anna": ["1", "2"]}


async def test_order_is_kept_between_what_is_taken_together_and_what_is_not(bus):
    async def delete(tx, event):
        await write_effect_of(tx, event.user_id, "deleted")

    rows = [
        (
            TOPIC,
            UserDeleted(user_id="anna") if n % 5 == 4 else UserRegistered(locale=str(n)),
            "anna",
        )
        for n in range(20)
    ]

    async def work(tx):
        await bus.outbox.add_many(tx, user_id="anna", rows=rows)

    await bus.mongo.in_transaction(work)
    batches = Batches()
    handlers = on_many(UserRegistered, batches.write), on(UserDeleted, delete)
    async with bus.running(bus.consumer(*handlers)):
        effects = (await taken_in(bus, 20))["anna"]
    assert effects == ["deleted" if n % 5 == 4 else str(n) for n in range(20)]
    assert max(batches.sizes) == 4


async def write_effect_of(tx, user_id, locale):
    await tx.db.effects.insert_one({"user": user_id, "locale": locale}, session=tx.session)


async def test_what_is_prepared_for_all_is_given_to_all(bus):
    prepared = []

    async def prepare(events):
        prepared.append([event.data.locale for event in events])
        return prepared[-1]

    async def apply(tx, events, told):
        assert told == [event.data.locale for event in events]
        for event in events:
            await write_effect(tx, event)

    await bus.tell("anna", *"abc")
    async with bus.running(bus.consumer(on_many(UserRegistered, apply, prepare=prepare))):
        assert await taken_in(bus, 3) == {"anna": ["a", "b", "c"]}
    assert [one for some in prepared for one in some] == ["a", "b", "c"]
