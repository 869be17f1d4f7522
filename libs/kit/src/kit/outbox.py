"""Outbox: an event is a row written in the transaction of the change that it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message
from pymongo import UpdateOne

from kit.events import type_name
from kit.ids import new_id
from kit.mongo import Database, Tx
from kit.telemetry import inject_context

PUBLISHED_TTL_SECONDS = 7 * 24 * 3600

# Topic, event, subject (the id of the entity that it is about).
Outgoing = tuple[str, Message, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one user, with the trace headers of the act that they tell of."""

    user_id: str
    rows: Sequence[Outgoing]
    trace: Mapping[str, str] = field(default_factory=dict)


class Outbox:
    """Adds events of one source; the relay publishes them in (user, seq) order."""

    def __init__(self, *, source: str) -> None:
        self.source = source

    @staticmethod
    async def ensure_indexes(db: Database) -> None:
        await db.outbox.create_index([("user_id", 1), ("seq", 1)], unique=True)
        await db.outbox.create_index(
            [("pending", 1), ("user_id", 1), ("seq", 1)],
            partialFilterExpression={"pending": True},
            name="pending",
        )
        await db.outbox.create_index("published_at", expireAfterSeconds=PUBLISHED_TTL_SECONDS)

    async def add(self, tx: Tx, *, user_id: str, topic: str, event: Message, subject: str) -> None:
        """Record one event in the caller's transaction."""
        await self.add_many(tx, user_id=user_id, rows=[(topic, event, subject)])

    async def add_many(self, tx: Tx, *, user_id: str, rows: Sequence[Outgoing]) -> None:
        """Record events in this order in the caller's transaction; the sequence of a user has no
        gaps."""
        if rows:
            await self.add_batches(tx, [Batch(user_id, rows, inject_context())])

    async def add_batches(self, tx: Tx, batches: Sequence[Batch]) -> None:
        """Record events of several users, each batch under the trace that it came from."""
        heads = await self._heads(tx, {batch.user_id for batch in batches})
        documents = []
        for batch in batches:
            for row in batch.rows:
                heads[batch.user_id] += 1
                documents.append(
                    self._document(batch.user_id, heads[batch.user_id], row, batch.trace)
                )
        # A head that someone else moved since the snapshot is a write conflict: both can't number.
        moves = [
            UpdateOne({"_id": user_id}, {"$set": {"seq": seq}}, upsert=True)
            for user_id, seq in sorted(heads.items())
        ]
        await tx.db.outbox_heads.bulk_write(moves, session=tx.session)
        await tx.db.outbox.insert_many(documents, session=tx.session)

    async def _heads(self, tx: Tx, user_ids: set[str]) -> dict[str, int]:
        rows = tx.db.outbox_heads.find({"_id": {"$in": sorted(user_ids)}}, session=tx.session)
        known = {row["_id"]: int(row["seq"]) async for row in rows}
        return {user_id: known.get(user_id, 0) for user_id in user_ids}

    def _document(
        self, user_id: str, seq: int, row: Outgoing, trace: Mapping[str, str]
    ) -> dict[str, Any]:
        topic, event, subject = row
        return {
            "_id": new_id(),
            "user_id": user_id,
            "seq": seq,
            "topic": topic,
            "type": type_name(type(event)),
            "subject": subject,
            "payload": event.SerializeToString(),
            "trace": dict(trace),
            "created_at": datetime.now(UTC),
            "pending": True,
        }
