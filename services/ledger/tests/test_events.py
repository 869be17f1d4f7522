"""What the ledger tells and hears, through the real broker."""

import asyncio

import pytest
from ledger_world import Person, coffee, eur

from kit.consumer import Consumer
from kit.events import type_name
from kit.ids import new_id
from kit.kafka import KafkaSettings
from kit.mongo import Mongo
from kit.outbox import Outbox, events_of
from kit.relay import Relay
from kit.testing import wait_until
from ledger.domain.entry import Origin
from ledger.events import AUTH_TOPIC, BOOKS_GROUP, handlers
from pfa.events.v1 import ledger_events_pb2 as events
from pfa.events.v1.auth_events_pb2 import UserRegistered

TYPES = {
    type_name(m): m
    for m in (
        events.EntryPosted,
        events.TransactionChanged,
        events.AccountChanged,
        events.CategoryCreated,
    )
}


async def told(mongo: Mongo, person: Person) -> list:
    rows = await mongo.db.outbox.find({"user_id": person.id}).sort("seq", 1).to_list()
    told = [event for row in rows for event in events_of(row)]
    assert [event.sequence for event in told] == list(range(1, len(told) + 1))
    return [TYPES[event.type].FromString(event.payload) for event in told]


async def test_each_entry_is_told_and_then_its_transaction(anna: Person, mongo: Mongo):
    account = await anna.account(opening_balance=eur(100))
    posted = await anna.post(coffee(account))
    await anna.edit(posted, coffee(account, -500))
    await anna.delete(posted)

    rows = await told(mongo, anna)

    assert [type(row).__name__ for row in rows] == [
        "AccountChanged",
        *["EntryPosted", "TransactionChanged"] * 2,
        *["EntryPosted", "EntryPosted", "TransactionChanged"],
        *["EntryPosted", "TransactionChanged"],
    ]
    assert [r.change for r in rows if isinstance(r, events.TransactionChanged)] == [
        "created",
        "created",
        "edited",
        "deleted",
    ]
    entry, reversal = rows[3], rows[5]
    assert [p.amount.minor_units for p in entry.postings] == [-450, 450]
    assert [p.is_category for p in entry.postings] == [False, True]
    assert reversal.reverses_entry_id == entry.entry_id


async def test_the_entry_says_whether_a_person_looked_at_its_category(anna: Person, mongo: Mongo):
    account, food = await anna.account(), await anna.category("groceries")
    seen, unseen = (
        coffee(account, category_id=food.id, origin=Origin(category_unreviewed=unreviewed))
        for unreviewed in (False, True)
    )
    await anna.post(seen)
    posted = await anna.post(unseen)
    await anna.delete(posted)
    await anna.restore(posted)

    entries = [row for row in await told(mongo, anna) if isinstance(row, events.EntryPosted)]

    assert [entry.category_unreviewed for entry in entries] == [False, True, True, True]


async def test_a_refused_posting_tells_nothing(anna: Person, mongo: Mongo):
    account = await anna.account()
    await asyncio.gather(anna.post(coffee(account, 0)), return_exceptions=True)

    assert [type(row).__name__ for row in await told(mongo, anna)] == ["AccountChanged"]


@pytest.fixture
def kafka(kafka_server) -> KafkaSettings:
    kafka_server.create_topics({AUTH_TOPIC: 1, f"{AUTH_TOPIC}.{BOOKS_GROUP}.dlq": 1})
    return KafkaSettings(bootstrap_servers=kafka_server.bootstrap_servers)


async def test_registration_opens_a_book_in_the_persons_language(
    anna: Person, mongo: Mongo, kafka: KafkaSettings
):
    consumer = Consumer(
        group=BOOKS_GROUP,
        topics=[AUTH_TOPIC],
        handlers=handlers(anna.ledger.books, anna.ledger.files.erasure),
        mongo=mongo,
        kafka=kafka,
    )
    relay = Relay(mongo=mongo, kafka=kafka, source="auth")
    stop = asyncio.Event()
    running = [asyncio.create_task(role.run(stop)) for role in (consumer, relay)]

    async def register(user_id: str) -> None:
        event = UserRegistered(user_id=user_id, locale="de")
        await mongo.in_transaction(
            lambda tx: Outbox(source="auth").add(
                tx, user_id=user_id, topic=AUTH_TOPIC, event=event, subject=user_id
            )
        )

    other = new_id()
    await register(anna.id)
    await register(other)
    for user_id in (anna.id, other):
        await wait_until(lambda u=user_id: opened(mongo, u), deadline=30)
    stop.set()
    await asyncio.gather(*running)

    names = {c.name for c in await anna.ledger.categories.list_categories(owner=anna.id)}
    assert "Lebensmittel" in names


async def opened(mongo: Mongo, user_id: str) -> bool:
    return await mongo.db.books.find_one({"_id": user_id}) is not None
