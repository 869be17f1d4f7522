"""Operations of many rows as documents; an act of one transaction is told by its entry."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.clock import Clock, SystemClock
from kit.mongo import Database, Document, Mongo, Tx
from kit.rows import Found, RowParking, found
from ledger.domain.entry import Entry
from ledger.domain.operation import (
    Counts,
    Operation,
    OperationKind,
    Row,
    RowOutcome,
    Touch,
    act_of,
)
from ledger.repository.documents import entry_of
from ledger.repository.search_fields import WITHOUT_SEARCH_FIELDS

_NEWEST_FIRST = -1
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


async def create_operation_indexes(db: Database) -> None:
    """What the ledger has to finish by itself, of all books: no person's index."""
    await db.operations.create_index(
        [("touched_at", 1)], name="unfinished", partialFilterExpression={"finished": False}
    )


class Operations:
    """`parking` keeps operations that background work failed on."""

    def __init__(self, mongo: Mongo, clock: Clock | None = None) -> None:
        self._db = mongo.db
        self.parking = RowParking(
            mongo.db, collection="operations", work="unfinished", clock=clock or SystemClock()
        )

    async def add(self, tx: Tx, operation: Operation) -> None:
        """Raises DuplicateKeyError where another undoes the same."""
        await tx.db.operations.insert_one(operation_document(operation), session=tx.session)

    async def select(self, tx: Tx, operation: Operation, ids: Sequence[str]) -> Operation:
        """Note which transactions it is to change, where that was not known when it began."""
        query = {"_id": operation.id, "user_id": operation.owner}
        change = {"$set": {"ids": list(ids)}}
        await tx.db.operations.update_one(query, change, session=tx.session)
        return replace(operation, ids=tuple(ids))

    async def take_up(self, operation: Operation, now: datetime) -> str:
        """Begin, or go on with it, also where it had ended before its last row; answers which
        operation has taken it back: nobody begins to from then on, while it is at work."""
        query = {
            "_id": operation.id,
            "user_id": operation.owner,
            "$or": [{"finished": False}, {"cut_off": True}],
        }
        change = {"$set": {"finished": False, "cut_off": False, "touched_at": now}}
        await self._db.operations.update_one(query, change)
        undone = await self._undone(operation.owner, [operation.id])
        return undone.get(operation.id, "")

    async def leave(self, tx: Tx, operation: Operation) -> bool:
        """Whether nobody has taken the operation up since it was read; nobody does before the
        transaction has ended."""
        query = {
            "_id": operation.id,
            "user_id": operation.owner,
            "touched_at": operation.touched_at,
        }
        held = await tx.db.operations.update_one(query, {"$inc": {"left": 1}}, session=tx.session)
        return held.matched_count == 1

    async def unfinished(self, *, before: datetime, limit: int) -> Sequence[Found[Operation]]:
        """Those of all books that last wrote before the instant, the oldest first."""
        query = {
            "finished": False,
            "touched_at": {"$gt": _NEVER, "$lt": before},
            **self.parking.not_parked(),
        }
        rows = (
            await self._db.operations.find(query, {"rows": 0})
            .sort("touched_at", 1)
            .limit(limit)
            .to_list()
        )
        undone: dict[str, str] = {}
        for row in rows:
            undone |= await self._undone(row.get("user_id", ""), [row["_id"]])
        return list(found(rows, lambda row: operation_of(row, undone)))

    async def claim(self, operation: Operation, now: datetime) -> bool:
        """Whether an unfinished operation is now the caller's to finish: of many one is told so."""
        query = {
            "_id": operation.id,
            "user_id": operation.owner,
            "finished": False,
            "touched_at": operation.touched_at,
        }
        claimed = await self._db.operations.update_one(query, {"$set": {"touched_at": now}})
        return claimed.modified_count == 1

    async def touch(self, operation: Operation, now: datetime) -> None:
        """Note that the operation is at work."""
        query = {"_id": operation.id, "user_id": operation.owner, "finished": False}
        await self._db.operations.update_one(query, {"$set": {"touched_at": now}})

    async def finish(self, tx: Tx, operation: Operation, rows: Sequence[Row]) -> bool:
        """Keep what became of each row; who finished first is right, and is told so.

        What was undone is undoable again if some of it stayed as it was, and if its undo was
        undone.
        """
        query = {"_id": operation.id, "user_id": operation.owner, "finished": False}
        change = {
            "finished": True,
            "cut_off": operation.cut_off,
            "counts": _counts_document(operation.counts),
            "rows": [row_document(row) for row in rows],
        }
        is_partial = bool(operation.counts.refused) or operation.cut_off
        if operation.undoes and is_partial:
            change |= {"undoes": "", "undid": operation.undoes}
        kept = await tx.db.operations.update_one(query, {"$set": change}, session=tx.session)
        if kept.modified_count and operation.undoes and not is_partial:
            undone = {
                "_id": operation.undoes,
                "user_id": operation.owner,
                "undoes": {"$gt": ""},
            }
            release = [{"$set": {"undid": "$undoes", "undoes": ""}}]
            await tx.db.operations.update_one(undone, release, session=tx.session)
        return kept.modified_count == 1

    async def get(self, owner: str, operation_id: str) -> Operation | None:
        """The operation, or the single act, of this id."""
        row = await self._db.operations.find_one(
            {"_id": operation_id, "user_id": owner}, {"rows": 0}
        )
        if row is not None:
            return operation_of(row, await self._undone(owner, [operation_id]))
        query = {"user_id": owner, "operation_id": operation_id}
        entry = await self._db.entries.find_one(query, sort=[("seq", _NEWEST_FIRST)])
        if entry is None:
            return None
        return _with_undone(act_of(entry_of(entry)), await self._undone(owner, [operation_id]))

    async def rows(self, owner: str, operation_id: str) -> Sequence[Row]:
        """What became of each row; none before the operation is finished."""
        row = await self._db.operations.find_one(
            {"_id": operation_id, "user_id": owner}, {"rows": 1}
        )
        told = (row or {}).get("rows", ())
        return [row_of(each) for each in told]

    async def touched(self, owner: str, operation_id: str) -> Sequence[Touch]:
        """What it did to each transaction, in the order of their ids."""
        query = {"user_id": owner, "operation_id": operation_id}
        rows = self._db.entries.find(query, WITHOUT_SEARCH_FIELDS).sort("seq", 1)
        entries = sorted([entry_of(row) async for row in rows], key=_transaction)
        return [Touch(list(of_one)) for _, of_one in groupby(entries, key=_transaction)]

    async def touched_ids(self, owner: str, operation_id: str) -> Sequence[str]:
        """The transactions that it changed, in the order of their ids."""
        query = {"user_id": owner, "operation_id": operation_id}
        rows = self._db.entries.find(query, {"transaction_id": 1}).sort("seq", 1)
        return sorted({row["transaction_id"] async for row in rows})

    async def page(
        self, owner: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Operation]:
        """The acts before one, newest first."""
        operations = self._db.operations.find(
            {"user_id": owner, **_before(before, "at", "_id")}, {"rows": 0}
        )
        acts = self._db.entries.find(
            {"user_id": owner, "act": True, **_before(before, "recorded_at", "operation_id")},
            WITHOUT_SEARCH_FIELDS,
        )
        rows = await operations.sort([("at", -1), ("_id", -1)]).limit(limit).to_list()
        entries = (
            await acts.sort([("recorded_at", -1), ("operation_id", -1)]).limit(limit).to_list()
        )
        found = [
            *(operation_of(row, {}) for row in rows),
            *(act_of(entry_of(row)) for row in entries),
        ]
        found.sort(key=lambda operation: (operation.at, operation.id), reverse=True)
        undone = await self._undone(owner, [operation.id for operation in found[:limit]])
        return [_with_undone(operation, undone) for operation in found[:limit]]

    async def newest(self, owner: str, transaction_ids: Sequence[str]) -> Mapping[str, Entry]:
        """The newest entry of each transaction."""
        query = {"user_id": owner, "transaction_id": {"$in": list(transaction_ids)}}
        rows = self._db.entries.find(query, WITHOUT_SEARCH_FIELDS).sort(
            [("transaction_id", 1), ("seq", 1)]
        )
        return {row["transaction_id"]: entry_of(row) async for row in rows}

    async def undone(self, owner: str, ids: AbstractSet[str]) -> AbstractSet[str]:
        """Which of these operations were taken back, and not taken up again."""
        return await undone_operations(self._db, owner, ids)

    async def _undone(self, owner: str, ids: Sequence[str]) -> Mapping[str, str]:
        """Which operation took each of these back."""
        rows = self._db.operations.find(
            {"user_id": owner, "undoes": {"$in": list(ids), "$gt": ""}}, {"undoes": 1}
        )
        return {row["undoes"]: row["_id"] async for row in rows}


async def undone_operations(
    db: Database,
    owner: str,
    ids: AbstractSet[str],
    session: AsyncClientSession | None = None,
) -> AbstractSet[str]:
    """Which of these operations were taken back, and not taken up again."""
    if not ids:
        return frozenset()
    query = {"user_id": owner, "undoes": {"$in": sorted(ids), "$gt": ""}}
    rows = db.operations.find(query, {"undoes": 1}, session=session)
    undoers = {row["_id"]: row["undoes"] async for row in rows}
    redone = await undone_operations(db, owner, frozenset(undoers), session)
    return {target for undoer, target in undoers.items() if undoer not in redone}


def _transaction(entry: Entry) -> str:
    return entry.transaction_id


def _before(cursor: tuple[datetime, str] | None, at: str, id_: str) -> Document:
    if cursor is None:
        return {}
    instant, operation_id = cursor
    return {
        at: {"$lte": instant},
        "$or": [{at: {"$lt": instant}}, {id_: {"$lt": operation_id}}],
    }


def _with_undone(operation: Operation, undone: Mapping[str, str]) -> Operation:
    return replace(operation, undone_by=undone.get(operation.id, ""))


def operation_document(operation: Operation) -> Document:
    return {
        "_id": operation.id,
        "user_id": operation.owner,
        "kind": operation.kind.value,
        "actor_id": operation.actor_id,
        "at": operation.at,
        "counts": _counts_document(operation.counts),
        "finished": operation.finished,
        "cut_off": operation.cut_off,
        "intent": operation.intent,
        "touched_at": operation.touched_at,
        "ids": list(operation.ids),
        "undoes": operation.undoes,
    }


def row_document(row: Row) -> list[str]:
    return [row.transaction_id, row.outcome.value, row.refusal, row.message]


def row_of(told: Sequence[str]) -> Row:
    """Older ones say why only of what was refused."""
    id_, outcome, *why = told
    return Row(id_, RowOutcome(outcome), *why)


def _counts_document(counts: Counts) -> dict[str, Any]:
    return {"done": counts.done, "unchanged": counts.unchanged, "refused": counts.refused}


def operation_of(row: Document, undone: Mapping[str, str] | None = None) -> Operation:
    return Operation(
        id=row["_id"],
        owner=row["user_id"],
        kind=OperationKind(row["kind"]),
        actor_id=row["actor_id"],
        at=row["at"],
        counts=Counts(**row["counts"]),
        finished=row["finished"],
        cut_off=row.get("cut_off", False),
        intent=row.get("intent", {}),
        touched_at=row["touched_at"],
        ids=tuple(row["ids"]),
        undoes=row["undoes"] or row.get("undid", ""),
        undone_by=(undone or {}).get(row["_id"], ""),
    )
