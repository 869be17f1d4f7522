"""Reading documents into drafts, and taking in what is suggested for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.domain.documents import Document, DocumentKind, DocumentStatus, Problem
from ingest.domain.drafting import receipt_draft, statement_drafts, usual_currency
from ingest.domain.drafts import CategorySuggestion, Draft, DraftStatus
from ingest.domain.errors import DocumentNotFound, IngestError
from ingest.repository.documents import Documents
from ingest.repository.drafts import Drafts
from ingest.service.intake import file_key
from ingest.service.ports import Announcements, DocumentFiles, DocumentReader, FileMissing, Ledger
from kit.clock import Clock
from kit.logging import get_logger
from kit.mongo import Mongo, Tx
from kit.telemetry import tracer

log = get_logger(__name__)
_tracer = tracer(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a document came to: drafts, or the problem that it failed with."""

    document_id: str
    drafts: Sequence[Draft] = ()
    problem: Problem | None = None


class Extraction:
    """From a received document to drafts that are ready for review."""

    def __init__(
        self,
        *,
        mongo: Mongo,
        documents: Documents,
        drafts: Drafts,
        files: DocumentFiles,
        reader: DocumentReader,
        ledger: Ledger,
        announcements: Announcements,
        clock: Clock,
        default_currency: str,
    ) -> None:
        self._mongo = mongo
        self._documents = documents
        self._drafts = drafts
        self._files = files
        self._reader = reader
        self._ledger = ledger
        self._announcements = announcements
        self._clock = clock
        self._default_currency = default_currency

    async def read(self, *, owner: str, document_id: str) -> Read | None:
        """The slow part, outside any transaction: mark it as being read, read it.

        None where there is nothing to read any more. Failures of the document are answered as its
        problem; failures of the surroundings are raised, to be tried again.
        """
        document = await self._begin(owner, document_id)
        if document is None:
            return None
        try:
            with _tracer.start_as_current_span("read document") as span:
                span.set_attribute("document.media_type", document.media_type)
                return Read(document_id, drafts=await self._drafts_of(document))
        except FileMissing:
            problem = Problem(
                "document-unreadable", "The file is gone", "The stored file is missing."
            )
        except IngestError as error:
            problem = Problem(error.slug, error.title, str(error))
        log.warning("document failed", document_id=document_id, problem=problem.type)
        return Read(document_id, problem=problem)

    async def record(self, tx: Tx, *, owner: str, read: Read | None) -> None:
        """The effect: drafts and `extracted`, or `failed`; once, however often the event comes."""
        if read is None:
            return
        document = await self._documents.get(owner, read.document_id, tx=tx)
        if not document.may_be_read:
            return
        now = self._clock.now()
        if read.problem is not None:
            failed = document.failed(read.problem, at=now)
            await self._documents.replace(tx, failed)
            await self._announcements.failed(tx, failed)
            return
        extracted = document.extracted(draft_count=len(read.drafts), at=now)
        await self._drafts.add(tx, read.drafts)
        await self._documents.replace(tx, extracted)
        await self._announcements.extracted(tx, extracted, read.drafts)

    async def take_suggestions(
        self,
        tx: Tx,
        *,
        owner: str,
        document_id: str,
        suggestions: Mapping[str, Sequence[CategorySuggestion]],
    ) -> None:
        """Drafts get their suggestions (best first, by draft id) and the document is ready for
        review. Of a document that is ready already, drafts that wait for a category get them.
        """
        try:
            document = await self._documents.get(owner, document_id, tx=tx)
        except DocumentNotFound:
            log.warning("suggestions for an unknown document", document_id=document_id)
            return
        if document.status not in (DocumentStatus.EXTRACTED, DocumentStatus.READY):
            return
        now = self._clock.now()
        drafts = await self._drafts.of_document(owner, document_id, tx=tx)
        if document.status is DocumentStatus.READY:
            late = (
                draft.suggested_late(suggestions[draft.id], at=now)
                for draft in drafts
                if draft.id in suggestions
            )
            suggested = [draft for draft in late if draft is not None]
            if not suggested:
                return
        else:
            suggested = [
                draft.suggested(suggestions.get(draft.id, ()), at=now)
                for draft in drafts
                if draft.status is DraftStatus.PENDING
            ]
        ready = document.ready(at=now)
        await self._drafts.replace(tx, suggested)
        await self._documents.replace(tx, ready)
        await self._announcements.ready(tx, ready)

    async def _begin(self, owner: str, document_id: str) -> Document | None:
        async def begin(tx: Tx) -> Document | None:
            document = await self._documents.get(owner, document_id, tx=tx)
            if document.status is not DocumentStatus.RECEIVED:
                return document if document.may_be_read else None
            extracting = document.extracting(at=self._clock.now())
            await self._documents.replace(tx, extracting)
            await self._announcements.extraction_started(tx, extracting)
            return extracting

        return await self._mongo.in_transaction(begin)

    async def _drafts_of(self, document: Document) -> Sequence[Draft]:
        data = await self._files.get(file_key(document))
        accounts = await self._ledger.accounts(owner=document.owner)
        currency = usual_currency(
            uploaded_for=document.account_id, accounts=accounts, otherwise=self._default_currency
        )
        now = self._clock.now()
        if document.kind is DocumentKind.STATEMENT:
            statements = await self._reader.read_statement(
                data, media_type=document.media_type, default_currency=currency
            )
            return statement_drafts(document, statements, accounts=accounts, at=now)
        receipt = await self._reader.read_receipt(data, today=now.date(), default_currency=currency)
        return [receipt_draft(document, receipt, accounts=accounts, at=now)]
