"""Delivery of one record: inbox, queue of the parked, bounded retries, dead letters."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.structs import ConsumerRecord
from opentelemetry.trace import SpanKind, Status, StatusCode
from pymongo.errors import DuplicateKeyError

from kit.events import Event, UndecodableEvent, decode, event_type, header_texts
from kit.handlers import Handler, Permanent
from kit.inbox import Inbox
from kit.kafka import KafkaSettings, Producer
from kit.logging import get_logger
from kit.mongo import Mongo, Tx
from kit.parking import Parking
from kit.telemetry import extract_context, meter, tracer
from kit.transient import is_transient

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Retry:
    """Bounded exponential back-off with full jitter; delays in seconds."""

    attempts: int = 5
    first_delay: float = 0.2
    max_delay: float = 5.0

    def delay(self, attempt: int) -> float:
        ceiling = min(self.max_delay, self.first_delay * 2 ** min(attempt, 16))
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret


@dataclass(frozen=True, slots=True)
class Received:
    """A record that a handler is there for."""

    record: ConsumerRecord[Any, Any]
    handler: Handler
    user_id: str


class Delivery:
    """Takes the records of one group into effect, each once."""

    def __init__(
        self,
        *,
        group: str,
        handlers: Mapping[str, Handler],
        mongo: Mongo,
        kafka: KafkaSettings,
        producer: Producer,
        retry: Retry,
    ) -> None:
        self._group = group
        self._handlers = handlers
        self._mongo = mongo
        self._kafka = kafka
        self._producer = producer
        self._retry = retry
        self.inbox = Inbox(mongo.db, group=group)
        self.parking = Parking(mongo.db, group=group)
        self._tracer = tracer(__name__)
        self._duration = meter(__name__).create_histogram("messaging.process.duration", unit="s")
        self._dead = meter(__name__).create_counter("pfa.messaging.dead_letters", unit="{message}")

    async def sort_out(self, records: Sequence[ConsumerRecord[Any, Any]]) -> Sequence[Received]:
        """Those of the records that have an effect, in their order: of a type that is handled, and
        of a user whom it concerns."""
        received = []
        for record in records:
            handler = self._handlers.get(event_type(record.headers))
            if handler is not None:
                user_id = (record.key or b"").decode("utf-8", "replace")
                received.append(Received(record, handler, user_id))
        for handler in self._handlers.values():
            users = {one.user_id for one in received if one.handler is handler}
            if handler.concerns is not None and users:
                concerned = await self._concerned(handler.concerns, users)
                received = [
                    one
                    for one in received
                    if one.handler is not handler or one.user_id in concerned
                ]
        return received

    async def _concerned(self, concerns: Any, users: set[str]) -> Any:
        try:
            return await self._patiently(concerns, users)
        except Exception:  # then each record finds out for itself, and fails alone
            log.exception("cannot tell whom events concern", group=self._group)
            return users

    async def deliver(self, received: Received) -> None:
        """Take a record in, or put it among the dead letters. Returns only when one of them is
        done."""
        record, user_id = received.record, received.user_id
        headers = header_texts(record.headers)
        event_id = headers.get("ce_id", "")
        if await self._patiently(self.inbox.seen, event_id):
            return
        if await self._patiently(self.parking.queue_behind, user_id, event_id):
            await self._bury(record, headers, error="waits behind an earlier event of this user")
            return
        try:
            await self.take_in(record, headers, received.handler)
        except (
            Exception
        ) as error:  # whatever a handler raises: the record must not hold up the others
            log.exception("event failed", group=self._group, event_id=event_id)
            text = f"{type(error).__name__}: {error}"
            await self._patiently(self._open_queue, user_id, event_id, text)
            await self._bury(record, headers, error=text)

    async def take_in(
        self, record: ConsumerRecord[Any, Any], headers: Mapping[str, str], handler: Handler
    ) -> None:
        """Run the handler, again after a failure, within the bounds of the retry. Raises the last
        failure."""
        event = decode(key=record.key, value=record.value, headers=headers, message=handler.message)
        attempt = 0
        while True:
            try:
                await self._once(record.topic, event, handler)
                return
            except (Permanent, UndecodableEvent):
                raise
            except Exception as error:  # classified below; the last one is raised
                attempt += 1
                if attempt >= self._retry.attempts and not is_transient(error):
                    raise
                log.warning(
                    "event retried",
                    group=self._group,
                    event_id=event.id,
                    attempt=attempt,
                    error=str(error),
                )
            await asyncio.sleep(self._retry.delay(attempt))

    async def _once(self, topic: str, event: Event[Any], handler: Handler) -> None:
        started = time.perf_counter()
        with self._tracer.start_as_current_span(
            f"process {topic}",
            context=extract_context(event.trace_headers),
            kind=SpanKind.CONSUMER,
            attributes={
                "messaging.system": "kafka",
                "messaging.destination.name": topic,
                "messaging.consumer.group.name": self._group,
                "messaging.operation.type": "process",
                "messaging.message.id": event.id,
                "messaging.message.type": event.type,
            },
        ) as span:
            try:
                await self._effect(event, handler)
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
            finally:
                attributes = {
                    "messaging.consumer.group.name": self._group,
                    "messaging.message.type": event.type,
                }
                self._duration.record(time.perf_counter() - started, attributes)

    async def _effect(self, event: Event[Any], handler: Handler) -> None:
        prepared = await handler.prepare(event)

        async def work(tx: Tx) -> None:
            await self.inbox.record(tx, event.id)
            await handler.apply(tx, event, prepared)

        try:
            await self._mongo.in_transaction(work)
        except DuplicateKeyError:
            # Another process was first if the inbox says so; otherwise the handler broke a key of
            # its own.
            if not await self.inbox.seen(event.id):
                raise

    async def _open_queue(self, user_id: str, event_id: str, error: str) -> None:
        await self.parking.open_queue(user_id, event_id, error=error)

    async def bury_again(
        self, record: ConsumerRecord[Any, Any], headers: Mapping[str, str], error: str
    ) -> None:
        """Put a dead letter back at the end of its topic."""
        await self._bury(record, headers, error=error)

    async def _bury(
        self, record: ConsumerRecord[Any, Any], headers: Mapping[str, str], *, error: str
    ) -> None:
        topic = record.topic.removeprefix(self._kafka.topic_prefix)
        origin = topic.removesuffix(f".{self._group}.dlq")
        trace_id = [*headers.get("traceparent", "").split("-"), "", ""][1]
        extra = {
            "pfa_dlq_origin": headers.get(
                "pfa_dlq_origin", f"{record.topic}/{record.partition}/{record.offset}"
            ),
            "pfa_dlq_error": error[:500],
            "pfa_dlq_trace_id": trace_id,
        }
        buried = [(name, value) for name, value in record.headers if name not in extra]
        buried += [(name, text.encode()) for name, text in extra.items()]
        key = (record.key or b"").decode("utf-8", "replace")
        target = f"{origin}.{self._group}.dlq"

        async def send() -> None:
            await self._producer.send(target, key=key, value=record.value or b"", headers=buried)

        await self._patiently(send)
        self._dead.add(
            1, {"messaging.consumer.group.name": self._group, "messaging.destination.name": origin}
        )

    async def _patiently(self, call: Any, *args: Any) -> Any:
        """Call, and wait out servers that are away: losing the record's place would be worse."""
        attempt = 0
        while True:
            try:
                return await call(*args)
            except Exception as error:  # only what passes by itself is waited out
                if not is_transient(error):
                    raise
                attempt += 1
                log.warning("waits", group=self._group, error=type(error).__name__, attempt=attempt)
            await asyncio.sleep(self._retry.delay(attempt))
