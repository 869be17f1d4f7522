"""All that the database holds of one book, whatever noun it belongs to: for taking it away, for
bringing it back, for erasing it."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from bson import json_util
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError

from kit.mongo import Document, Mongo, Tx
from ledger.domain.book_file import BookIdsTaken, BookStillThere, with_owner, without_owner
from ledger.domain.entry import Entry
from ledger.domain.totals import Totals
from ledger.repository.documents import balance_document, entry_of, rollup_document
from ledger.repository.statements import mark_reconciled

# Follows from the journal, and is counted anew.
DERIVED = frozenset({"balances", "rollups"})
# How requests and events went their way; no part of what a person has.
_UNOWNED = frozenset({"inbox", "leases", "schema_migrations", "parked", "erased"})
PASSING = _UNOWNED | {"idempotency", "outbox", "outbox_heads"}
# Their `_id` is the owner, or begins with it, and they have no user_id.
_KEYED_BY_OWNER = ("books", "outbox_heads")
_DUPLICATE_KEY = 11000
_OPTIONS = json_util.RELAXED_JSON_OPTIONS
# Of the head of a book: where its posting and telling stand, which is no part of the book.
_PROGRESS = ("events", "held", "restoring")
CHUNK = 1_000


class BookContents:
    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self.db = mongo.db

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncClientSession]:
        """A session whose reads are all of one instant."""
        async with self._mongo.client.start_session(snapshot=True) as session:
            yield session

    async def kinds(self) -> Sequence[str]:
        """The collections that hold what people have."""
        names = await self.db.list_collection_names()
        return sorted({n for n in names if "." not in n} - DERIVED - PASSING)

    async def documents(
        self, session: AsyncClientSession, owner: str, kind: str
    ) -> AsyncIterator[Mapping[str, Any]]:
        """All of one kind in the order of their ids, as JSON values, without the owner."""
        query = {"_id": owner} if kind in _KEYED_BY_OWNER else {"user_id": owner}
        left_out = ("user_id", *(_PROGRESS if kind == "books" else ()))
        rows = self.db[kind].find(
            query, dict.fromkeys(left_out, 0), session=session, batch_size=CHUNK
        )
        async for row in rows.sort("_id", 1):
            yield without_owner(_plain(row), owner)

    async def is_empty(self, owner: str) -> bool:
        """Whether nothing but what every book begins with is there."""
        for kind in ("entries", "accounts"):
            if await self.db[kind].find_one({"user_id": owner}, {"_id": 1}) is not None:
                return False
        return True

    async def lock(self, owner: str) -> None:
        """Let nothing be posted into the book until it is unlocked."""
        await self.db.books.update_one(
            {"_id": owner}, {"$set": {"restoring": True}, "$inc": {"held": 1}}, upsert=True
        )

    async def unlock(self, owner: str) -> None:
        freed = {"$unset": {"restoring": ""}, "$inc": {"held": 1}}
        await self.db.books.update_one({"_id": owner}, freed)

    async def is_locked(self, owner: str) -> bool:
        return await self.db.books.find_one({"_id": owner, "restoring": True}) is not None

    async def put_head(self, owner: str, head: Mapping[str, Any]) -> None:
        """The head of the book as the file has it; still locked."""
        own = ("_id", "user_id", *_PROGRESS)
        told = {name: v for name, v in _stored(head, owner).items() if name not in own}
        await self.db.books.update_one({"_id": owner}, {"$set": told}, upsert=True)

    async def put(self, owner: str, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Raises BookIdsTaken."""
        documents = [_stored(row, owner) for row in rows]
        try:
            await self.db[kind].insert_many(documents, ordered=False)
        except BulkWriteError as error:
            codes = {e["code"] for e in (error.details or {}).get("writeErrors", ())}
            if codes == {_DUPLICATE_KEY}:
                raise BookIdsTaken from None
            raise

    async def put_totals(self, totals: Totals) -> None:
        """The sums of the journal, where there are none."""
        balances = [balance_document(key, sums) for key, sums in totals.changed_balances()]
        rollups = [rollup_document(key, sums.told()) for key, sums in totals.changed_rollups()]
        for name, documents in (("balances", balances), ("rollups", rollups)):
            for start in range(0, len(documents), CHUNK):
                await self.db[name].insert_many(documents[start : start + CHUNK])

    async def mark_reconciled(self, owner: str) -> None:
        """Mark which postings statements have confirmed, where entries only say that they are."""
        await mark_reconciled(self.db, owner)

    async def journal(self, owner: str) -> AsyncIterator[Entry]:
        """Every entry, in the order of the journal."""
        rows = self.db.entries.find({"user_id": owner}, batch_size=CHUNK).sort("seq", 1)
        async for row in rows:
            yield entry_of(row)

    async def erase(self, owner: str, *, keep_head: bool = False) -> int:
        """Delete all that is kept of the book, a chunk at a time; how many documents that was.

        Safe to do again after it was broken off.
        """
        gone = 0
        for name in await self.db.list_collection_names():
            if "." in name or name in {*_UNOWNED, *_KEYED_BY_OWNER, "idempotency"}:
                continue
            gone += await self._delete(name, {"user_id": owner})
        # Keys have no index of the owner: their `_id` begins with it.
        keys = {"_id": {"$gte": f"{owner}/", "$lt": f"{owner}0"}}
        gone += await self._delete("idempotency", keys)
        if not keep_head:
            for name in _KEYED_BY_OWNER:
                gone += await self._delete(name, {"_id": owner})
        return gone

    async def bar(self, owner: str) -> None:
        """Let the book never be opened again."""
        await self.db.erased.update_one(
            {"_id": owner}, {"$setOnInsert": {"at": datetime.now(UTC)}}, upsert=True
        )

    async def require_gone(self, tx: Tx, owner: str) -> None:
        """Raises BookStillThere where an act that was under way has left something."""
        for name in ("books", "entries", "accounts"):
            query = {"_id": owner} if name in _KEYED_BY_OWNER else {"user_id": owner}
            if await tx.db[name].find_one(query, {"_id": 1}, session=tx.session) is not None:
                raise BookStillThere

    async def _delete(self, name: str, query: Document) -> int:
        gone = 0
        while ids := [
            row["_id"] async for row in self.db[name].find(query, {"_id": 1}).limit(CHUNK)
        ]:
            gone += (await self.db[name].delete_many({**query, "_id": {"$in": ids}})).deleted_count
        return gone


def _plain(row: Document) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json_util.dumps(row, json_options=_OPTIONS))
    return value


def _stored(row: Mapping[str, Any], owner: str) -> Document:
    value = json_util.loads(json.dumps(with_owner(dict(row), owner)), json_options=_OPTIONS)
    return {**value, "user_id": owner}
