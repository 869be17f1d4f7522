"""Relay: publishes pending outbox rows in (user, seq) order, at least once, one relay at a time."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka.errors import KafkaError
from opentelemetry.trace import SpanKind
from pymongo.errors import PyMongoError

from kit.events import headers_of
from kit.ids import new_id
from kit.kafka import KafkaSettings, Producer
from kit.leases import Lease
from kit.logging import get_logger
from kit.mongo import Document, Mongo
from kit.telemetry import extract_context, inject_context, meter, tracer

BATCH = 500
POLL_SECONDS = 1.0
LEASE_SECONDS = 10.0
log = get_logger(__name__)


class Relay:
    """The rows are the truth and are polled; a change stream only shortens the wait."""

    def __init__(self, *, mongo: Mongo, kafka: KafkaSettings, source: str) -> None:
        self._mongo = mongo
        self._kafka = kafka
        self._source = source
        self._lease = Lease(mongo.db, name="relay", holder=new_id(), seconds=LEASE_SECONDS)
        self._wake = asyncio.Event()
        self._published = meter(__name__).create_counter(
            "messaging.client.sent.messages", unit="{message}"
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop. Mongo and Kafka may go away and come back."""
        watcher = asyncio.create_task(self._watch())
        try:
            async with Producer.open(self._kafka) as producer:
                while not stop.is_set():
                    await self._round(producer, stop)
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    async def _round(self, producer: Producer, stop: asyncio.Event) -> None:
        try:
            leading = await self._lease.hold()
            while leading and await self.publish_pending(producer) == BATCH and not stop.is_set():
                leading = await self._lease.hold()
            if stop.is_set():
                await self._lease.release()
                return
        except (PyMongoError, KafkaError, OSError) as error:
            log.warning("relay waits", error=type(error).__name__)
        await self._sleep(stop)

    async def publish_pending(self, producer: Producer) -> int:
        """Publish one batch and answer how many rows it had. Raises KafkaError, PyMongoError."""
        rows = await (
            self._mongo.db.outbox.find({"pending": True})
            .sort([("user_id", 1), ("seq", 1)])
            .limit(BATCH)
            .to_list()
        )
        if rows:
            await self._publish(producer, rows)
        return len(rows)

    async def _publish(self, producer: Producer, rows: Sequence[Document]) -> None:
        futures = [await self._enqueue(producer, row) for row in rows]
        outcomes = await asyncio.gather(*futures, return_exceptions=True)
        done = unbroken(rows, outcomes)
        await self._mongo.db.outbox.update_many(
            {"_id": {"$in": [row["_id"] for row in done]}},
            {"$unset": {"pending": ""}, "$set": {"published_at": datetime.now(UTC)}},
        )
        self._published.add(len(done), {"messaging.system": "kafka"})
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _enqueue(self, producer: Producer, row: Document) -> "asyncio.Future[Any]":
        with tracer(__name__).start_as_current_span(
            f"send {row['topic']}",
            context=extract_context(row["trace"]),
            kind=SpanKind.PRODUCER,
            attributes={
                "messaging.system": "kafka",
                "messaging.destination.name": row["topic"],
                "messaging.operation.type": "send",
                "messaging.message.id": row["_id"],
                "messaging.message.type": row["type"],
            },
        ):
            headers = headers_of(
                id_=row["_id"],
                type_=row["type"],
                source=self._source,
                subject=row["subject"],
                sequence=row["seq"],
                time=row["created_at"],
                trace=inject_context() or row["trace"],
            )
            return await producer.enqueue(
                row["topic"], key=row["user_id"], value=row["payload"], headers=headers
            )

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
            try:
                async with await self._mongo.db.outbox.watch(pipeline) as changes:
                    async for _ in changes:
                        self._wake.set()
            except (PyMongoError, OSError):
                await asyncio.sleep(POLL_SECONDS)


def unbroken(rows: Sequence[Document], outcomes: Sequence[object]) -> list[Document]:
    """The rows that may be marked: of each user, those before the first that failed."""
    failed: set[str] = set()
    done = []
    for row, outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, BaseException):
            failed.add(row["user_id"])
        elif row["user_id"] not in failed:
            done.append(row)
    return done
