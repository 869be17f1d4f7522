"""Outbox: events are written in the transaction of the change that they tell of.

What one transaction tells of one user is one document, with its events in order: a group of
postings costs one insert, one mark and few index keys, however many events it has.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message
from pymongo import ReturnDocument

from kit.events import type_name
from kit.ids import new_id
from kit.mongo import Database, Document, Tx
from kit.telemetry import inject_context
from kit.writes import insert_all

PUBLISHED_TTL_SECONDS = 7 * 24 * 3600
# The largest document: the relay holds several at once.
MAX_EVENTS = 500
MAX_BYTES = 1024 * 1024

OWN_HEADS = "outbox_heads"

# Topic, event, subject (the id of the entity that it is about).
Outgoing = tuple[str, Message, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one user, with the trace headers of the act that they tell of."""

    user_id: str
    rows: Sequence[Outgoing]
    trace: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as the outbox holds it; `sequence` counts the user's events without a gap."""

    id: str
    user_id: str
    sequence: int
    topic: str
    type: str
    subject: str
    payload: bytes
    time: datetime


@dataclass(frozen=True, slots=True)
class StoredAct:
    """Events that one act told, and the trace that it was in."""

    trace: Mapping[str, str]
    events: Sequence[StoredEvent]


class NobodyToTellOf(LookupError):
    """The user of whom something is to be told has gone."""


class Outbox:
    """Adds events of one source; the relay publishes them in (user, seq) order.

    The number of a user's latest event is kept in `heads`, in the field `head` of the document of
    that user's id: a collection of the outbox's own, or one of the service's in which every user
    who is told of has a document already.
    """

    def __init__(self, *, source: str, heads: str = OWN_HEADS, head: str = "seq") -> None:
        self.source = source
        self._heads = heads
        self._head = head

    @staticmethod
    async def ensure_indexes(db: Database) -> None:
        await db.outbox.create_index([("user_id", 1), ("seq", 1)], unique=True)
        await db.outbox.create_index(
            [("pending", 1), ("user_id", 1), ("seq", 1)],
            partialFilterExpression={"pending": True},
            name="pending",
        )
        await db.outbox.create_index(
            [("parked.until", 1)],
            partialFilterExpression={"parked.until": {"$exists": True}},
            name="parked",
        )
        await db.outbox.create_index("published_at", expireAfterSeconds=PUBLISHED_TTL_SECONDS)

    async def add(self, tx: Tx, *, user_id: str, topic: str, event: Message, subject: str) -> None:
        """Record one event in the caller's transaction."""
        await self.add_many(tx, user_id=user_id, rows=[(topic, event, subject)])

    async def add_many(self, tx: Tx, *, user_id: str, rows: Sequence[Outgoing]) -> None:
        """Record events in this order in the caller's transaction; the sequence of a user has no
        gaps."""
        await self.add_batches(tx, [Batch(user_id, rows, inject_context())])

    async def add_batches(self, tx: Tx, batches: Sequence[Batch]) -> None:
        """Record events of several users, each batch under the trace that it came from."""
        by_user: dict[str, list[Batch]] = {}
        for batch in batches:
            if batch.rows:
                by_user.setdefault(batch.user_id, []).append(batch)
        if not by_user:
            return
        for user_id, told in sorted(by_user.items()):
            count = sum(len(batch.rows) for batch in told)
            head = await self._move_head(tx, user_id, count)
            await insert_all(tx, "outbox", documents_of(user_id, head, told))

    async def _move_head(self, tx: Tx, user_id: str, count: int) -> int:
        """Take the next numbers, and answer the one before them. Two who do so at once conflict:
        both can't number."""
        row = await tx.db[self._heads].find_one_and_update(
            {"_id": user_id},
            {"$inc": {self._head: count}},
            projection={self._head: 1},
            upsert=self._heads == OWN_HEADS,
            return_document=ReturnDocument.AFTER,
            session=tx.session,
        )
        if row is None:
            raise NobodyToTellOf(f"{self._heads} has no document of {user_id}")
        return int(row[self._head]) - count


def documents_of(user_id: str, head: int, batches: Sequence[Batch]) -> list[Document]:
    """The documents that hold a user's events in order, numbered from after `head`. What comes one
    after the other under one trace is one act."""
    documents: list[Document] = []
    size = 0
    act: Document = {}
    for batch in batches:
        if act and act["trace"] != batch.trace:
            act = {}
        for topic, event, subject in batch.rows:
            payload = event.SerializeToString()
            size += len(payload)
            if not documents or documents[-1]["count"] == MAX_EVENTS or size > MAX_BYTES:
                documents.append(_document(user_id, _last_of(documents, head) + 1))
                size, act = len(payload), {}
            if not act:
                act = {"trace": dict(batch.trace), "events": []}
                documents[-1]["acts"].append(act)
            act["events"].append(
                {
                    "id": new_id(),
                    "topic": topic,
                    "type": type_name(type(event)),
                    "subject": subject,
                    "payload": payload,
                }
            )
            documents[-1]["count"] += 1
    return documents


def acts_of(document: Document) -> Iterator[StoredAct]:
    """What one document of the outbox tells, in order."""
    sequence = document["seq"]
    for act in document["acts"]:
        yield StoredAct(
            act["trace"],
            [_event(document, row, sequence + i) for i, row in enumerate(act["events"])],
        )
        sequence += len(act["events"])


def events_of(document: Document) -> Iterator[StoredEvent]:
    """The events of one document of the outbox, in order."""
    for act in acts_of(document):
        yield from act.events


def _document(user_id: str, seq: int) -> Document:
    """One without events yet; `seq` is the number of the first."""
    return {
        "_id": new_id(),
        "user_id": user_id,
        "seq": seq,
        "count": 0,
        "acts": [],
        "created_at": datetime.now(UTC),
        "pending": True,
    }


def _last_of(documents: Sequence[Document], head: int) -> int:
    return documents[-1]["seq"] + documents[-1]["count"] - 1 if documents else head


def _event(document: Document, row: Mapping[str, Any], sequence: int) -> StoredEvent:
    return StoredEvent(
        id=row["id"],
        user_id=document["user_id"],
        sequence=sequence,
        topic=row["topic"],
        type=row["type"],
        subject=row["subject"],
        payload=row.get("payload", b""),
        time=document["created_at"],
    )
