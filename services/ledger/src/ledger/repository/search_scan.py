"""How far into a book one page of a search may look.

A search that no index answers alone (`-coffee`, two frequent words that are never together) looks
at entries that it doesn't find. A page looks at a bounded number of them, whatever the size of the
book, and the next page goes on from where it stopped.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bson import MaxKey, MinKey
from bson.decimal128 import Decimal128
from pymongo.asynchronous.collection import AsyncCollection

from kit.mongo import Document
from ledger.domain.search import Cursor, Order, Query
from ledger.domain.search.query import Sized
from ledger.repository.search_lanes import (
    BY_DATE,
    BY_SIZE,
    Days,
    Lane,
    Vocabulary,
    days_of,
    lanes_of,
    sizes_of,
)

_ALL, _BY_SIZE = (Lane(BY_DATE),), (Lane(BY_SIZE),)
_BY_DATE_ASCENDING = [("date", 1), ("transaction_id", 1)]
_BY_SIZE_ASCENDING = [("size", 1), *_BY_DATE_ASCENDING]


@dataclass(frozen=True, slots=True)
class Reach:
    """The place up to which a page looks, None for the end of the list; and the lanes to walk,
    which are of one index. Without lanes there is nothing to find."""

    to: Cursor | None
    lanes: Sequence[Lane]

    @property
    def index(self) -> str:
        return self.lanes[0].index

    @property
    def field(self) -> str:
        return self.lanes[0].field

    @property
    def values(self) -> frozenset[str]:
        return frozenset(lane.value for lane in self.lanes)


class Scan:
    """One search, in one order."""

    def __init__(
        self,
        entries: AsyncCollection[Document],
        owner: str,
        query: Query,
        vocabulary: Vocabulary,
        order: Order,
    ) -> None:
        self._entries = entries
        self._owner = owner
        self._order = order
        self._lanes = list(lanes_of(query, vocabulary))
        self._days = days_of(query)
        self._sizes = sizes_of(query)

    async def reach(self, after: Cursor | None, steps: int) -> Reach:
        """Choose the index by which a page that looks at about so many entries gets furthest."""
        if self._order.by_size:
            return await self._reach_by_size(after, steps)
        return await self._reach_by_date(after, steps)

    async def _reach_by_date(self, after: Cursor | None, steps: int) -> Reach:
        if self._is_past(after):
            return Reach(None, _ALL)
        if self._sizes != Sized() and await self._step_by_size(None, steps) is None:
            return Reach(None, _BY_SIZE)
        candidates = list(self._lanes)
        if all(len(lanes) != 1 for lanes in candidates):
            candidates.append(_ALL)
        places = await asyncio.gather(*(self._share(lanes, after, steps) for lanes in candidates))
        reached = [Reach(*pair) for pair in zip(places, candidates, strict=True)]
        ends = [reach for reach in reached if reach.to is None]
        if ends:
            return ends[0]
        furthest = min if self._order.descends else max
        return furthest(reached, key=lambda reach: _place(reach.to))

    async def _reach_by_size(self, after: Cursor | None, steps: int) -> Reach:
        lanes = self._lanes if self._days == Days() else [*self._lanes, _ALL]
        places = await asyncio.gather(*(self._share(some, None, steps) for some in lanes))
        for place, some in zip(places, lanes, strict=True):
            if place is None:
                # Few enough to be put in order.
                return Reach(None, some)
        return Reach(await self._step_by_size(after, steps), _BY_SIZE)

    async def _share(
        self, lanes: Sequence[Lane], after: Cursor | None, steps: int
    ) -> Cursor | None:
        """As far as each of the lanes holds no more than its share of the steps."""
        each = max(1, steps // max(1, len(lanes)))
        ends = await asyncio.gather(*(self._step(lane, after, each) for lane in lanes))
        places = [end for end in ends if end is not None]
        if not places:
            return None
        return max(places, key=_place) if self._order.descends else min(places, key=_place)

    async def _step(self, lane: Lane, after: Cursor | None, steps: int) -> Cursor | None:
        """The entry of the lane that comes so many steps after the cursor, within the days."""
        under: Document = {"user_id": self._owner}
        if lane.field:
            under[lane.field] = lane.value
        newest: Document = {
            **under,
            "date": self._days.last or MaxKey(),
            "transaction_id": MaxKey(),
        }
        oldest: Document = {
            **under,
            "date": self._days.first or MinKey(),
            "transaction_id": MinKey(),
        }
        if after is not None and self._is_within(after):
            start = newest if self._order.descends else oldest
            start |= {"date": after.date, "transaction_id": after.transaction_id}
        key = await self._key(lane.index, newest, oldest, steps, _BY_DATE_ASCENDING)
        return Cursor(key["date"], key["transaction_id"]) if key else None

    async def _step_by_size(self, after: Cursor | None, steps: int) -> Cursor | None:
        """The same among all amounts between the bounds."""
        least, most = self._sizes.least, self._sizes.most
        if least is not None and most is not None and least > most:
            return None
        under: Document = {"user_id": self._owner}
        last: Document = {"date": MaxKey(), "transaction_id": MaxKey()}
        first: Document = {"date": MinKey(), "transaction_id": MinKey()}
        largest = {**under, "size": MaxKey() if most is None else Decimal128(most), **last}
        smallest = {**under, "size": MinKey() if least is None else Decimal128(least), **first}
        if after is not None and after.size is not None:
            start = largest if self._order.descends else smallest
            start |= {
                "size": Decimal128(after.size),
                "date": after.date,
                "transaction_id": after.transaction_id,
            }
        key = await self._key(BY_SIZE, largest, smallest, steps, _BY_SIZE_ASCENDING)
        if key is None:
            return None
        return Cursor(key["date"], key["transaction_id"], key["size"].to_decimal())

    async def _key(
        self,
        index: str,
        from_: Document,
        to: Document,
        steps: int,
        ascending: Sequence[tuple[str, int]],
    ) -> dict[str, Any] | None:
        """The key so many steps into a stretch of the index; no entry is read. Each index descends,
        so `from_` is the newest or largest, whichever way it is walked."""
        found = self._entries.find({}, return_key=True, skip=steps, limit=1)
        found = found.hint(index).min(list(from_.items())).max(list(to.items()))
        if not self._order.descends:
            found = found.sort(list(ascending))
        keys = await found.to_list()
        return keys[0] if keys else None

    def _is_past(self, after: Cursor | None) -> bool:
        """Whether nothing of the days is left, or there are none."""
        first, last = self._days.first, self._days.last
        if first and last and first > last:
            return True
        if after is None:
            return False
        return after.date < first if self._order.descends else bool(last) and after.date > last

    def _is_within(self, after: Cursor) -> bool:
        """Whether the list has begun: a cursor of before its first day leads to its first day."""
        first, last = self._days.first, self._days.last
        return not last or after.date <= last if self._order.descends else after.date >= first


def until(place: Cursor, order: Order) -> list[Document]:
    """Filter for entries up to the place; the bound on the first key alone is the one an index can
    end at."""
    before, to = ("$gt", "$gte") if order.descends else ("$lt", "$lte")
    earlier = {
        "$or": [
            {"date": {before: place.date}},
            {"date": place.date, "transaction_id": {to: place.transaction_id}},
        ]
    }
    if place.size is None:
        return [{"date": {to: place.date}}, earlier]
    size = Decimal128(place.size)
    return [
        {"size": {to: size}},
        {"$or": [{"size": {before: size}}, {"size": size, **earlier}]},
    ]


def _place(cursor: Cursor | None) -> tuple[str, str]:
    return (cursor.date, cursor.transaction_id) if cursor else ("", "")
