"""What ingest tells the others, and what it hears."""

from collections import defaultdict
from collections.abc import Sequence

from google.protobuf.message import Message

from ingest.domain.documents import Document
from ingest.domain.drafts import CategorySuggestion, Draft, DraftStatus
from ingest.service.extraction import Extraction, Read
from kit.events import Event
from kit.handlers import Handler, on
from kit.mongo import Tx
from kit.outbox import Outbox
from pfa.common.v1.money_pb2 import Money
from pfa.events.v1.ai_events_pb2 import SuggestionsMade
from pfa.events.v1.ingest_events_pb2 import (
    DocumentAccepted,
    DocumentExtracted,
    DocumentExtractionStarted,
    DocumentFailed,
    DocumentReady,
    DocumentReceived,
    DraftDecided,
    ExtractedDraft,
)

SOURCE = "ingest"
TOPIC = "pfa.ingest.documents"
SUGGESTIONS_TOPIC = "pfa.ai.suggestions"
EXTRACT_GROUP = "ingest.extract"
SUGGESTIONS_GROUP = "ingest.suggestions"

# Two thousand drafts fit into a Kafka message of a megabyte.
_DESCRIPTION_IN_EVENT = 160


class OutboxAnnouncements:
    """Writes events to the outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def received(self, tx: Tx, document: Document) -> None:
        await self._tell(tx, document, DocumentReceived())

    async def extraction_started(self, tx: Tx, document: Document) -> None:
        await self._tell(tx, document, DocumentExtractionStarted())

    async def extracted(self, tx: Tx, document: Document, drafts: Sequence[Draft]) -> None:
        event = DocumentExtracted(drafts=[_extracted_draft(draft) for draft in drafts])
        await self._tell(tx, document, event)

    async def ready(self, tx: Tx, document: Document) -> None:
        await self._tell(tx, document, DocumentReady(draft_count=document.draft_count))

    async def failed(self, tx: Tx, document: Document) -> None:
        problem = document.problem
        if problem is None:
            raise ValueError("a failed document has a problem")
        event = DocumentFailed(
            problem_type=problem.type, problem_title=problem.title, problem_detail=problem.detail
        )
        await self._tell(tx, document, event)

    async def decided(self, tx: Tx, drafts: Sequence[Draft]) -> None:
        if drafts:
            rows = [(TOPIC, _draft_decided(draft), draft.id) for draft in drafts]
            await self._outbox.add_many(tx, user_id=drafts[0].owner, rows=rows)

    async def accepted(self, tx: Tx, document: Document) -> None:
        await self._tell(tx, document, DocumentAccepted())

    async def _tell(
        self,
        tx: Tx,
        document: Document,
        event: DocumentReceived
        | DocumentExtractionStarted
        | DocumentExtracted
        | DocumentReady
        | DocumentFailed
        | DocumentAccepted,
    ) -> None:
        event.user_id = document.owner
        event.document_id = document.id
        event.version = document.version
        await self._outbox.add(
            tx, user_id=document.owner, topic=TOPIC, event=event, subject=document.id
        )


def extract_handlers(extraction: Extraction) -> Sequence[Handler]:
    """What the group `ingest.extract` does."""

    async def read(event: Event[DocumentReceived]) -> Read | None:
        return await extraction.read(owner=event.data.user_id, document_id=event.data.document_id)

    async def record(tx: Tx, event: Event[DocumentReceived], read: Read | None) -> None:
        await extraction.record(tx, owner=event.data.user_id, read=read)

    return [on(DocumentReceived, record, prepare=read)]


def suggestion_handlers(extraction: Extraction) -> Sequence[Handler]:
    """What the group `ingest.suggestions` does."""

    async def take(tx: Tx, event: Event[SuggestionsMade]) -> None:
        by_draft: dict[str, list[CategorySuggestion]] = defaultdict(list)
        for each in event.data.suggestions:
            by_draft[each.draft_id].append(
                CategorySuggestion(each.category_id, each.confidence, each.source)
            )
        await extraction.take_suggestions(
            tx,
            owner=event.data.user_id,
            document_id=event.data.document_id,
            suggestions=by_draft,
        )

    return [on(SuggestionsMade, take)]


def _extracted_draft(draft: Draft) -> ExtractedDraft:
    event = ExtractedDraft(
        draft_id=draft.id,
        payee=draft.payee,
        description=draft.description[:_DESCRIPTION_IN_EVENT],
        date=draft.date,
        account_id=draft.account_id,
    )
    if draft.amount is not None:
        event.amount.CopyFrom(
            Money(minor_units=draft.amount.minor_units, currency=draft.amount.currency)
        )
    return event


def _draft_decided(draft: Draft) -> Message:
    return DraftDecided(
        user_id=draft.owner,
        document_id=draft.document_id,
        draft_id=draft.id,
        version=draft.version,
        decision="accepted" if draft.status is DraftStatus.ACCEPTED else "rejected",
        transaction_id=draft.transaction_id,
    )
