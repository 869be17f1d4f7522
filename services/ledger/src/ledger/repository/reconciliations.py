"""Reconciliations, and the entries that they are about."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from pymongo.asynchronous.client_session import AsyncClientSession

from kit.money import Money
from kit.mongo import Document, Mongo, Tx
from ledger.domain.entry import Entry, EntryKind, Status
from ledger.domain.fields import EntryDate
from ledger.domain.importing.batch import Stage
from ledger.domain.reconciliation import CoveredSpan, Reconciliation, ReconciliationState
from ledger.domain.register import RegisterCursor
from ledger.repository.documents import entry_of
from ledger.repository.holdings import Holdings
from ledger.repository.search_fields import WITHOUT_SEARCH_FIELDS

_NEWEST_FIRST = [("date", -1), ("transaction_id", -1)]
_FINISHED = ReconciliationState.FINISHED.value
_UNCONFIRMED = [Status.PENDING.value, Status.CLEARED.value]


class Reconciliations:
    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db
        self._holdings = Holdings(mongo)

    async def get(
        self, owner: str, id_: str, session: AsyncClientSession | None = None
    ) -> Reconciliation | None:
        query = {"_id": id_, "user_id": owner}
        row = await self._db.reconciliations.find_one(query, session=session)
        return None if row is None else reconciliation_of(row)

    async def open_one(self, tx: Tx, owner: str, account_id: str) -> Reconciliation | None:
        query = {
            "user_id": owner,
            "account_id": account_id,
            "state": ReconciliationState.OPEN.value,
        }
        row = await tx.db.reconciliations.find_one(query, session=tx.session)
        return None if row is None else reconciliation_of(row)

    async def last_finished(self, tx: Tx, owner: str, account_id: str) -> Reconciliation | None:
        query = {"user_id": owner, "account_id": account_id, "state": _FINISHED}
        row = await tx.db.reconciliations.find_one(
            query, sort=[("statement_date", -1)], session=tx.session
        )
        return None if row is None else reconciliation_of(row)

    async def finished(
        self, owner: str, account_id: str, *, limit: int, session: AsyncClientSession
    ) -> Sequence[Reconciliation]:
        """The newest statement first."""
        query = {"user_id": owner, "account_id": account_id, "state": _FINISHED}
        rows = self._db.reconciliations.find(query, session=session)
        return [
            reconciliation_of(row) async for row in rows.sort([("statement_date", -1)]).limit(limit)
        ]

    async def page(
        self, owner: str, account_id: str, *, after: str, limit: int
    ) -> Sequence[Reconciliation]:
        """The latest started first; `after` is the id of the last one seen, or empty."""
        query: Document = {"user_id": owner, "account_id": account_id}
        if after:
            query["_id"] = {"$lt": after}
        rows = self._db.reconciliations.find(query).sort("_id", -1).limit(limit)
        return [reconciliation_of(row) async for row in rows]

    async def add(self, tx: Tx, reconciliation: Reconciliation) -> None:
        """Raises DuplicateKeyError where another one of the account is open."""
        row = reconciliation_document(reconciliation)
        await tx.db.reconciliations.insert_one(row, session=tx.session)

    async def replace(self, tx: Tx, reconciliation: Reconciliation) -> None:
        """Put it in the place of its earlier version."""
        query = {
            "_id": reconciliation.id,
            "user_id": reconciliation.owner,
            "version": reconciliation.version - 1,
        }
        row = reconciliation_document(reconciliation)
        await tx.db.reconciliations.replace_one(query, row, session=tx.session)

    async def standing(
        self, owner: str, ids: Sequence[str], session: AsyncClientSession
    ) -> Sequence[Entry]:
        """The entries in force of these transactions."""
        query = {"user_id": owner, "transaction_id": {"$in": list(ids)}, "live": True}
        rows = self._db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=session)
        return [entry_of(row) async for row in rows]

    async def unconfirmed(
        self,
        owner: str,
        account_id: str,
        *,
        until: str,
        after: RegisterCursor | None,
        limit: int,
        session: AsyncClientSession,
    ) -> Sequence[Entry]:
        """The account's entries that no statement has confirmed, newest first."""
        query: Document = {
            "user_id": owner,
            "live": True,
            "postings.account_id": account_id,
            "status": {"$in": _UNCONFIRMED},
            "date": {"$lte": until},
        }
        if after is not None:
            query["date"] = {"$lte": min(until, after.date)}
            query["$or"] = [
                {"date": {"$lt": after.date}},
                {"transaction_id": {"$lt": after.transaction_id}},
            ]
        rows = self._db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=session)
        return [entry_of(row) async for row in rows.sort(_NEWEST_FIRST).limit(limit)]

    async def half_confirmed(
        self, owner: str, account_id: str, *, until: str, session: AsyncClientSession
    ) -> Sequence[Entry]:
        """Transfers that a statement of their other account has confirmed, and none of this one:
        newest first."""
        query = {
            "user_id": owner,
            "live": True,
            "postings.account_id": account_id,
            "kind": EntryKind.TRANSFER.value,
            "status": Status.RECONCILED.value,
            "date": {"$lte": until},
            "$and": [
                {
                    "postings": {
                        "$elemMatch": {"account_id": account_id, "reconciled": {"$ne": True}}
                    }
                }
            ],
        }
        rows = self._db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=session)
        return [entry_of(row) async for row in rows.sort(_NEWEST_FIRST)]

    async def finished_with(self, owner: str, ids: Sequence[str]) -> str:
        """The id of a finished reconciliation that holds any of these transactions, the latest
        statement's; empty where there is none."""
        query = {"user_id": owner, "state": _FINISHED, "ticked": {"$in": list(ids)}}
        rows = await self._db.reconciliations.find(query, {"statement_date": 1}).to_list()
        last = max(rows, key=lambda row: row["statement_date"], default=None)
        return last["_id"] if last else ""

    async def changed_since(
        self, reconciliation: Reconciliation, session: AsyncClientSession
    ) -> Mapping[str, Sequence[Entry]]:
        """Of its transactions that were touched after it was finished: all their entries."""
        owner = reconciliation.owner
        ticked = {"$in": list(reconciliation.ticked)}
        newer = {
            "user_id": owner,
            "transaction_id": ticked,
            "seq": {"$gt": reconciliation.finished_seq},
        }
        only = {"transaction_id": 1}
        touched = {
            row["transaction_id"]
            async for row in self._db.entries.find(newer, only, session=session)
        }
        if not touched:
            return {}
        query = {"user_id": owner, "transaction_id": {"$in": sorted(touched)}}
        rows = self._db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=session)
        entries = [entry_of(row) async for row in rows.sort([("transaction_id", 1), ("seq", 1)])]
        return {id_: list(own) for id_, own in groupby(entries, lambda e: e.transaction_id)}

    async def seq(self, tx: Tx, owner: str) -> int:
        """The number of the book's newest entry."""
        row = await tx.db.books.find_one({"_id": owner}, {"seq": 1}, session=tx.session)
        return int(row["seq"]) if row else 0

    async def imported_spans(self, owner: str, account_id: str) -> Sequence[CoveredSpan]:
        """The days of which the files tell that were imported into the account, and not undone."""
        query = {
            "user_id": owner,
            "stage": Stage.COMMITTED.value,
            "coverage.account_id": account_id,
        }
        found = await self._db.imports.find(query, {"coverage": 1}).to_list()
        undone = await self._holdings.undone(owner, {row["_id"] for row in found})
        return [
            CoveredSpan(part["from_date"], part["to_date"])
            for row in found
            if row["_id"] not in undone
            for part in row["coverage"]
            if part["account_id"] == account_id
        ]


def reconciliation_document(reconciliation: Reconciliation) -> Document:
    return {
        "_id": reconciliation.id,
        "user_id": reconciliation.owner,
        "account_id": reconciliation.account_id,
        "state": reconciliation.state.value,
        "statement_date": reconciliation.statement_date,
        "statement_from": reconciliation.statement_from,
        "currency": reconciliation.closing.currency,
        "opening": reconciliation.opening.minor_units,
        "closing": reconciliation.closing.minor_units,
        "ticked": list(reconciliation.ticked),
        "version": reconciliation.version,
        "started_by": reconciliation.started_by,
        "started_at": reconciliation.started_at,
        "updated_at": reconciliation.updated_at,
        "finished_by": reconciliation.finished_by,
        "finished_at": reconciliation.finished_at,
        "finished_seq": reconciliation.finished_seq,
        "operation_id": reconciliation.operation_id,
    }


def reconciliation_of(row: Document) -> Reconciliation:
    from_ = row["statement_from"]
    return Reconciliation(
        id=row["_id"],
        owner=row["user_id"],
        account_id=row["account_id"],
        state=ReconciliationState(row["state"]),
        statement_date=EntryDate(row["statement_date"]),
        statement_from=EntryDate(from_) if from_ else None,
        opening=Money(row["opening"], row["currency"]),
        closing=Money(row["closing"], row["currency"]),
        started_by=row["started_by"],
        started_at=row["started_at"],
        updated_at=row["updated_at"],
        ticked=tuple(row["ticked"]),
        version=row["version"],
        finished_by=row["finished_by"],
        finished_at=row["finished_at"],
        finished_seq=row["finished_seq"],
        operation_id=row["operation_id"],
    )
