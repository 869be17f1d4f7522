"""Parking: after a poison event, the same user's later events wait behind it in the dead-letter
topic."""

from datetime import UTC, datetime

from pymongo.errors import DuplicateKeyError

from kit.mongo import Database


class Parking:
    """Per (group, user): the ids of the events that wait, in collection `parked`."""

    def __init__(self, db: Database, *, group: str) -> None:
        self._rows = db.parked
        self._group = group

    async def has_queue(self, user_id: str) -> bool:
        """Whether events of the user wait."""
        return await self._rows.find_one({"_id": self._id(user_id)}, {"_id": 1}) is not None

    async def queue_behind(self, user_id: str, event_id: str) -> bool:
        """Put the event in the queue if there is one; false means the way is free."""
        result = await self._rows.update_one(
            {"_id": self._id(user_id)}, {"$addToSet": {"waiting": event_id}}
        )
        return result.matched_count == 1

    async def open_queue(self, user_id: str, event_id: str, *, error: str) -> None:
        """Begin a queue with the event that failed."""
        try:
            await self._rows.update_one(
                {"_id": self._id(user_id)},
                {
                    "$addToSet": {"waiting": event_id},
                    "$setOnInsert": {"since": datetime.now(UTC), "error": error[:500]},
                },
                upsert=True,
            )
        except DuplicateKeyError:  # two upserts at once: the row stands now
            await self.queue_behind(user_id, event_id)

    async def leave(self, user_id: str, event_id: str) -> None:
        """Take an event out; the queue is gone, and the way free, with its last."""
        await self._rows.update_one({"_id": self._id(user_id)}, {"$pull": {"waiting": event_id}})
        await self._rows.delete_one({"_id": self._id(user_id), "waiting": []})

    def _id(self, user_id: str) -> str:
        return f"{self._group}/{user_id}"
