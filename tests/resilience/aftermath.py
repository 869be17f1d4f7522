"""What must hold after a storm: nothing acknowledged is missing, nothing is double, every entry has
its event."""

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from battlefield import DATABASE, Battlefield
from bson import encode
from pymongo import AsyncMongoClient
from storm import Book, Storm

from kit.caller import use_caller
from kit.events import header_texts
from kit.grpc.client import open_channel
from kit.testing import wait_until
from pfa.events.v1 import ledger_events_pb2
from pfa.ledger.v1 import ledger_pb2
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub

TOPIC = "pfa.ledger.events"
ENTRY_POSTED = ledger_events_pb2.EntryPosted.DESCRIPTOR.full_name
# What only says what was delivered when, or who leads.
BOOKKEEPING = {"inbox", "leases", "outbox", "migrations", "consumer_lag"}


@asynccontextmanager
async def database(field: Battlefield) -> AsyncIterator[Any]:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(field.mongo.uri)
    try:
        yield client[DATABASE]
    finally:
        await client.close()


async def nothing_is_lost_or_double(field: Battlefield, storm: Storm) -> dict[str, int]:
    """Fails on the first difference; answers what was compared."""
    await published(field)
    checked = json.loads(await asyncio.to_thread(field.command, "check", "--json"))
    assert checked["differences"] == []
    async with database(field) as db, open_channel(field.address, name="ledger") as channel:
        for book in storm.books:
            await as_acknowledged(LedgerServiceStub(channel), field, book)
            assert await db.entries.count_documents({"user_id": book.owner}) == book.entries
        entries = {row["_id"] async for row in db.entries.find({}, {"_id": 1})}
    events = await events_of_topic(field)
    assert entry_ids(events) == entries
    no_gap(events)
    return {
        "acts": storm.acts,
        "unanswered calls": storm.unanswered,
        "entries": len(entries),
        "events": len(events),
    }


async def published(field: Battlefield, *, deadline: float = 300) -> None:
    """Return when the outbox has nothing left."""
    async with database(field) as db:

        async def empty() -> bool:
            return await db.outbox.find_one({"pending": True}) is None

        await wait_until(empty, deadline=deadline)


async def as_acknowledged(stub: LedgerServiceStub, field: Battlefield, book: Book) -> None:
    found: dict[str, tuple[int, str, str, int]] = {}
    cursor = ""
    with use_caller(field.caller(book.owner)):
        while True:
            request = ledger_pb2.ListTransactionsRequest()
            request.page.limit, request.page.cursor = 500, cursor
            answer = await stub.ListTransactions(request, timeout=30)
            for t in answer.transactions:
                assert t.id not in found, "a transaction is listed twice"
                found[t.id] = (t.version, t.account_id, t.to_account_id, t.amount.minor_units)
            cursor = answer.page.next_cursor
            if not cursor:
                break
        accounts = (await stub.ListAccounts(ledger_pb2.ListAccountsRequest())).accounts
    assert found == book.standing
    assert {a.id: a.balance.minor_units for a in accounts} == dict(book.balances())


async def events_of_topic(field: Battlefield, topic: str = TOPIC) -> list[Any]:
    """The records of the topic from its beginning to its present end."""
    # Without a group it has all partitions of the topic.
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=field.kafka.bootstrap_servers,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        partitions = sorted(consumer.assignment())
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        records: list[Any] = []
        while any([await consumer.position(p) < ends[p] for p in partitions]):
            for batch in (await consumer.getmany(timeout_ms=1000)).values():
                records += batch
    finally:
        await consumer.stop()
    return records


def entry_ids(records: list[Any]) -> set[str]:
    return {
        ledger_events_pb2.EntryPosted.FromString(record.value).entry_id
        for record in records
        if header_texts(record.headers)["ce_type"] == ENTRY_POSTED
    }


def no_gap(records: list[Any]) -> None:
    """Of each owner the events are numbered from 1 without a gap, and one number is one event."""
    ids: dict[bytes, dict[int, str]] = defaultdict(dict)
    for record in records:
        headers = header_texts(record.headers)
        number = int(headers["ce_sequence"])
        assert ids[record.key].setdefault(number, headers["ce_id"]) == headers["ce_id"]
    for numbers in ids.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


async def deliver(field: Battlefield, records: list[Any]) -> None:
    """Put the records on their topic again, in this order, as they were."""
    producer = AIOKafkaProducer(bootstrap_servers=field.kafka.bootstrap_servers)
    await producer.start()
    try:
        for record in records:
            await producer.send(
                record.topic, value=record.value, key=record.key, headers=list(record.headers)
            )
        await producer.flush()
    finally:
        await producer.stop()


async def consumed(field: Battlefield, *, deadline: float = 180) -> int:
    """Return when every consumer group is at the end of its topics; how many groups there are."""
    admin = AIOKafkaAdminClient(bootstrap_servers=field.kafka.bootstrap_servers)
    consumer = AIOKafkaConsumer(bootstrap_servers=field.kafka.bootstrap_servers)
    await admin.start()
    await consumer.start()
    try:
        groups = [name for name, *_ in await admin.list_consumer_groups()]

        async def all_done() -> bool:
            for group in groups:
                offsets = await admin.list_consumer_group_offsets(group)
                ends = await consumer.end_offsets(list(offsets))
                if any(offsets[p].offset < ends[p] for p in offsets):
                    return False
            return True

        await wait_until(all_done, deadline=deadline)
        return len(groups)
    finally:
        await consumer.stop()
        await admin.close()


async def state_of(field: Battlefield) -> dict[str, str]:
    """A hash of each collection that holds what people have."""
    hashes = {}
    async with database(field) as db:
        for name in sorted(set(await db.list_collection_names()) - BOOKKEEPING):
            digest = hashlib.sha256()
            async for row in db[name].find().sort("_id", 1):
                digest.update(encode(row))
            hashes[name] = digest.hexdigest()
    return hashes
