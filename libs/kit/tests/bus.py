"""A small service on the bus for tests: an outbox, a relay and a consumer on real servers."""

import asyncio
import contextlib

from kit.consumer import Consumer, Retry
from kit.outbox import Outbox
from kit.relay import Relay
from kit.topics import ensure_topics
from pfa.events.v1.auth_events_pb2 import UserRegistered

TOPIC = "pfa.auth.events"


class Bus:
    """Adds events and takes them in."""

    def __init__(self, mongo, kafka):
        self.mongo = mongo
        self.kafka = kafka
        self.outbox = Outbox(source="auth")

    async def tell(self, user_id, *locales):
        rows = [(TOPIC, UserRegistered(user_id=user_id, locale=x), user_id) for x in locales]

        async def work(tx):
            await self.outbox.add_many(tx, user_id=user_id, rows=rows)

        await self.mongo.in_transaction(work)

    def consumer(self, *handlers, group="books", attempts=2):
        retry = Retry(attempts=attempts, first_delay=0.01, max_delay=0.05)
        return Consumer(
            group=group,
            topics=[TOPIC],
            handlers=handlers,
            mongo=self.mongo,
            kafka=self.kafka,
            retry=retry,
        )

    @contextlib.asynccontextmanager
    async def running(self, *consumers, relay=True):
        topics = {TOPIC}.union(*(c.dead_letter_topics for c in consumers))
        await ensure_topics(self.kafka, topics)
        stop = asyncio.Event()
        tasks = [asyncio.create_task(consumer.run(stop)) for consumer in consumers]
        if relay:
            publisher = Relay(mongo=self.mongo, kafka=self.kafka, source="auth")
            tasks.append(asyncio.create_task(publisher.run(stop)))
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*tasks)

    async def taken_in(self):
        """Locales in the order in which they took effect, per user."""
        effects: dict[str, list[str]] = {}
        async for row in self.mongo.db.effects.find().sort("_id"):
            effects.setdefault(row["user"], []).append(row["locale"])
        return effects


async def write_effect(tx, event):
    await tx.db.effects.insert_one(
        {"user": event.user_id, "locale": event.data.locale}, session=tx.session
    )


class Batches:
    """A handler's effects, written together, and how many came each time. The locale that spoils
    them fails."""

    def __init__(self):
        self.sizes = []
        self.spoils = "bad"

    async def write(self, tx, events):
        rows = [{"user": e.user_id, "locale": e.data.locale} for e in events]
        await tx.db.effects.insert_many(rows, session=tx.session)
        if any(row["locale"] == self.spoils for row in rows):
            raise ValueError("a bad event")
        self.sizes.append(len(events))
