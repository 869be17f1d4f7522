"""What people taught and consented to, in MongoDB; every query is a person's own."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import DeleteOne, ReturnDocument, UpdateOne

from ai.domain.consent import Consent
from ai.domain.memory import Lesson, PayeeMemory
from ai.domain.outside import OpenBatch
from ai.domain.taxonomy import CategoryId
from ai.domain.teaching import Kept, Place
from kit.mongo import Database, Tx

MOST_NEIGHBOURS = 2_000
USAGE_KEPT = timedelta(days=40)


class Memories:
    """`payee_memories`: one document for each (person, direction, payee), its lessons within,
    oldest first."""

    def __init__(self, db: Database) -> None:
        self._rows = db.payee_memories

    async def of_payees(
        self, user_id: str, keys: Iterable[str], *, inflow: bool
    ) -> Mapping[str, PayeeMemory]:
        """Memories by payee key."""
        wanted = sorted({key for key in keys if key})
        if not wanted:
            return {}
        rows = self._rows.find({"user_id": user_id, "inflow": inflow, "key": {"$in": wanted}})
        return {row["key"]: _memory(row) async for row in rows}

    async def sharing_traits(
        self, user_id: str, traits: Iterable[str], *, inflow: bool
    ) -> Sequence[PayeeMemory]:
        """Memories of payees that share a trait with these; the most recently taught first."""
        wanted = sorted(set(traits))
        if not wanted:
            return []
        query = {"user_id": user_id, "inflow": inflow, "traits": {"$in": wanted}}
        rows = self._rows.find(query).sort("taught_at", -1).limit(MOST_NEIGHBOURS)
        return [_memory(row) async for row in rows]

    async def kept(
        self, tx: Tx, user_id: str, places: Collection[Place], entry_ids: Collection[str]
    ) -> Sequence[Kept]:
        """The memories of these payees, and those that hold a lesson of one of these entries."""
        queries: list[dict[str, Any]] = [
            {"inflow": inflow, "key": {"$in": keys}}
            for inflow in (False, True)
            if (keys := sorted(place.key for place in places if place.inflow is inflow))
        ]
        if entry_ids:
            queries.append({"lessons.entry_id": {"$in": sorted(entry_ids)}})
        found: dict[Any, Kept] = {}
        for query in queries:
            rows = tx.db.payee_memories.find({"user_id": user_id, **query}, session=tx.session)
            found |= {row["_id"]: Kept(_memory(row), row["taught_at"]) async for row in rows}
        return list(found.values())

    async def put(
        self, tx: Tx, user_id: str, changed: Sequence[Kept], forgotten: Sequence[Place]
    ) -> None:
        """Keep what the memories of payees are now; a payee without lessons is forgotten whole."""
        writes: list[UpdateOne | DeleteOne] = [
            UpdateOne(
                _place_query(user_id, kept.place),
                {
                    "$set": {
                        "lessons": [_lesson_row(lesson) for lesson in kept.memory.lessons],
                        "traits": list(kept.memory.traits),
                        "taught_at": kept.taught_at,
                    }
                },
                upsert=True,
            )
            for kept in changed
        ]
        writes += [DeleteOne(_place_query(user_id, place)) for place in forgotten]
        if writes:
            await tx.db.payee_memories.bulk_write(writes, ordered=False, session=tx.session)


class Consents:
    """`consents`: whether payee texts may leave for Gemini; no document means no."""

    def __init__(self, db: Database) -> None:
        self._rows = db.consents

    async def of(self, user_id: str) -> Consent:
        row = await self._rows.find_one({"user_id": user_id})
        return Consent(row["gemini"], row["changed_at"]) if row else Consent.none()

    async def put(self, user_id: str, consent: Consent) -> None:
        await self._rows.update_one(
            {"user_id": user_id},
            {"$set": {"gemini": consent.gemini, "changed_at": consent.changed_at}},
            upsert=True,
        )


class Usage:
    """`model_usage`: payees that were sent to the model outside, and calls, by person and day."""

    def __init__(self, db: Database) -> None:
        self._rows = db.model_usage

    async def take(self, user_id: str, *, payees: int, limit: int, at: datetime) -> int:
        """Take up to `payees` of the day's budget and answer how many may be sent."""
        day = at.astimezone(UTC).date().isoformat()
        row = await self._rows.find_one_and_update(
            {"user_id": user_id, "day": day},
            {
                "$inc": {"payees": payees},
                "$setOnInsert": {"expires_at": at + USAGE_KEPT},
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        before = int((row or {"payees": payees})["payees"]) - payees
        return max(0, min(payees, limit - before))

    async def take_call(self, user_id: str, *, limit: int, at: datetime) -> bool:
        """Whether one more call may be made on this day; every try is one."""
        day = at.astimezone(UTC).date().isoformat()
        row = await self._rows.find_one_and_update(
            {"user_id": user_id, "day": day},
            {"$inc": {"calls": 1}, "$setOnInsert": {"expires_at": at + USAGE_KEPT}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return int((row or {"calls": 1})["calls"]) <= limit


class OpenBatches:
    """`open_batches`: what the model outside has not answered yet; masked texts, for a day."""

    def __init__(self, db: Database) -> None:
        self._rows = db.open_batches

    async def put(self, tx: Tx, batch: OpenBatch, *, due_at: datetime) -> None:
        """Keep a batch until it is answered, given up or expired."""
        row = {
            "user_id": batch.owner,
            "document_id": batch.document_id,
            "inflow": batch.inflow,
            "texts": dict(batch.texts),
            "tries": batch.tries,
            "charged": batch.charged,
            "expires_at": batch.expires_at,
            "due_at": due_at,
        }
        await tx.db.open_batches.replace_one(
            {"_id": batch.id}, row, upsert=True, session=tx.session
        )

    async def claim(self, *, at: datetime, until: datetime) -> OpenBatch | None:
        """A batch that is due; nobody else gets it before `until`."""
        row = await self._rows.find_one_and_update(
            {"due_at": {"$lte": at}, "expires_at": {"$gt": at}},
            {"$set": {"due_at": until}},
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return _open_batch(row) if row else None

    async def postpone(
        self, batch: OpenBatch, *, due_at: datetime, tried: bool, charged: bool
    ) -> None:
        """Try it again then."""
        await self._rows.update_one(
            {"_id": batch.id, "user_id": batch.owner},
            {"$set": {"due_at": due_at, "charged": charged}, "$inc": {"tries": int(tried)}},
        )

    async def drop(self, batch: OpenBatch, *, tx: Tx | None = None) -> None:
        """Forget it: it was answered or is given up."""
        rows = self._rows if tx is None else tx.db.open_batches
        session = None if tx is None else tx.session
        await rows.delete_one({"_id": batch.id, "user_id": batch.owner}, session=session)

    async def drop_all_of(self, user_id: str) -> None:
        """Forget all that is open of a person."""
        await self._rows.delete_many({"user_id": user_id})


async def ensure_indexes(db: Database) -> None:
    """Indexes of this service; may be run again."""
    memories = db.payee_memories
    await memories.create_index([("user_id", 1), ("inflow", 1), ("key", 1)], unique=True)
    await memories.create_index([("user_id", 1), ("inflow", 1), ("traits", 1), ("taught_at", -1)])
    await memories.create_index([("user_id", 1), ("lessons.entry_id", 1)])
    await db.consents.create_index([("user_id", 1)], unique=True)
    await db.model_usage.create_index([("user_id", 1), ("day", 1)], unique=True)
    await db.model_usage.create_index("expires_at", expireAfterSeconds=0)


async def ensure_open_batch_indexes(db: Database) -> None:
    """Indexes of `open_batches`; may be run again."""
    await db.open_batches.create_index([("due_at", 1)])
    await db.open_batches.create_index([("user_id", 1)])
    await db.open_batches.create_index("expires_at", expireAfterSeconds=0)


def _open_batch(row: Mapping[str, Any]) -> OpenBatch:
    return OpenBatch(
        id=row["_id"],
        owner=row["user_id"],
        document_id=row["document_id"],
        inflow=row["inflow"],
        texts=row["texts"],
        tries=row["tries"],
        charged=row["charged"],
        expires_at=row["expires_at"],
    )


def _place_query(user_id: str, place: Place) -> dict[str, Any]:
    return {"user_id": user_id, "inflow": place.inflow, "key": place.key}


def _lesson_row(lesson: Lesson) -> dict[str, Any]:
    return {"entry_id": lesson.entry_id, "category_id": lesson.category_id, "at": lesson.at}


def _memory(row: Mapping[str, Any]) -> PayeeMemory:
    lessons = (Lesson(x["entry_id"], CategoryId(x["category_id"]), x["at"]) for x in row["lessons"])
    return PayeeMemory(row["key"], row["inflow"], tuple(row["traits"]), tuple(lessons))
