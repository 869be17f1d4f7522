import asyncio

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import OutOfOrderSequenceNumber
from bus import TOPIC, Bus, write_effect

from kit.consumer import Permanent, on
from kit.events import header_texts
from kit.kafka import Producer
from kit.outbox import MAX_BYTES, MAX_EVENTS, Batch, documents_of, events_of
from kit.relay import unbroken
from kit.testing import wait_until
from pfa.events.v1.auth_events_pb2 import UserRegistered


@pytest.fixture
def bus(mongo, kafka):
    return Bus(mongo, kafka)


async def test_events_of_a_user_take_effect_in_order_and_once(bus):
    users = [f"user-{n}" for n in range(5)]
    locales = [str(n) for n in range(20)]
    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        for user in users:
            await bus.tell(user, *locales)

        async def all_there():
            return sum(map(len, (await bus.taken_in()).values())) == 100

        await wait_until(all_there, deadline=30)
    assert await bus.taken_in() == dict.fromkeys(users, locales)


async def test_an_event_of_a_rolled_back_change_is_never_told(bus):
    async def work(tx):
        await bus.outbox.add(
            tx, user_id="anna", topic=TOPIC, event=UserRegistered(locale="lost"), subject="anna"
        )
        raise LookupError

    with pytest.raises(LookupError):
        await bus.mongo.in_transaction(work)
    await bus.tell("anna", "kept")
    [row] = await bus.mongo.db.outbox.find().to_list()
    assert [event.sequence for event in events_of(row)] == [1]


async def test_the_events_of_one_change_are_one_document_and_numbered_without_gaps(bus):
    await bus.tell("anna", "1", "2", "3")
    await bus.tell("anna", "4")
    rows = await bus.mongo.db.outbox.find().sort("seq", 1).to_list()
    assert [(row["seq"], row["count"]) for row in rows] == [(1, 3), (4, 1)]
    assert [event.sequence for row in rows for event in events_of(row)] == [1, 2, 3, 4]


def test_a_document_of_the_outbox_has_a_largest_size():
    event = UserRegistered(locale="x" * (MAX_BYTES // 4))
    batches = [Batch("anna", [(TOPIC, event, "anna")] * 3, {"traceparent": f"t{n}"}) for n in "ab"]
    documents = documents_of("anna", 10, batches)
    assert [(d["seq"], d["count"]) for d in documents] == [(11, 3), (14, 3)]
    assert [event.sequence for d in documents for event in events_of(d)] == [*range(11, 17)]
    small = [(TOPIC, UserRegistered(), "anna")] * (MAX_EVENTS + 1)
    assert [d["count"] for d in documents_of("anna", 0, [Batch("anna", small)])] == [MAX_EVENTS, 1]


async def test_a_flood_is_published_in_order(bus):
    locales = [str(n) for n in range(2_000)]
    async with bus.running():
        await bus.tell("anna", *locales)
        await bus.tell("ben", *locales)
        await wait_until(lambda: published(bus), deadline=30)
        heard = await everything(bus)
    for user in ("anna", "ben"):
        mine = [r for r in heard if r.key == user.encode()]
        assert [UserRegistered.FromString(r.value).locale for r in mine] == locales
        numbers = [int(header_texts(r.headers)["ce_sequence"]) for r in mine]
        assert numbers == [*range(1, 2_001)]


async def test_an_event_delivered_ten_times_takes_effect_once(bus):
    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        await bus.tell("anna", "en")
        await wait_until(lambda: has(bus, "anna", ["en"]), deadline=30)
        await bus.mongo.db.outbox.update_many({}, {"$set": {"pending": True}})
        for _ in range(9):
            await bus.mongo.db.outbox.update_many({}, {"$set": {"pending": True}})
            await wait_until(lambda: published(bus))
        await bus.tell("anna", "de")
        await wait_until(lambda: has(bus, "anna", ["en", "de"]), deadline=30)


async def test_records_are_cloud_events(bus, kafka):
    async with bus.running():
        await bus.tell("anna", "en")
        await wait_until(lambda: published(bus), deadline=30)
        reader = AIOKafkaConsumer(
            kafka.topic(TOPIC), **kafka.client_options(), auto_offset_reset="earliest"
        )
        await reader.start()
        try:
            record = await asyncio.wait_for(reader.getone(), 10)
        finally:
            await reader.stop()
    headers = header_texts(record.headers)
    assert record.key == b"anna"
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_type"] == "pfa.events.v1.UserRegistered"
    assert headers["ce_source"] == "auth"
    assert headers["ce_sequence"] == "1"
    assert {"ce_id", "ce_time", "ce_subject"} <= headers.keys()


async def test_a_poison_event_waits_in_the_dead_letters_with_those_behind_it_until_replayed(bus):
    healthy = False

    async def shaky(tx, event):
        if event.data.locale == "bad" and not healthy:
            raise ValueError("cannot be taken in")
        await write_effect(tx, event)

    consumer = bus.consumer(on(UserRegistered, shaky))
    async with bus.running(consumer):
        await bus.tell("anna", "1", "bad", "2", "3")
        await bus.tell("ben", "1", "2")
        await wait_until(lambda: has(bus, "ben", ["1", "2"]), deadline=30)
        await wait_until(lambda: parked(bus, 3), deadline=30)
        assert (await bus.taken_in())["anna"] == ["1"]

        assert await consumer.replay() == (0, 3)
        assert await parked(bus, 3)

        healthy = True
        assert await consumer.replay() == (3, 0)
        assert (await bus.taken_in())["anna"] == ["1", "bad", "2", "3"]
        await bus.tell("anna", "4")
        await wait_until(lambda: has(bus, "anna", ["1", "bad", "2", "3", "4"]), deadline=30)


async def test_a_permanent_failure_is_not_tried_again(bus):
    tries = 0

    async def refuse(tx, event):
        nonlocal tries
        tries += 1
        raise Permanent("never")

    async with bus.running(bus.consumer(on(UserRegistered, refuse), attempts=5)):
        await bus.tell("anna", "1")
        await wait_until(lambda: parked(bus, 1), deadline=30)
    assert tries == 1


async def test_a_record_that_is_no_event_does_not_stop_the_others(bus, kafka):
    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        async with Producer.open(kafka) as producer:
            headers = [("ce_type", b"pfa.events.v1.UserRegistered"), ("ce_id", b"broken")]
            await producer.send(TOPIC, key="carl", value=b"\xff\xff\xff", headers=headers)
        await bus.tell("anna", "1")
        await wait_until(lambda: has(bus, "anna", ["1"]), deadline=30)
        await wait_until(lambda: parked(bus, 1), deadline=30)


async def test_slow_preparation_happens_outside_the_transaction(bus):
    async def prepare(event):
        return event.data.locale.upper()

    async def apply(tx, event, prepared):
        row = {"user": event.user_id, "locale": prepared}
        await tx.db.effects.insert_one(row, session=tx.session)

    async with bus.running(bus.consumer(on(UserRegistered, apply, prepare=prepare))):
        await bus.tell("anna", "en")
        await wait_until(lambda: has(bus, "anna", ["EN"]), deadline=30)


async def test_what_does_not_concern_a_handler_is_passed_by_without_a_transaction(bus):
    asked = []

    async def of_interest(users):
        asked.append(set(users))
        return {user for user in users if user != "ben"}

    async def both_were_asked_for():
        return set().union(*asked) == {"anna", "ben"}

    async with bus.running(bus.consumer(on(UserRegistered, write_effect, concerns=of_interest))):
        await bus.tell("ben", "1", "2")
        await bus.tell("anna", "1", "2")
        await bus.tell("ben", "3")
        await wait_until(lambda: has(bus, "anna", ["1", "2"]), deadline=30)
        await wait_until(both_were_asked_for, deadline=30)

    assert await bus.mongo.db.effects.distinct("user") == ["anna"]
    assert await bus.mongo.db.inbox.count_documents({}) == 2


async def test_the_broker_may_go_away_and_come_back(bus, kafka_server):
    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        await bus.tell("anna", "1")
        await wait_until(lambda: has(bus, "anna", ["1"]), deadline=30)
        await asyncio.to_thread(kafka_server.kill)
        await bus.tell("anna", "2", "3")
        await asyncio.to_thread(kafka_server.restart)
        await bus.tell("anna", "4")
        await wait_until(lambda: has(bus, "anna", ["1", "2", "3", "4"]), deadline=90)


async def test_the_primary_may_step_down_under_the_bus(bus, mongo_server):
    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        await bus.tell("anna", "1")
        await asyncio.to_thread(mongo_server.step_down, seconds=1)
        await bus.tell("anna", "2")
        await wait_until(lambda: has(bus, "anna", ["1", "2"]), deadline=60)


async def test_what_is_written_after_a_pause_wakes_the_relay(bus, monkeypatch):
    # Its poll comes too late for the deadlines.
    monkeypatch.setattr("kit.relay.POLL_SECONDS", 300.0)
    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        for count in range(1, 5):
            await bus.tell("anna", str(count))
            told = [str(number) for number in range(1, count + 1)]
            await wait_until(lambda told=told: has(bus, "anna", told), deadline=30)
            await wait_until(lambda: published(bus), deadline=30)


async def test_a_producer_that_has_failed_is_replaced(bus, monkeypatch):
    real, producers = Producer.send_all, []

    async def fails_at_first(self, records):
        producers.append(self)
        if self is producers[0]:
            return [OutOfOrderSequenceNumber()] * len(records)
        return await real(self, records)

    monkeypatch.setattr(Producer, "send_all", fails_at_first)
    async with bus.running(bus.consumer(on(UserRegistered, write_effect))):
        await bus.tell("anna", "1", "2")
        await wait_until(lambda: has(bus, "anna", ["1", "2"]), deadline=30)
    assert len(set(map(id, producers))) == 2


async def test_two_relays_publish_one_at_a_time(bus):
    async with bus.running(bus.consumer(on(UserRegistered, write_effect))), bus.running():
        await bus.tell("anna", *[str(n) for n in range(50)])
        await wait_until(lambda: has(bus, "anna", [str(n) for n in range(50)]), deadline=30)
        assert await bus.mongo.db.leases.count_documents({"_id": "relay"}) == 1


def test_rows_behind_one_that_failed_stay_pending():
    rows = [{"user_id": u} for u in ("anna", "anna", "ben", "anna")]
    done = unbroken(rows, [None, ConnectionError(), None, None])
    assert done == [rows[0], rows[2]]


async def everything(bus):
    reader = AIOKafkaConsumer(
        bus.kafka.topic(TOPIC), **bus.kafka.client_options(), auto_offset_reset="earliest"
    )
    await reader.start()
    try:
        heard = []
        while batches := await reader.getmany(timeout_ms=1_000):
            heard += [record for records in batches.values() for record in records]
        return heard
    finally:
        await reader.stop()


async def has(bus, user, locales):
    return (await bus.taken_in()).get(user) == locales


async def published(bus):
    return await bus.mongo.db.outbox.count_documents({"pending": True}) == 0


async def parked(bus, number):
    rows = await bus.mongo.db.parked.find().to_list()
    return sum(len(row["waiting"]) for row in rows) == number
