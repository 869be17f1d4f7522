"""The journal: what a group of postings stands on, and the writing of what it came to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TypeVar

from pymongo import InsertOne, UpdateMany, UpdateOne
from pymongo.asynchronous.cursor import AsyncCursor

from kit.idempotency import key_id
from kit.idempotency import row as key_row
from kit.mongo import Document, Mongo, Tx
from ledger.domain.drafting import said_by
from ledger.domain.entry import Entry
from ledger.domain.posting import Command, Create, Decided, Ground, Restore, UsedKey
from ledger.domain.totals import Totals
from ledger.domain.transaction import TransactionInput
from ledger.repository.book_documents import account_of, book_of, category_of
from ledger.repository.documents import (
    entry_document,
    entry_of,
    freed_document,
    rollup_increments,
    rollup_query,
)

T = TypeVar("T")


class Journal:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def history(self, owner: str, transaction_id: str) -> Sequence[Entry]:
        """All entries of one transaction, oldest first; none where it isn't of this book."""
        query = {"user_id": owner, "transaction_id": transaction_id}
        rows = self._db.entries.find(query).sort("seq", 1)
        return [entry_of(row) async for row in rows]

    async def newest(self, owner: str, transaction_id: str) -> Entry | None:
        """The entry that says what the transaction is now, be it that it is deleted."""
        query = {"user_id": owner, "transaction_id": transaction_id}
        row = await self._db.entries.find_one(query, sort=[("seq", -1)])
        return None if row is None else entry_of(row)

    async def ground(self, tx: Tx, commands: Sequence[Command]) -> Ground:
        """What these commands have to know, as of the transaction's snapshot."""
        ground = Ground()
        await _read_books(tx, ground, commands)
        await _read_keys(tx, ground, commands)
        await _read_transactions(tx, ground, commands)
        await _read_accounts(tx, ground, commands)
        await _read_categories(tx, ground, commands)
        await _read_references(tx, ground, commands)
        return ground

    async def write(self, tx: Tx, decisions: Sequence[Decided]) -> None:
        """Write what was decided: facts first, then the sums, so that hot documents are held for
        the shortest while."""
        decisions = [decided for decided in decisions if not decided.recalled]
        if not decisions:
            return
        await _write_keys(tx, decisions)
        await _write_entries(tx, decisions)
        await _write_totals(tx, decisions)
        await _write_heads(tx, decisions)


async def _read_books(tx: Tx, ground: Ground, commands: Sequence[Command]) -> None:
    owners = sorted({command.owner for command in commands})
    async for row in tx.db.books.find({"_id": {"$in": owners}}, session=tx.session):
        ground.books[row["_id"]] = book_of(row)
        ground.seqs[row["_id"]] = row["seq"]
        if "recorded_at" in row:
            ground.recorded[row["_id"]] = row["recorded_at"]


async def _read_keys(tx: Tx, ground: Ground, commands: Sequence[Command]) -> None:
    wanted = {key_id(c.owner, c.key.text): (c.owner, c.key.text) for c in commands if c.key.text}
    if not wanted:
        return
    query = {"_id": {"$in": sorted(wanted)}}
    keys = await tx.db.idempotency.find(query, session=tx.session).to_list()
    if not keys:
        return
    used_by = {wanted[row["_id"]]: row for row in keys}
    entries = await _entries_by_id(
        tx, {(owner, _answer(row)) for (owner, _), row in used_by.items()}
    )
    for (owner, text), row in used_by.items():
        # A key of another kind of request (an account's) recalls no entry, but is used all the
        # same.
        entry = entries.get(_answer(row))
        ground.keys[owner, text] = UsedKey(row["hash"], entry)


async def _entries_by_id(tx: Tx, wanted: set[tuple[str, str]]) -> dict[str, Entry]:
    query = {
        "_id": {"$in": sorted(id_ for _, id_ in wanted)},
        "user_id": {"$in": sorted({owner for owner, _ in wanted})},
    }
    rows = tx.db.entries.find(query, session=tx.session)
    return {row["_id"]: entry_of(row) async for row in rows}


async def _read_transactions(tx: Tx, ground: Ground, commands: Sequence[Command]) -> None:
    """What stands of the transactions that are changed, what they ever said, and that there are
    those which are named."""
    changed = _by_owner((c.owner, c.changes) for c in commands if c.changes)
    for owner, ids in changed.items():
        query = {"user_id": owner, "transaction_id": {"$in": sorted(set(ids))}}
        rows = tx.db.entries.find(query, {"words": 0}, session=tx.session).sort(
            [("transaction_id", 1), ("seq", 1)]
        )
        async for row in rows:
            entry = entry_of(row)
            transaction = owner, entry.transaction_id
            ground.newest[transaction] = entry
            ground.known.add(transaction)
            if not entry.is_reversal:
                ground.states.setdefault(transaction, []).append(entry)
            if entry.claims:
                ground.claimed.add(transaction)
    named = _by_owner(
        (owner, said.refund_of) for owner, said in _said(ground, commands) if said.refund_of
    )
    for owner, ids in named.items():
        query = {"user_id": owner, "transaction_id": {"$in": sorted(set(ids))}}
        rows = tx.db.entries.find(query, {"_id": 0, "transaction_id": 1}, session=tx.session)
        ground.known.update([(owner, row["transaction_id"]) async for row in rows])


def _said(ground: Ground, commands: Sequence[Command]) -> Iterator[tuple[str, TransactionInput]]:
    """What the commands shall say, by owner: for one that brings a state back, each that it may
    be."""
    for command in commands:
        if command.input is not None:
            yield command.owner, command.input
        elif isinstance(command.action, Restore):
            for state in ground.states.get((command.owner, command.changes), ()):
                yield command.owner, said_by(state)


async def _read_accounts(tx: Tx, ground: Ground, commands: Sequence[Command]) -> None:
    named = {
        id_ for _, said in _said(ground, commands) for id_ in (said.account_id, said.to_account_id)
    }
    standing = {p.account_id for entry in ground.newest.values() for p in entry.postings}
    async for row in _of_owners(tx, "accounts", commands, named | standing):
        ground.accounts[row["user_id"], row["_id"]] = account_of(row)


async def _read_categories(tx: Tx, ground: Ground, commands: Sequence[Command]) -> None:
    named = {part.category_id for _, said in _said(ground, commands) for part in said.parts()}
    async for row in _of_owners(tx, "categories", commands, named):
        ground.categories[row["user_id"], row["_id"]] = category_of(row)


async def _read_references(tx: Tx, ground: Ground, commands: Sequence[Command]) -> None:
    claiming = [c for c in commands if isinstance(c.action, Create | Restore)]
    wanted = _by_owner(
        (owner, said) for owner, said in _said(ground, claiming) if said.origin.bank_reference
    )
    for owner, inputs in wanted.items():
        query = {
            "user_id": owner,
            "account_id": {"$in": sorted({i.account_id for i in inputs})},
            "booked_reference": {"$in": sorted({i.origin.bank_reference for i in inputs})},
        }
        async for row in tx.db.entries.find(query, session=tx.session):
            key = owner, row["account_id"], row["booked_reference"]
            ground.references[key] = row["transaction_id"]


async def _write_keys(tx: Tx, decisions: Sequence[Decided]) -> None:
    rows = [
        key_row(
            d.command.owner, d.command.key.text, d.command.key.request_hash, d.result.id.encode()
        )
        for d in decisions
        if d.command.key.text
    ]
    if rows:
        await tx.db.idempotency.insert_many(rows, session=tx.session)


async def _write_entries(tx: Tx, decisions: Sequence[Decided]) -> None:
    # An entry may be superseded, and what it claims be freed, by a later command of its own group.
    superseded = {d.superseded: d.result.recorded_at for d in decisions if d.superseded}
    freed = {d.freed: number for number, d in enumerate(decisions) if d.freed}
    inserted = []
    for number, decided in enumerate(decisions):
        for entry in decided.entries:
            is_act = entry is decided.result and not decided.command.operation_id
            row = entry_document(entry, superseded_at=superseded.get(entry.id), act=is_act)
            freeing = freed.get(entry.transaction_id, number)
            if entry.claims and freeing > number:
                row = freed_document(row, operation_id=_operation_id(decisions[freeing]))
            inserted.append(InsertOne(row))
    frees = [_free(decided) for decided in decisions if decided.freed]
    marks = [
        UpdateOne(
            {"_id": d.superseded, "user_id": d.command.owner},
            {"$set": {"live": False, "superseded_at": d.result.recorded_at}},
        )
        for d in decisions
        if d.superseded
    ]
    await tx.db.entries.bulk_write([*frees, *inserted, *marks], session=tx.session)


def _free(decided: Decided) -> UpdateMany:
    """Forget what the transaction claims of files."""
    query = {
        "user_id": decided.command.owner,
        "transaction_id": decided.freed,
        "booked_fingerprint": {"$exists": True},
    }
    return UpdateMany(
        query,
        {
            "$set": {"freed_by": _operation_id(decided)},
            "$unset": {"booked_fingerprint": "", "booked_reference": ""},
        },
    )


def _operation_id(decided: Decided) -> str:
    return decided.command.operation_id or decided.result.operation_id


async def _write_totals(tx: Tx, decisions: Sequence[Decided]) -> None:
    totals = Totals()
    for decided in decisions:
        for entry in decided.entries:
            totals.add(entry)
    rollups = [
        UpdateOne(rollup_query(key), {"$inc": rollup_increments(rollup)}, upsert=True)
        for key, rollup in totals.changed_rollups()
    ]
    balances = [
        UpdateOne(
            {"user_id": key.owner, "account_id": key.account_id, "currency": key.currency},
            {"$inc": asdict(balance)},
            upsert=True,
        )
        for key, balance in totals.changed_balances()
    ]
    if rollups:
        await tx.db.rollups.bulk_write(rollups, session=tx.session)
        await tx.db.balances.bulk_write(balances, session=tx.session)


async def _write_heads(tx: Tx, decisions: Sequence[Decided]) -> None:
    """Two processes that post into one book both write its head: MongoDB fails the one whose
    snapshot is the older, and it runs again on what the other left."""
    heads = {d.command.owner: d.result for d in decisions if d.entries}
    moves = [
        UpdateOne({"_id": owner}, {"$set": {"seq": head.seq, "recorded_at": head.recorded_at}})
        for owner, head in sorted(heads.items())
    ]
    if moves:
        await tx.db.books.bulk_write(moves, session=tx.session)


def _of_owners(
    tx: Tx, collection: str, commands: Sequence[Command], ids: set[str]
) -> AsyncCursor[Document]:
    owners = sorted({command.owner for command in commands})
    query = {"user_id": {"$in": owners}, "_id": {"$in": sorted(ids - {""})}}
    return tx.db[collection].find(query, session=tx.session)


def _by_owner(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = {}
    for owner, item in pairs:
        grouped.setdefault(owner, []).append(item)
    return grouped


def _answer(row: Document) -> str:
    return bytes(row["answer"]).decode(errors="replace")
