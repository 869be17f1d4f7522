"""Delivery of one record: inbox, queue of the parked, bounded retries, dead letters."""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.structs import ConsumerRecord
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, get_current_span
from opentelemetry.util.types import AttributeValue
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
MOST_TOGETHER = 500
"""Events that one transaction takes in, at most: what it writes has to be done in seconds."""


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

    async def deliver_all(self, lane: Sequence[Received]) -> None:
        """Take the records of one user in, in their order: those that their handler takes together
        in one transaction, the others one by one."""
        for run in _runs(lane):
            if len(run) > 1 and await self._deliver_together(run):
                continue
            for received in run:
                await self.deliver(received)

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
                with self._processing(record.topic, [event]):
                    await self._effect(event, handler)
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

    async def _deliver_together(self, run: Sequence[Received]) -> bool:
        """Whether they have taken effect. Otherwise none has, and each has to be delivered alone:
        one of them is at fault, or has to wait behind another."""
        first = run[0]
        try:
            events = [_decoded(received) for received in run]
        except UndecodableEvent:
            return False
        attempt = 0
        while not await self._patiently(self.parking.has_queue, first.user_id):
            try:
                await self._together(first.record.topic, events, first.handler)
                return True
            except Exception as error:  # the event at fault raises it again when it is alone
                told = {"group": self._group, "count": len(run)}
                if not is_transient(error):
                    log.exception("events failed together", **told)
                    return False
                log.warning("events retried together", error=type(error).__name__, **told)
            attempt += 1
            await asyncio.sleep(self._retry.delay(attempt))
        return False

    async def _together(self, topic: str, events: Sequence[Event[Any]], handler: Handler) -> None:
        together = handler.together
        if together is None:
            raise TypeError(f"the handler of {handler.type} takes one event at a time")
        seen = await self.inbox.seen_of([event.id for event in events])
        # One batch can hold an event that was delivered twice.
        fresh = list({event.id: event for event in events if event.id not in seen}.values())
        if not fresh:
            return
        with self._processing(topic, fresh):
            prepared = await together.prepare(fresh)

            async def work(tx: Tx) -> None:
                await self.inbox.record_all(tx, [event.id for event in fresh])
                await together.apply(tx, fresh, prepared)

            await self._mongo.in_transaction(work)

    @contextmanager
    def _processing(self, topic: str, events: Sequence[Event[Any]]) -> Iterator[None]:
        """A span and a duration for what is done with the events. Of several the span belongs to
        the trace of the first, and is linked to those of the others."""
        started = time.perf_counter()
        first = events[0]
        attributes: dict[str, AttributeValue] = {
            "messaging.system": "kafka",
            "messaging.destination.name": topic,
            "messaging.consumer.group.name": self._group,
            "messaging.operation.type": "process",
            "messaging.message.type": first.type,
        }
        if len(events) == 1:
            attributes["messaging.message.id"] = first.id
        else:
            attributes["messaging.batch.message_count"] = len(events)
        with self._tracer.start_as_current_span(
            f"process {topic}",
            context=extract_context(first.trace_headers),
            kind=SpanKind.CONSUMER,
            attributes=attributes,
            links=_links(events[1:]),
        ) as span:
            try:
                yield
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
            finally:
                measured = {
                    "messaging.consumer.group.name": self._group,
                    "messaging.message.type": first.type,
                }
                self._duration.record(time.perf_counter() - started, measured)

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


def _runs(lane: Sequence[Received]) -> Iterator[Sequence[Received]]:
    """The lane, cut where the handler changes; one by one where it takes no events together."""
    run: list[Received] = []
    for received in lane:
        if run and (received.handler is not run[0].handler or len(run) == MOST_TOGETHER):
            yield run
            run = []
        if received.handler.together is None:
            yield [received]
        else:
            run.append(received)
    if run:
        yield run


def _decoded(received: Received) -> Event[Any]:
    record = received.record
    return decode(
        key=record.key,
        value=record.value,
        headers=header_texts(record.headers),
        message=received.handler.message,
    )


def _links(events: Sequence[Event[Any]]) -> list[Link]:
    """One for each trace: an import tells of a thousand entries in one."""
    by_trace = {event.trace_headers.get("traceparent", ""): event for event in events}
    contexts = [
        get_current_span(extract_context(event.trace_headers)).get_span_context()
        for event in by_trace.values()
    ]
    return [Link(context) for context in contexts if context.is_valid]
