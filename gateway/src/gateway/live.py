"""Live events: one Kafka consumer, fanned out to the streams of the people concerned."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from google.protobuf.message import Message
from pydantic import ValidationError

from gateway.models.live import LiveEvent, LiveType
from kit.events import Event, UndecodableEvent, decode, header_texts, type_name
from kit.kafka import KafkaSettings
from kit.logging import get_logger
from pfa.events.v1 import ingest_events_pb2 as ingest
from pfa.events.v1 import ledger_events_pb2 as ledger

TOPICS = ("pfa.ledger.events", "pfa.ingest.documents")
# A reader who is further behind than this is sent away, to come back and fetch what is.
QUEUE_LENGTH = 256
STREAMS_PER_PERSON = 20
RETRY_SECONDS = 1.0
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Told:
    """What of an event is told: its type, the version and id of its subject."""

    type: str
    version: int
    subject: str


Teller = Callable[[Any], _Told]
_TELLERS: Mapping[type[Message], Teller] = {
    ledger.TransactionChanged: lambda e: _Told(
        f"transaction.{e.change}", e.version, e.transaction_id
    ),
    ledger.AccountChanged: lambda e: _Told(f"account.{e.change}", e.version, e.account_id),
    ledger.AccountsReordered: lambda e: _Told("accounts.reordered", 0, e.user_id),
    ledger.ReconciliationChanged: lambda e: _Told(
        f"reconciliation.{e.change}", e.version, e.reconciliation_id
    ),
    ledger.CategoryChanged: lambda e: _Told(f"category.{e.change}", e.version, e.category_id),
    ledger.CategoriesReordered: lambda e: _Told("categories.reordered", 0, e.user_id),
    ledger.BookUpdated: lambda e: _Told("book.updated", e.version, e.user_id),
    ledger.BudgetChanged: lambda e: _Told(f"budget.{e.change}", e.version, e.budget_id),
    ledger.BudgetThresholdReached: lambda e: _Told(
        "budget.threshold_reached", e.version, e.budget_id
    ),
    ledger.BudgetExceeded: lambda e: _Told("budget.exceeded", e.version, e.budget_id),
    ledger.RecurringChanged: lambda e: _Told(f"recurring.{e.change}", e.version, e.recurring_id),
    ledger.GoalChanged: lambda e: _Told(f"goal.{e.change}", e.version, e.goal_id),
    ledger.ImportCommitted: lambda e: _Told("import.committed", e.version, e.import_id),
    ledger.CategoryCreated: lambda e: _Told("category.created", e.version, e.category_id),
    ingest.DocumentReceived: lambda e: _Told("document.received", e.version, e.document_id),
    ingest.DocumentExtractionStarted: lambda e: _Told(
        "document.extracting", e.version, e.document_id
    ),
    ingest.DocumentExtracted: lambda e: _Told("document.extracted", e.version, e.document_id),
    ingest.DocumentReady: lambda e: _Told("document.ready", e.version, e.document_id),
    ingest.DocumentAccepted: lambda e: _Told("document.accepted", e.version, e.document_id),
    ingest.DocumentFailed: lambda e: _Told("document.failed", e.version, e.document_id),
    ingest.DraftDecided: lambda e: _Told(f"draft.{e.decision}", e.version, e.draft_id),
}
_MESSAGES: Mapping[str, type[Message]] = {type_name(message): message for message in _TELLERS}


class TooManyStreams(Exception):
    """The person has as many streams open as one may."""


class Subscription:
    """One stream's place in the fan; closed when its reader is too slow or the door shuts."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue(QUEUE_LENGTH)
        self.closed = False

    def offer(self, event: LiveEvent) -> None:
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.close()

    def close(self) -> None:
        self.closed = True
        with suppress(asyncio.QueueFull):
            self._queue.put_nowait(None)

    async def next(self, *, seconds: float) -> LiveEvent | None:
        """The next event; None when there was none for so long, or when closed."""
        if self.closed and self._queue.empty():
            return None
        try:
            return await asyncio.wait_for(self._queue.get(), seconds)
        except TimeoutError:
            return None


class Hub:
    """Who listens, by person."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Subscription]] = defaultdict(set)
        self._listening = asyncio.Event()

    @contextmanager
    def subscribed(self, user_id: str) -> Iterator[Subscription]:
        """Listen to this person's events within the block. Raises TooManyStreams."""
        if len(self._listeners[user_id]) >= STREAMS_PER_PERSON:
            raise TooManyStreams
        subscription = Subscription()
        self._listeners[user_id].add(subscription)
        try:
            yield subscription
        finally:
            self._listeners[user_id].discard(subscription)
            if not self._listeners[user_id]:
                del self._listeners[user_id]

    def publish(self, user_id: str, event: LiveEvent) -> None:
        for subscription in tuple(self._listeners.get(user_id, ())):
            subscription.offer(event)

    def send_all_away(self) -> None:
        """End every stream; clients come back, here or to another gateway, and fetch what is."""
        for subscriptions in tuple(self._listeners.values()):
            for subscription in tuple(subscriptions):
                subscription.close()

    def set_listening(self, listening: bool) -> None:
        if listening:
            self._listening.set()
        else:
            self._listening.clear()

    async def listening(self, *, seconds: float) -> None:
        """Return when events come in, or after so long: late events are better than no stream."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), seconds)


async def listen(hub: Hub, kafka: KafkaSettings) -> None:
    """Feed the hub until cancelled. Kafka may be away and come back."""
    while True:
        consumer = AIOKafkaConsumer(
            *(kafka.topic(name) for name in TOPICS),
            **kafka.client_options(),
            group_id=None,
            auto_offset_reset="latest",
            enable_auto_commit=False,
        )
        try:
            await consumer.start()
            # Where "latest" is, is settled now and not with the first record.
            for partition in consumer.assignment():
                await consumer.position(partition)
            hub.set_listening(True)
            async for record in consumer:
                _pass_on(hub, record)
        except (KafkaError, OSError) as error:
            log.warning("live events pause", error=type(error).__name__)
        finally:
            hub.set_listening(False)
            hub.send_all_away()
            await consumer.stop()
        await asyncio.sleep(RETRY_SECONDS)


def _pass_on(hub: Hub, record: Any) -> None:
    headers = header_texts(record.headers)
    message = _MESSAGES.get(headers.get("ce_type", ""))
    if message is None:
        return
    try:
        event = decode(key=record.key, value=record.value, headers=headers, message=message)
        told = live_event(event)
    except (UndecodableEvent, ValidationError) as error:
        # A newer service may tell what is not known here yet: the others go on.
        log.warning("an event cannot be told", topic=record.topic, error=type(error).__name__)
        return
    hub.publish(event.user_id, told)


def live_event(event: Event[Message]) -> LiveEvent:
    """What a browser is told of an event: what changed, not what it is now."""
    told = _TELLERS[type(event.data)](event.data)
    return LiveEvent(
        id=event.id,
        type=cast("LiveType", told.type),
        version=told.version,
        seq=event.sequence,
        book=event.user_id,
        subject=told.subject,
        at=event.time,
    )
