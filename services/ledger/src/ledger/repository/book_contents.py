"""All that the database holds of one book, whatever noun it belongs to: for taking it away, for
bringing it back, for erasing it."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import json_util
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError

from kit.mongo import Document, Mongo, Tx
from kit.rows import MARK
from kit.text import clean_lines
from ledger.domain.book_file import (
    BookIdsTaken,
    BookStillThere,
    InvalidBookFile,
    with_owner,
    with_texts,
    without_owner,
)
from ledger.domain.entry import Entry
from ledger.domain.totals import Totals
from ledger.repository.documents import balance_document, entry_of, rollup_document
from ledger.repository.kinds import KINDS
from ledger.repository.statements import mark_reconciled

# Follows from the journal, and is counted anew.
DERIVED = frozenset({"balances", "rollups"})
# How requests and events went their way; no part of what a person has.
_UNOWNED = frozenset({"inbox", "leases", "schema_migrations", "parked", "erased"})
PASSING = _UNOWNED | {"idempotency", "outbox", "outbox_heads"}
# Their `_id` is the owner, or begins with it, and they have no user_id.
_KEYED_BY_OWNER = ("books", "outbox_heads")
_DUPLICATE_KEY = 11000
_OPTIONS = json_util.RELAXED_JSON_OPTIONS.with_options(tz_aware=True, tzinfo=UTC)
# The types of MongoDB that the file of a book uses beside those of JSON.
_SPECIAL = frozenset({"$oid", "$date", "$numberDecimal"})
# Of the head of a book: where its posting and telling stand, which is no part of the book.
_PROGRESS = ("events", "held", "restoring")
_HEAD_OPTIONAL = frozenset({"recorded_at", "locale"})
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """A row with the line of the file that it comes from."""

    line: int
    document: Document


class BookContents:
    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self.db = mongo.db

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncClientSession]:
        """A session whose reads are all of one instant."""
        async with self._mongo.client.start_session(snapshot=True) as session:
            yield session

    async def documents(
        self, session: AsyncClientSession, owner: str, kind: str
    ) -> AsyncIterator[Mapping[str, Any]]:
        """All of one kind in the order of their ids, as JSON values, without the owner."""
        left_out = ("user_id", MARK, *(_PROGRESS if kind == "books" else ()))
        rows = self.db[kind].find(
            _of(kind, owner), dict.fromkeys(left_out, 0), session=session, batch_size=CHUNK
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

    @staticmethod
    def stored(document: Mapping[str, Any], owner: str) -> Document:
        """The row that a document of a file stands for, with clean texts. Raises ValueError for a
        value that is none of ours."""
        row: Document = _typed(with_texts(with_owner(dict(document), owner), clean_lines))
        return {**row, "user_id": owner}

    async def owners_among(self, ids: Iterable[str]) -> Sequence[str]:
        """Those of the ids that are people with a book."""
        return await self.db.books.distinct("_id", {"_id": {"$in": sorted(ids)}})

    async def put_head(self, owner: str, head: Document) -> None:
        """The head of the book; still locked."""
        own = ("_id", "user_id", *_PROGRESS)
        told = {name: value for name, value in head.items() if name not in own}
        gone = dict.fromkeys(_HEAD_OPTIONAL - told.keys(), "")
        change: Document = {"$set": told} | ({"$unset": gone} if gone else {})
        await self.db.books.update_one({"_id": owner}, change, upsert=True)

    async def put(self, owner: str, kind: str, rows: Sequence[NumberedRow]) -> None:
        """Raises BookIdsTaken, InvalidBookFile where two documents of the file exclude one
        another."""
        try:
            await self.db[kind].insert_many([row.document for row in rows], ordered=False)
        except BulkWriteError as error:
            refused = (error.details or {}).get("writeErrors", ())
            if {each["code"] for each in refused} != {_DUPLICATE_KEY}:
                raise
            await self._require_own(owner, kind, [rows[each["index"]] for each in refused])
            first = min(refused, key=lambda each: rows[each["index"]].line)
            raise InvalidBookFile(
                rows[first["index"]].line,
                f"{kind}: another one has the same {', '.join(first['keyPattern'])}",
            ) from None

    async def _require_own(self, owner: str, kind: str, rows: Sequence[NumberedRow]) -> None:
        ids = [row.document["_id"] for row in rows]
        query = {"_id": {"$in": ids}, "user_id": {"$ne": owner}}
        if await self.db[kind].find_one(query, {"_id": 1}) is not None:
            raise BookIdsTaken

    async def raw(self, owner: str) -> Sequence[tuple[str, Document]]:
        """All documents of a book as they are, with their kinds. Only for an empty one."""
        return [(kind, row) for kind in KINDS async for row in self.db[kind].find(_of(kind, owner))]

    async def put_raw(self, owner: str, documents: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Put back what `raw` has answered."""
        for kind, document in documents:
            if kind == "books":
                await self.put_head(owner, dict(document))
            else:
                await self.db[kind].insert_one(dict(document))

    async def clear(self, owner: str) -> None:
        """Delete all documents of the book but its head, and what follows from them. Events stay:
        they have happened."""
        for kind in {*KINDS, *DERIVED} - {"books"}:
            await self._delete(kind, {"user_id": owner})

    async def forget_keys(self, owner: str) -> int:
        """Delete the idempotency keys: their answers speak of documents that are no more."""
        # They have no index of the owner: their `_id` begins with it.
        keys = {"_id": {"$gte": f"{owner}/", "$lt": f"{owner}0"}}
        return await self._delete("idempotency", keys)

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
        gone += await self.forget_keys(owner)
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


def _of(kind: str, owner: str) -> Document:
    return {"_id": owner} if kind in _KEYED_BY_OWNER else {"user_id": owner}


def _typed(value: Any) -> Any:
    """The value with the types that JSON lacks. Raises ValueError."""
    if isinstance(value, dict):
        if any(key.startswith("$") for key in value):
            return _special(value)
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return value


def _special(value: dict[str, Any]) -> Any:
    if len(value) != 1 or not value.keys() <= _SPECIAL:
        raise ValueError(f"{', '.join(value)[:80]} is not written in the file of a book")
    try:
        return json_util.object_hook(value, _OPTIONS)
    except Exception as error:
        # Whatever it fails with, the value is not one that an export writes.
        raise ValueError(f"{next(iter(value))} has no such value") from error
