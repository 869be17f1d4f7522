"""Relay: publishes what the outbox holds in (user, seq) order, at least once, one relay at a
time.

A document that can't be read, or that the brokers refuse for good, is parked (`kit/rows.py`). The
later documents of its user wait behind it, for a user's events stay in order; all others go on.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)
from opentelemetry.trace import SpanKind
from pymongo.errors import PyMongoError

from kit.clock import Clock, SystemClock
from kit.events import Headers, act_headers, headers_of
from kit.ids import new_id
from kit.kafka import KafkaSettings, Outgoing, Producer, ping
from kit.leases import Lease
from kit.logging import get_logger
from kit.mongo import Document, Mongo
from kit.outbox import StoredAct, StoredEvent, acts_of
from kit.rows import MARK, RowParking
from kit.telemetry import extract_context, inject_context, meter, tracer

# Documents read at a time; each holds up to 500 events.
BATCH = 64
POLL_SECONDS = 1.0
# While there is something to publish, what comes meanwhile goes out together: at least so long, at
# most so long, and between them as long as keeps the relay, and who reads what it publishes, at
# work for a tenth of the time. A round costs Kafka and MongoDB the same whatever it carries.
LEAST_LINGER_SECONDS, MOST_LINGER_SECONDS = 0.05, 0.5
LINGER_PER_WORK = 9
LEASE_SECONDS = 10.0
# The record is at fault: the brokers will refuse it whenever it comes.
_REFUSED_FOR_GOOD = (InvalidTopicError, MessageSizeTooLargeError, RecordListTooLargeError)
log = get_logger(__name__)


class Relay:
    """The rows are the truth and are polled; a change stream only shortens the wait for the first
    after a pause. Under load there is none: it would cost MongoDB a tenth of a posting."""

    def __init__(
        self, *, mongo: Mongo, kafka: KafkaSettings, source: str, clock: Clock | None = None
    ) -> None:
        self._mongo = mongo
        self._kafka = kafka
        self._source = source
        self._lease = Lease(mongo.db, name="relay", holder=new_id(), seconds=LEASE_SECONDS)
        self._clock = clock or SystemClock()
        self._parking = RowParking(mongo.db, collection="outbox", work="relay", clock=self._clock)
        # How many documents to send by themselves: one of those sent together was refused.
        self._alone = 0
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._tracer = tracer(__name__)
        self._published = meter(__name__).create_counter(
            "messaging.client.sent.messages", unit="{message}"
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop. Mongo and Kafka may go away and come back."""
        watcher = asyncio.create_task(self._watch())
        try:
            while not stop.is_set():
                await self._with_one_producer(stop)
            # Where it can't be given back, it lapses by itself.
            with contextlib.suppress(PyMongoError, OSError):
                await self._lease.release()
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    async def _with_one_producer(self, stop: asyncio.Event) -> None:
        """Publish until told to stop, or until Kafka fails: a producer that gave up a batch has
        lost count of what it sent, and the brokers may refuse it ever after. While they are away
        there is none, for it would ask for them without a pause."""
        try:
            await ping(self._kafka)
            async with Producer.open(self._kafka) as producer:
                while not stop.is_set():
                    await self._round(producer, stop)
        except (KafkaError, OSError) as error:
            log.warning("relay waits for kafka", error=type(error).__name__)
            await self._sleep(stop)

    async def _round(self, producer: Producer, stop: asyncio.Event) -> None:
        """Publish all that there is, and wait for more. Raises KafkaError."""
        try:
            leading = await self._lease.hold()
            self._idle.clear()
            began = time.monotonic()
            while leading and (published := await self.publish_pending(producer)):
                if stop.is_set():
                    return
                if published < BATCH:
                    await asyncio.sleep(linger(time.monotonic() - began))
                began = time.monotonic()
                leading = await self._lease.hold()
            if leading:
                self._idle.set()
        except PyMongoError as error:
            log.warning("relay waits for mongodb", error=type(error).__name__)
        await self._sleep(stop)

    async def publish_pending(self, producer: Producer) -> int:
        """Publish one batch and answer how many documents it had. Raises KafkaError,
        PyMongoError."""
        query: Document = {"pending": True}
        if held := await self._held_users():
            query["user_id"] = {"$nin": held}
        documents = await (
            self._mongo.db.outbox.find(query)
            .sort([("user_id", 1), ("seq", 1)])
            .limit(BATCH)
            .to_list()
        )
        if self._alone:
            self._alone -= 1
            documents = documents[:1]
        if documents:
            await self._publish(producer, documents)
        return len(documents)

    async def _held_users(self) -> Sequence[str]:
        """Those whose next document is parked."""
        query = {f"{MARK}.until": {"$gt": self._clock.now()}}
        return await self._mongo.db.outbox.distinct("user_id", query)

    async def _publish(self, producer: Producer, documents: Sequence[Document]) -> None:
        readable, records, ends = [], list[Outgoing](), []
        broken: set[object] = set()
        for document in documents:
            if document.get("user_id") in broken:
                continue
            try:
                told = [record for act in acts_of(document) for record in self._records(act)]
            except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
                broken.add(document.get("user_id"))
                await self._parking.park(document, error)
                continue
            readable.append(document)
            records += told
            ends.append(len(records))
        failures = await producer.send_all(records)
        outcomes = [
            next((failure for failure in failures[begin:end] if failure), None)
            for begin, end in pairwise([0, *ends])
        ]
        done = unbroken(readable, outcomes)
        if done:
            await self._mark(done)
        self._published.add(sum(row.get("count", 0) for row in done), {"messaging.system": "kafka"})
        for document, outcome in zip(readable, outcomes, strict=True):
            if outcome is not None:
                await self._look_at(document, outcome, among=len(readable))
                raise outcome

    async def _look_at(self, document: Document, outcome: BaseException, *, among: int) -> None:
        """A record that is refused for good fails those that were sent with it. So each is sent by
        itself next time, and the one that fails alone is parked."""
        if not isinstance(outcome, _REFUSED_FOR_GOOD):
            return
        if among > 1:
            self._alone = among
        else:
            await self._parking.park(document, outcome)

    async def _mark(self, done: Sequence[Document]) -> None:
        query = {
            "user_id": {"$in": sorted({row["user_id"] for row in done})},
            "_id": {"$in": [row["_id"] for row in done]},
        }
        published = {
            "$unset": {"pending": "", MARK: ""},
            "$set": {"published_at": datetime.now(UTC)},
        }
        await self._mongo.db.outbox.update_many(query, published)

    def _records(self, act: StoredAct) -> Sequence[Outgoing]:
        """The records of one act. They share a span: an import of thousands has one, not one an
        event."""
        with self._tracer.start_as_current_span(
            f"send {act.events[0].topic}",
            context=extract_context(act.trace),
            kind=SpanKind.PRODUCER,
            attributes={
                "messaging.system": "kafka",
                "messaging.destination.name": act.events[0].topic,
                "messaging.operation.type": "send",
                "messaging.batch.message_count": len(act.events),
                "messaging.message.id": act.events[0].id,
                "messaging.message.type": act.events[0].type,
            },
        ):
            trace = inject_context() or act.trace
        shared = act_headers(source=self._source, time=act.events[0].time, trace=trace)
        return [_record(event, shared) for event in act.events]

    async def _sleep(self, stop: asyncio.Event) -> None:
        waits = [asyncio.create_task(self._wake.wait()), asyncio.create_task(stop.wait())]
        await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        self._wake.clear()

    async def _watch(self) -> None:
        pipeline: list[Document] = [
            {"$match": {"operationType": "insert"}},
            {"$project": {"_id": 1}},
        ]
        while True:
            await self._idle.wait()
            try:
                async with await self._mongo.db.outbox.watch(
                    pipeline, max_await_time_ms=int(POLL_SECONDS * 1000)
                ) as changes:
                    # What was written before the stream was open is in no stream.
                    self._wake.set()
                    while self._idle.is_set():
                        if await changes.try_next() is not None:
                            self._wake.set()
            except (PyMongoError, OSError):
                await asyncio.sleep(POLL_SECONDS)


def linger(worked: float) -> float:
    """How many seconds to wait for more after a round that took so many."""
    return min(max(LINGER_PER_WORK * worked, LEAST_LINGER_SECONDS), MOST_LINGER_SECONDS)


def _record(event: StoredEvent, shared: Headers) -> Outgoing:
    """Raises TypeError where a field is not what the outbox writes."""
    payload: object = event.payload
    texts: Sequence[object] = (event.topic, event.user_id, event.id, event.type, event.subject)
    if not isinstance(payload, bytes) or not all(isinstance(text, str) for text in texts):
        raise TypeError("the event is not one that the outbox writes")
    headers = headers_of(
        shared, id_=event.id, type_=event.type, subject=event.subject, sequence=event.sequence
    )
    return Outgoing(event.topic, event.user_id, event.payload, headers)


def unbroken(rows: Sequence[Document], outcomes: Sequence[object]) -> list[Document]:
    """The documents that may be marked: of each user, those before the first that failed."""
    failed: set[str] = set()
    done = []
    for row, outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            failed.add(row["user_id"])
        elif row["user_id"] not in failed:
            done.append(row)
    return done
