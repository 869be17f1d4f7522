"""Rows that background work takes one by one: a row that fails is parked, and the others go on.

A parked row carries a mark, `parked`, and is left alone until `parked.until`: a minute after its
first failure, twice as long after each further one. The mark goes with the first success, or when
the row is replaced.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from kit.clock import Clock
from kit.logging import get_logger
from kit.mongo import Database, Document
from kit.telemetry import meter
from kit.transient import is_transient

MARK = "parked"
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
ERROR_LENGTH = 500
V = TypeVar("V")
R = TypeVar("R")
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """A row as it is stored; `read` makes a value of it, or fails."""

    row: Document
    _read: Callable[[Document], V]

    def read(self) -> V:
        return self._read(self.row)


def found(rows: Iterable[Document], read: Callable[[Document], V]) -> Iterator[Found[V]]:
    for row in rows:
        yield Found(row, read)


def mark_of(row: Document) -> Document:
    """The mark of a parked row; empty for any other."""
    mark = row.get(MARK)
    return mark if isinstance(mark, dict) else {}


class RowParking:
    """Parks the rows of one collection that one kind of background work fails on."""

    def __init__(self, db: Database, *, collection: str, work: str, clock: Clock) -> None:
        self._rows = db[collection]
        self._collection = collection
        self._work = work
        self._clock = clock
        self._parked = meter(__name__).create_counter("pfa.rows.parked", unit="{row}")

    def not_parked(self) -> Document:
        """The condition for rows that may be worked on now."""
        return {f"{MARK}.until": {"$not": {"$gt": self._clock.now()}}}

    async def attempt(self, one: Found[V], do: Callable[[V], Awaitable[R]]) -> R | None:
        """Work on one row; park it and answer None where that fails.

        Raises what is transient: then the surroundings are at fault, not the row.
        """
        try:
            result = await do(one.read())
        except Exception as error:
            if is_transient(error):
                raise
            await self.park(one.row, error)
            return None
        if MARK in one.row:
            await self._rows.update_one(_query(one.row), {"$unset": {MARK: ""}})
        return result

    async def readable(self, all_found: Iterable[Found[V]]) -> Sequence[V]:
        """The values of the rows that can be read; the others are parked."""
        values = []
        for one in all_found:
            try:
                values.append(one.read())
            except Exception as error:  # noqa: BLE001 - whatever is wrong with the row is told of it
                if not self._waits(one.row):
                    await self.park(one.row, error)
        return values

    async def park(self, row: Document, error: Exception) -> None:
        """Leave the row alone for a while; it is counted and reported."""
        now, before = self._clock.now(), mark_of(row)
        attempts = before.get("attempts", 0) + 1
        wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 16), LONGEST_WAIT)
        mark = {
            "work": self._work,
            "since": before.get("since", now),
            "until": now + wait,
            "attempts": attempts,
            "error": f"{type(error).__name__}: {error}"[:ERROR_LENGTH],
        }
        await self._rows.update_one(_query(row), {"$set": {MARK: mark}})
        self._parked.add(1, {"pfa.work": self._work, "db.collection.name": self._collection})
        # Only the type of the error: its text may hold what a person wrote.
        log.error(
            "row parked",
            work=self._work,
            collection=self._collection,
            row=str(row["_id"]),
            owner=str(row.get("user_id", "")),
            attempts=attempts,
            error=type(error).__name__,
        )

    def _waits(self, row: Document) -> bool:
        until: Any = mark_of(row).get("until")
        return until is not None and until > self._clock.now()


def _query(row: Document) -> Document:
    # A row without an owner is found by None, which matches a missing field.
    return {"_id": row["_id"], "user_id": row.get("user_id")}
