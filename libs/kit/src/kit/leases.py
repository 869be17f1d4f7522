"""Leases: one holder at a time, by the database's clock, so that a wrong clock here hurts
nobody."""

import time

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from kit.mongo import Database


class Lease:
    """A named lease in collection `leases`; it lapses by itself when its holder is gone."""

    def __init__(self, db: Database, *, name: str, holder: str, seconds: float) -> None:
        self._leases = db.leases
        self._name = name
        self._holder = holder
        self._seconds = seconds
        self._milliseconds = int(seconds * 1000)
        self._acquired_at = float("-inf")

    async def hold(self) -> bool:
        """Have the lease for at least half of its time: the database is asked only when less is
        left."""
        if time.monotonic() - self._acquired_at < self._seconds / 2:
            return True
        return await self.acquire()

    async def acquire(self) -> bool:
        """Take or extend the lease; false while another holds it."""
        asked_at = time.monotonic()
        until = {
            "$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": self._milliseconds}
        }
        # A lease that was never taken has no `until`, which sorts before every date.
        free = {"$or": [{"$eq": ["$holder", self._holder]}, {"$lt": ["$until", "$$NOW"]}]}
        take = {
            "holder": {"$cond": [free, self._holder, "$holder"]},
            "until": {"$cond": [free, until, "$until"]},
        }
        try:
            lease = await self._leases.find_one_and_update(
                {"_id": self._name},
                [{"$set": take}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:  # two took it for the first time at once
            return False
        held = lease is not None and lease["holder"] == self._holder
        self._acquired_at = asked_at if held else float("-inf")
        return held

    async def release(self) -> None:
        """Give it back at once instead of letting it lapse."""
        self._acquired_at = float("-inf")
        await self._leases.delete_one({"_id": self._name, "holder": self._holder})
