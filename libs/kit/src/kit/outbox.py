"""Outbox: an event is a row written in the transaction of the change that it tells of."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message
from pymongo import ReturnDocument

from kit.events import type_name
from kit.ids import new_id
from kit.mongo import Database, Tx
from kit.telemetry import inject_context

PUBLISHED_TTL_SECONDS = 7 * 24 * 3600

# Topic, event, subject (the id of the entity that it is about).
Outgoing = tuple[str, Message, str]


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
        if not rows:
            return
        head = await tx.db.outbox_heads.find_one_and_update(
            {"_id": user_id},
            {"$inc": {"seq": len(rows)}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=tx.session,
        )
        if head is None:  # an upsert answers the document
            raise LookupError("the outbox head was not answered")
        first = head["seq"] - len(rows) + 1
        trace = inject_context()
        documents = [self._document(user_id, first + i, row, trace) for i, row in enumerate(rows)]
        await tx.db.outbox.insert_many(documents, session=tx.session)

    def _document(
        self, user_id: str, seq: int, row: Outgoing, trace: dict[str, str]
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
            "trace": trace,
            "created_at": datetime.now(UTC),
            "pending": True,
        }
