"""How fast ai learns the entries of an import: together, beside one transaction an event."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ai import shipped
from ai.domain.suggesting import Suggester
from ai.events import learn_handlers
from ai.learning import Learning
from ai.repository import Memories, ensure_indexes
from bench.figures import Findings, rate_figure
from bench.measuring import Sample, Side, compare
from bench.processor import processor_seconds
from bench.world import World
from kit.consumer import Consumer
from kit.events import act_headers, headers_of, type_name
from kit.handlers import Handler
from kit.ids import new_id
from kit.inbox import Inbox
from kit.kafka import KafkaSettings, Outgoing, Producer
from kit.mongo import Mongo
from kit.topics import ensure_topics
from pfa.common.v1.money_pb2 import Money
from pfa.events.v1.ledger_events_pb2 import EntryPosted, Posting

# Of one person, as after an import; a round is so many.
EVENTS = 1_000
_PAYEES, _CATEGORIES = 400, 40
_DEADLINE_SECONDS = 120.0


async def ai_learn(world: World, seconds: float) -> Findings:
    """The consumer of ai, in the process of the benchmark, on topics of its own."""
    environment = world.stack.environment
    kafka = KafkaSettings(environment["KAFKA_BOOTSTRAP_SERVERS"])
    mongo_pid = world.pids("mongo")["mongo"]
    async with AsyncExitStack() as stack:
        producer = await stack.enter_async_context(Producer.open(kafka))

        async def learner(name: str, *, together: bool) -> Learner:
            return await stack.enter_async_context(
                _learning(
                    name, environment["MONGODB_URI"], kafka, producer, mongo_pid, together=together
                )
            )

        ours = await learner("together", together=True)
        alone = await learner("alone", together=False)
        rounds = await compare(Side(ours.take), Side(alone.take), seconds=seconds)
    figure = rate_figure(
        "ai.learn", "events/s", rounds, beside="the same events, a transaction each"
    )
    return Findings([figure], [f"{each.name}: {each.cost()}" for each in (ours, alone)])


@dataclass(slots=True)
class Learner:
    """A consumer that learns from a topic of its own."""

    name: str
    producer: Producer
    inbox: Inbox
    mongo_pid: int
    events: int = 0
    own_seconds: float = 0.0
    mongo_seconds: float = 0.0

    async def take(self, _: float) -> Sample:
        """From the publishing of a person's entries until the last of them is learnt."""
        owner = new_id()
        records, last = _records(self.name, owner)
        own, mongo = time.process_time(), processor_seconds(self.mongo_pid)
        began = time.perf_counter()
        await self.producer.send_all(records)
        while not await self.inbox.seen(last):
            if time.perf_counter() - began > _DEADLINE_SECONDS:
                raise TimeoutError("the entries are not being learnt")
            await asyncio.sleep(0.02)
        elapsed = time.perf_counter() - began
        self.events += len(records)
        self.own_seconds += time.process_time() - own
        self.mongo_seconds += processor_seconds(self.mongo_pid) - mongo
        return Sample([elapsed], elapsed, len(records))

    def cost(self) -> str:
        """Of one event."""
        own, mongo = (1000 * s / self.events for s in (self.own_seconds, self.mongo_seconds))
        return f"{own + mongo:.2f} ms of processor an event (ai {own:.2f}, mongo {mongo:.2f})"


@asynccontextmanager
async def _learning(
    name: str, uri: str, kafka: KafkaSettings, producer: Producer, mongo_pid: int, *, together: bool
) -> AsyncIterator[Learner]:
    async with Mongo.open(uri, database=f"bench_learn_{name}") as mongo:
        await ensure_indexes(mongo.db)
        await Inbox.ensure_indexes(mongo.db)
        learning = Learning(
            suggester=Suggester(shipped.lexicon(), shipped.ngrams()), memories=Memories(mongo.db)
        )
        handlers: Sequence[Handler] = learn_handlers(learning)
        if not together:
            handlers = [replace(handler, together=None) for handler in handlers]
        consumer = Consumer(
            group=name, topics=[_topic(name)], handlers=handlers, mongo=mongo, kafka=kafka
        )
        await ensure_topics(kafka, [_topic(name), *consumer.dead_letter_topics])
        stop = asyncio.Event()
        running = asyncio.create_task(consumer.run(stop))
        try:
            await consumer.ready.wait()
            yield Learner(name, producer, Inbox(mongo.db, group=name), mongo_pid)
        finally:
            stop.set()
            await running


def _topic(name: str) -> str:
    return f"bench.learn.{name}"


def _records(name: str, owner: str) -> tuple[Sequence[Outgoing], str]:
    """The entries of an import as the ledger tells of them, and the id of the last event."""
    chance = random.Random(owner)
    act = act_headers(source="ledger", time=datetime.now(UTC), trace={})
    records: list[Outgoing] = []
    id_ = ""
    for number in range(1, EVENTS + 1):
        id_ = new_id()
        entry = _posted(owner, int(_PAYEES * chance.random() ** 3), chance.randrange(100, 30_000))
        headers = headers_of(
            act, id_=id_, type_=type_name(EntryPosted), subject=entry.entry_id, sequence=number
        )
        records.append(Outgoing(_topic(name), owner, entry.SerializeToString(), headers))
    return records, id_


def _posted(owner: str, payee: int, minor_units: int) -> EntryPosted:
    """Few payees have most entries."""
    spent = Money(minor_units=minor_units, currency="EUR")
    paid = Money(minor_units=-minor_units, currency="EUR")
    return EntryPosted(
        user_id=owner,
        entry_id=new_id(),
        payee=f"{['Café', 'Market', 'Bakery', 'Station', 'Pharmacy'][payee % 5]} {payee}",
        date="2026-01-15",
        postings=[
            Posting(account_id=f"category-{payee % _CATEGORIES}", amount=spent, is_category=True),
            Posting(account_id="account", amount=paid),
        ],
    )
