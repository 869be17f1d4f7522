"""Inbox: (consumer group, event id), written in the transaction of the effect, makes delivery
effective once."""

from collections.abc import Collection
from datetime import UTC, datetime

from kit.mongo import Database, Tx

TTL_SECONDS = 90 * 24 * 3600


class Inbox:
    """The events that one consumer group has taken in."""

    def __init__(self, db: Database, *, group: str) -> None:
        self._rows = db.inbox
        self._group = group

    @staticmethod
    async def ensure_indexes(db: Database) -> None:
        await db.inbox.create_index("at", expireAfterSeconds=TTL_SECONDS)

    async def seen(self, event_id: str) -> bool:
        """Whether the effect of this event stands already."""
        return await self._rows.find_one({"_id": self._id(event_id)}, {"_id": 1}) is not None

    async def seen_of(self, event_ids: Collection[str]) -> frozenset[str]:
        """Those of the events whose effect stands already."""
        prefix = self._id("")
        ids = [self._id(event_id) for event_id in event_ids]
        rows = await self._rows.find({"_id": {"$in": ids}}, {"_id": 1}).to_list()
        return frozenset(row["_id"].removeprefix(prefix) for row in rows)

    async def record_all(self, tx: Tx, event_ids: Collection[str]) -> None:
        """Note several events with their effect. Raises BulkWriteError when another process was
        first with one of them."""
        now = datetime.now(UTC)
        rows = [{"_id": self._id(event_id), "at": now} for event_id in event_ids]
        await tx.db.inbox.insert_many(rows, session=tx.session)

    async def record(self, tx: Tx, event_id: str) -> None:
        """Note the event with its effect. Raises DuplicateKeyError when another process was
        first."""
        row = {"_id": self._id(event_id), "at": datetime.now(UTC)}
        await tx.db.inbox.insert_one(row, session=tx.session)

    def _id(self, event_id: str) -> str:
        return f"{self._group}/{event_id}"
