"""The journal: its entries, and the writing of what a group of postings came to."""

from collections.abc import Sequence
from dataclasses import replace

from kit.idempotency import row as key_row
from kit.money import SumTooLarge
from kit.mongo import Document, Mongo, Tx
from kit.writes import inserts, updates, write_together
from ledger.domain.entry import Entry
from ledger.domain.errors import BalanceTooLarge
from ledger.domain.posting import Decided
from ledger.domain.totals import Totals
from ledger.repository.documents import (
    balance_increments,
    balance_query,
    entry_document,
    entry_of,
    freed_document,
    rollup_increments,
    rollup_query,
)
from ledger.repository.grounds import Footing, Head
from ledger.repository.payees import NewPayees


class HeadMoved(Exception):
    """Someone else posted into the book, or held it, since its head was read."""


class Journal:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db
        self._payees = NewPayees()

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

    async def write(
        self, tx: Tx, footing: Footing, decisions: Sequence[Decided], told: Sequence[Document]
    ) -> Head:
        """Write what was decided and the outbox documents that tell of it, and answer where the
        head is then. Raises HeadMoved, DuplicateKeyError, BalanceTooLarge.

        Two processes that post into one book both write its head: MongoDB fails the one whose
        snapshot is the older, and it runs again on what the other left. So the head comes first,
        and the sums, which reports read, last.
        """
        head, move = _move_head(footing.head, decisions, told)
        commands = [
            *move,
            *_keys(decisions),
            *_entries(decisions),
            *inserts("outbox", told),
            *_totals(decisions),
        ]
        try:
            found = await write_together(tx, commands)
        except (OverflowError, SumTooLarge) as error:
            raise BalanceTooLarge from error
        if not found[0]:
            raise HeadMoved
        await self._payees.note(tx, (entry for d in decisions for entry in d.entries))
        return head


def _move_head(
    head: Head, decisions: Sequence[Decided], told: Sequence[Document]
) -> tuple[Head, Sequence[Document]]:
    """Where the head is then, and the command that moves it from where it was seen."""
    moved = replace(head, events=head.events + sum(document["count"] for document in told))
    change: Document = {"events": moved.events}
    for decided in decisions:
        if decided.entries:
            moved = replace(moved, seq=decided.result.seq)
            change |= {"seq": moved.seq, "recorded_at": decided.result.recorded_at}
    return moved, updates("books", [{"q": head.query(), "u": {"$set": change}}])


def _keys(decisions: Sequence[Decided]) -> Sequence[Document]:
    rows = [
        key_row(
            d.command.owner, d.command.key.text, d.command.key.request_hash, d.result.id.encode()
        )
        for d in decisions
        if d.command.key.text
    ]
    return inserts("idempotency", rows)


def _entries(decisions: Sequence[Decided]) -> Sequence[Document]:
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
            inserted.append(row)
    marks = [
        {
            "q": {"_id": d.superseded, "user_id": d.command.owner},
            "u": {"$set": {"live": False, "superseded_at": d.result.recorded_at}},
        }
        for d in decisions
        if d.superseded
    ]
    freeing_changes = [_free(decided) for decided in decisions if decided.freed]
    return [
        *updates("entries", freeing_changes),
        *inserts("entries", inserted),
        *updates("entries", marks),
    ]


def _free(decided: Decided) -> Document:
    """Forget what the transaction claims of files."""
    query = {
        "user_id": decided.command.owner,
        "transaction_id": decided.freed,
        "booked_fingerprint": {"$exists": True},
    }
    change = {
        "$set": {"freed_by": _operation_id(decided)},
        "$unset": {"booked_fingerprint": "", "booked_reference": ""},
    }
    return {"q": query, "u": change, "multi": True}


def _operation_id(decided: Decided) -> str:
    return decided.command.operation_id or decided.result.operation_id


def _totals(decisions: Sequence[Decided]) -> Sequence[Document]:
    totals = Totals()
    for decided in decisions:
        for entry in decided.entries:
            totals.add(entry)
    rollups = [
        {"q": rollup_query(key), "u": {"$inc": rollup_increments(rollup)}, "upsert": True}
        for key, rollup in totals.changed_rollups()
    ]
    balances = [
        {
            "q": balance_query(key),
            "u": {"$inc": balance_increments(balance)},
            "upsert": True,
        }
        for key, balance in totals.changed_balances()
    ]
    return [*updates("rollups", rollups), *updates("balances", balances)]
