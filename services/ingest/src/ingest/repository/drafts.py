"""Drafts ↔ rows of the collection `drafts`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from ingest.domain.drafts import CategorySuggestion, Draft, DraftStatus
from ingest.domain.errors import DraftNotFound
from ingest.domain.fields import Box, Field
from ingest.repository.documents import problem_row, read_problem
from kit.clock import Clock, SystemClock
from kit.money import Money
from kit.mongo import Mongo, Tx
from kit.rows import Found, RowParking, found
from kit.telemetry import inject_context

Row = dict[str, Any]

_WAITING = [DraftStatus.PENDING.value, DraftStatus.READY.value, DraftStatus.ACCEPTING.value]


class Drafts:
    """The drafts of all books; each call names the owner. `parking` keeps those that the sweep
    failed on."""

    def __init__(self, mongo: Mongo, clock: Clock | None = None) -> None:
        self._rows = mongo.db.drafts
        self.parking = RowParking(
            mongo.db, collection="drafts", work="accepting", clock=clock or SystemClock()
        )

    async def add(self, tx: Tx, drafts: Sequence[Draft]) -> None:
        if drafts:
            # The trace in which they were read: their booking will go on with it.
            trace = inject_context()
            rows = [{**draft_row(draft), "trace": trace} for draft in drafts]
            await tx.db.drafts.insert_many(rows, session=tx.session)

    async def replace(self, tx: Tx, drafts: Sequence[Draft]) -> None:
        if drafts:
            changes = [
                UpdateOne({"_id": draft.id, "user_id": draft.owner}, {"$set": draft_row(draft)})
                for draft in drafts
            ]
            await tx.db.drafts.bulk_write(changes, session=tx.session)

    async def get(self, owner: str, draft_id: str, *, tx: Tx | None = None) -> Draft:
        """Raises DraftNotFound, also for another person's draft."""
        row = await self._rows.find_one({"_id": draft_id, "user_id": owner}, session=_session(tx))
        if row is None:
            raise DraftNotFound
        return read_draft(row)

    async def of_document(
        self, owner: str, document_id: str, *, tx: Tx | None = None
    ) -> list[Draft]:
        """All of them, in the order of the document."""
        query = {"user_id": owner, "document_id": document_id}
        rows = self._rows.find(query, session=_session(tx)).sort("position", 1)
        return [read_draft(row) async for row in rows]

    async def document_page(
        self, owner: str, document_id: str, *, after: int, limit: int
    ) -> list[Draft]:
        """In the order of the document, from the position behind `after`."""
        query = {"user_id": owner, "document_id": document_id, "position": {"$gt": after}}
        rows = self._rows.find(query).sort("position", 1).limit(limit)
        return [read_draft(row) async for row in rows]

    async def waiting_page(self, owner: str, *, before: str, limit: int) -> list[Draft]:
        """Those that wait for a decision, newest first, older than the draft `before`."""
        query: Row = {"user_id": owner, "status": {"$in": _WAITING}}
        if before:
            query["_id"] = {"$lt": before}
        rows = self._rows.find(query).sort("_id", -1).limit(limit)
        return [read_draft(row) async for row in rows]

    async def trace(self, owner: str, draft_id: str) -> dict[str, str]:
        """The trace context in which the draft was read, as W3C headers."""
        query = {"_id": draft_id, "user_id": owner}
        row = await self._rows.find_one(query, {"trace": 1})
        return dict((row or {}).get("trace") or {})

    async def left_accepting(self, *, before: datetime, limit: int) -> list[Found[Draft]]:
        """Of all owners: drafts whose booking was begun before then and not seen to its end."""
        query = {"accepting_since": {"$lt": before}, **self.parking.not_parked()}
        rows = await self._rows.find(query).sort("accepting_since", 1).limit(limit).to_list()
        return list(found(rows, read_draft))


def _session(tx: Tx | None) -> AsyncClientSession | None:
    return tx.session if tx else None


def draft_row(draft: Draft) -> Row:
    amount = draft.amount
    return {
        "_id": draft.id,
        "user_id": draft.owner,
        "document_id": draft.document_id,
        "position": draft.position,
        "status": draft.status.value,
        "account_id": draft.account_id,
        "date": draft.date,
        "amount": None if amount is None else [amount.minor_units, amount.currency],
        "payee": draft.payee,
        "description": draft.description,
        "category_id": draft.category_id,
        "category_chosen": draft.category_chosen,
        "category_confirmed": draft.category_confirmed,
        "suggestions": [[s.category_id, s.confidence, s.source] for s in draft.suggestions],
        "fields": [_field_row(field) for field in draft.fields],
        "warnings": list(draft.warnings),
        "bank_reference": draft.bank_reference,
        "transaction_id": draft.transaction_id,
        "problem": problem_row(draft.problem),
        "accepting_since": draft.accepting_since,
        "created_at": draft.created_at,
        "updated_at": draft.updated_at,
        "version": draft.version,
        "statement_account": draft.statement_account,
    }


def read_draft(row: Row) -> Draft:
    amount = row["amount"]
    return Draft(
        id=row["_id"],
        owner=row["user_id"],
        document_id=row["document_id"],
        position=row["position"],
        status=DraftStatus(row["status"]),
        account_id=row["account_id"],
        date=row["date"],
        amount=None if amount is None else Money(amount[0], amount[1]),
        payee=row["payee"],
        description=row["description"],
        category_id=row["category_id"],
        category_chosen=row["category_chosen"],
        # Older rows lack it; in them only a choice confirms.
        category_confirmed=bool(row.get("category_confirmed", row["category_chosen"])),
        suggestions=tuple(CategorySuggestion(*each) for each in row["suggestions"]),
        fields=tuple(_read_field(each) for each in row["fields"]),
        warnings=tuple(row["warnings"]),
        bank_reference=row["bank_reference"],
        transaction_id=row["transaction_id"],
        problem=read_problem(row["problem"]),
        accepting_since=row["accepting_since"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
        statement_account=row.get("statement_account", ""),
    )


def _field_row(field: Field) -> Row:
    box = field.box
    return {
        "name": field.name,
        "text": field.text,
        "value": field.value,
        "confidence": field.confidence,
        "page": field.page,
        "box": None if box is None else [box.x, box.y, box.width, box.height],
        "line": field.line,
    }


def _read_field(row: Row) -> Field:
    box = row["box"]
    return Field(
        name=row["name"],
        text=row["text"],
        value=row["value"],
        confidence=row["confidence"],
        page=row["page"],
        box=None if box is None else Box(*box),
        line=row["line"],
    )
