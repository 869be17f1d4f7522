"""Documents ↔ rows of the collection `documents`."""

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from ingest.domain.documents import Document, DocumentKind, DocumentStatus, Page, Problem
from ingest.domain.errors import DocumentNotFound
from kit.mongo import Mongo, Tx

Row = dict[str, Any]


class SameBytes(Exception):
    """The owner already has a document of these bytes."""


class Documents:
    """The documents of all books; each call names the owner."""

    def __init__(self, mongo: Mongo) -> None:
        self._rows = mongo.db.documents

    async def add(self, tx: Tx, document: Document) -> None:
        """Raises SameBytes."""
        try:
            await tx.db.documents.insert_one(document_row(document), session=tx.session)
        except DuplicateKeyError:
            raise SameBytes from None

    async def replace(self, tx: Tx, document: Document) -> None:
        await tx.db.documents.replace_one(
            {"_id": document.id, "user_id": document.owner},
            document_row(document),
            session=tx.session,
        )

    async def get(self, owner: str, document_id: str, *, tx: Tx | None = None) -> Document:
        """Raises DocumentNotFound, also for another person's document."""
        session: AsyncClientSession | None = tx.session if tx else None
        row = await self._rows.find_one({"_id": document_id, "user_id": owner}, session=session)
        if row is None:
            raise DocumentNotFound
        return read_document(row)

    async def with_bytes(self, owner: str, sha256: str) -> Document | None:
        row = await self._rows.find_one({"user_id": owner, "sha256": sha256})
        return read_document(row) if row else None

    async def page(
        self, owner: str, *, status: DocumentStatus | None, before: str, limit: int
    ) -> list[Document]:
        """Newest first, at most `limit`, older than `before` (empty: from the newest)."""
        query: Row = {"user_id": owner}
        if status is not None:
            query["status"] = status.value
        if before:
            query["_id"] = {"$lt": before}
        rows = self._rows.find(query).sort("_id", -1).limit(limit)
        return [read_document(row) async for row in rows]


def document_row(document: Document) -> Row:
    return {
        "_id": document.id,
        "user_id": document.owner,
        "status": document.status.value,
        "kind": document.kind.value,
        "file_name": document.file_name,
        "media_type": document.media_type,
        "size_bytes": document.size_bytes,
        "sha256": document.sha256,
        "account_id": document.account_id,
        "pages": [[page.width, page.height] for page in document.pages],
        "draft_count": document.draft_count,
        "drafts_waiting": document.drafts_waiting,
        "drafts_booked": document.drafts_booked,
        "problem": problem_row(document.problem),
        "created_at": document.created_at,
        "updated_at": document.updated_at,
        "version": document.version,
    }


def read_document(row: Row) -> Document:
    return Document(
        id=row["_id"],
        owner=row["user_id"],
        status=DocumentStatus(row["status"]),
        kind=DocumentKind(row["kind"]),
        file_name=row["file_name"],
        media_type=row["media_type"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        account_id=row["account_id"],
        pages=tuple(
            Page(number, width, height)
            for number, (width, height) in enumerate(row["pages"], start=1)
        ),
        draft_count=row["draft_count"],
        drafts_waiting=row["drafts_waiting"],
        drafts_booked=row.get("drafts_booked", 0),
        problem=read_problem(row["problem"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


def problem_row(problem: Problem | None) -> Row | None:
    if problem is None:
        return None
    return {"type": problem.type, "title": problem.title, "detail": problem.detail}


def read_problem(row: Row | None) -> Problem | None:
    return Problem(row["type"], row["title"], row["detail"]) if row else None
