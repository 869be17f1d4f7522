"""What ai consumes and publishes: documents in, suggestions out; posted entries teach."""

from collections.abc import Mapping, Sequence

from ai.asking import Publish
from ai.domain.lessons import CategoryPosting, PostedEntry
from ai.domain.outside import OpenBatch
from ai.domain.suggesting import Question
from ai.domain.taxonomy import CategoryId
from ai.domain.teaching import Teaching
from ai.learning import Learning
from ai.service import Answer, Answers, Categorisation, chosen_outside
from kit.consumer import Handler, on, on_many
from kit.events import Event
from kit.money import Money
from kit.mongo import Tx
from kit.outbox import Outbox
from pfa.events.v1 import ai_events_pb2, ingest_events_pb2, ledger_events_pb2

DOCUMENTS_TOPIC = "pfa.ingest.documents"
LEDGER_TOPIC = "pfa.ledger.events"
SUGGESTIONS_TOPIC = "pfa.ai.suggestions"
SUGGEST_GROUP = "ai.suggest"
LEARN_GROUP = "ai.learn"


def suggest_handlers(categorisation: Categorisation, outbox: Outbox) -> Sequence[Handler]:
    """Group `ai.suggest`: each document gets its suggestions, or none, but always an event."""

    async def prepare(event: Event[ingest_events_pb2.DocumentExtracted]) -> Answers:
        questions = [_question(draft) for draft in event.data.drafts]
        return await categorisation.suggest_or_leave(owner=event.user_id, questions=questions)

    async def apply(
        tx: Tx, event: Event[ingest_events_pb2.DocumentExtracted], answers: Answers
    ) -> None:
        document_id = event.data.document_id
        await categorisation.keep_open(
            tx, owner=event.user_id, document_id=document_id, answers=answers
        )
        made = _suggestions_made(event.user_id, document_id, answers.all)
        await outbox.add(
            tx,
            user_id=event.user_id,
            topic=SUGGESTIONS_TOPIC,
            event=made,
            subject=document_id,
        )

    return [on(ingest_events_pb2.DocumentExtracted, apply, prepare=prepare)]


def publish_late(outbox: Outbox) -> Publish:
    """Tell of categories that came after the document was ready, for their drafts only."""

    async def publish(tx: Tx, batch: OpenBatch, chosen: Mapping[str, CategoryId]) -> None:
        answers = [Answer(id_, [chosen_outside(category)]) for id_, category in chosen.items()]
        await outbox.add(
            tx,
            user_id=batch.owner,
            topic=SUGGESTIONS_TOPIC,
            event=_suggestions_made(batch.owner, batch.document_id, answers),
            subject=batch.document_id,
        )

    return publish


def learn_handlers(learning: Learning) -> Sequence[Handler]:
    """Group `ai.learn`: entries whose category a person decided teach, the others don't. The
    entries of an import are learnt together."""

    async def understand(
        events: Sequence[Event[ledger_events_pb2.EntryPosted]],
    ) -> Sequence[Teaching]:
        return await learning.understand([_posted(event) for event in events])

    async def learn(
        tx: Tx,
        events: Sequence[Event[ledger_events_pb2.EntryPosted]],
        teachings: Sequence[Teaching],
    ) -> None:
        await learning.learn(tx, owner=events[0].user_id, teachings=teachings)

    return [on_many(ledger_events_pb2.EntryPosted, learn, prepare=understand)]


def _question(draft: ingest_events_pb2.ExtractedDraft) -> Question:
    amount = draft.amount
    return Question(
        draft.draft_id,
        draft.payee,
        draft.description,
        inflow=amount.minor_units > 0,
        date=draft.date,
        amount=Money(amount.minor_units, amount.currency) if amount.currency else None,
        account_id=draft.account_id,
    )


def _suggestions_made(
    user_id: str, document_id: str, answers: Sequence[Answer]
) -> ai_events_pb2.SuggestionsMade:
    return ai_events_pb2.SuggestionsMade(
        user_id=user_id,
        document_id=document_id,
        suggestions=[
            ai_events_pb2.DraftSuggestion(
                draft_id=answer.id,
                category_id=s.category_id,
                confidence=s.confidence,
                source=s.source.value,
            )
            for answer in answers
            for s in answer.suggestions
        ],
    )


def _posted(event: Event[ledger_events_pb2.EntryPosted]) -> PostedEntry:
    entry = event.data
    return PostedEntry(
        entry_id=entry.entry_id,
        payee=entry.payee,
        description=entry.description,
        postings=[
            CategoryPosting(CategoryId(p.account_id), p.amount.minor_units)
            for p in entry.postings
            if p.is_category
        ],
        reverses=entry.reverses_entry_id,
        posted_at=event.time,
        category_unreviewed=entry.category_unreviewed,
    )
