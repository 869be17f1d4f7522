"""Leases: one holder at a time, by the database's clock, so that a wrong clock here hurts
nobody."""

from pymongo.errors import DuplicateKeyError

from kit.mongo import Database


class Lease:
    """A named lease in collection `leases`; it lapses by itself when its holder is gone."""

    def __init__(self, db: Database, *, name: str, holder: str, seconds: float) -> None:
        self._leases = db.leases
        self._name = name
        self._holder = holder
        self._milliseconds = int(seconds * 1000)

    async def acquire(self) -> bool:
        """Take or extend the lease; false while another holds it."""
        until = {
            "$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": self._milliseconds}
        }
        free = {"$or": [{"holder": self._holder}, {"$expr": {"$lt": ["$until", "$$NOW"]}}]}
        try:
            await self._leases.update_one(
                {"_id": self._name, **free},
                [{"$set": {"holder": self._holder, "until": until}}],
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return True

    async def release(self) -> None:
        """Give it back at once instead of letting it lapse."""
        await self._leases.delete_one({"_id": self._name, "holder": self._holder})
