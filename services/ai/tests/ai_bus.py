"""The bus around ai in tests: tell it events, read what it says."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer
from google.protobuf.message import Message

from kit.events import act_headers, decode, header_texts, headers_of, type_name
from kit.ids import new_id
from kit.kafka import KafkaSettings, Producer
from pfa.common.v1 import money_pb2
from pfa.events.v1 import ai_events_pb2, ingest_events_pb2, ledger_events_pb2


@dataclass
class Bus:
    """Sends as the other services' relays do; one owner's events in order."""

    kafka: KafkaSettings
    producer: Producer
    suggestions: AIOKafkaConsumer
    heard: list[ai_events_pb2.SuggestionsMade] = field(default_factory=list)

    async def tell(self, topic: str, user_id: str, event: Message, *, event_id: str = "") -> str:
        """Send an event, with the id given when it is the same one again, and answer its id."""
        id_ = event_id or new_id()
        headers = headers_of(
            act_headers(source="test", time=datetime.now(UTC), trace={}),
            id_=id_,
            type_=type_name(type(event)),
            subject=user_id,
            sequence=1,
        )
        await self.producer.send(
            topic, key=user_id, value=event.SerializeToString(), headers=headers
        )
        return id_

    async def hear(self) -> ai_events_pb2.SuggestionsMade:
        """The next SuggestionsMade on the topic."""
        record = await self.suggestions.getone()
        event = decode(
            key=record.key,
            value=record.value,
            headers=header_texts(record.headers),
            message=ai_events_pb2.SuggestionsMade,
        )
        assert event.source == "ai"
        assert event.user_id == event.data.user_id
        return event.data


@asynccontextmanager
async def opened(kafka: KafkaSettings, suggestions_topic: str) -> AsyncIterator[Bus]:
    """A bus on topics that exist already."""
    consumer = AIOKafkaConsumer(
        kafka.topic(suggestions_topic),
        bootstrap_servers=kafka.bootstrap_servers,
        auto_offset_reset="earliest",
    )
    async with Producer.open(kafka) as producer:
        await consumer.start()
        try:
            yield Bus(kafka, producer, consumer)
        finally:
            await consumer.stop()


def extracted(
    user_id: str, document_id: str, drafts: Sequence[tuple[str, str, int]]
) -> ingest_events_pb2.DocumentExtracted:
    """A document with drafts of (id, payee, minor units)."""
    return ingest_events_pb2.DocumentExtracted(
        user_id=user_id,
        document_id=document_id,
        version=3,
        drafts=[
            ingest_events_pb2.ExtractedDraft(
                draft_id=draft_id,
                payee=payee,
                date="2026-04-01",
                amount=money_pb2.Money(minor_units=amount, currency="EUR"),
            )
            for draft_id, payee, amount in drafts
        ],
    )


def posted(
    user_id: str,
    entry_id: str,
    payee: str,
    category_id: str,
    amount: int,
    *,
    reverses: str = "",
    category_unreviewed: bool = False,
) -> ledger_events_pb2.EntryPosted:
    """An entry on one category (debit positive) against an account."""

    def line(account: str, minor_units: int, *, is_category: bool) -> ledger_events_pb2.Posting:
        money = money_pb2.Money(minor_units=minor_units, currency="EUR")
        return ledger_events_pb2.Posting(account_id=account, amount=money, is_category=is_category)

    return ledger_events_pb2.EntryPosted(
        user_id=user_id,
        entry_id=entry_id,
        payee=payee,
        date="2026-04-01",
        postings=[
            line(category_id, amount, is_category=True),
            line("checking", -amount, is_category=False),
        ],
        reverses_entry_id=reverses,
        category_unreviewed=category_unreviewed,
    )
