"""Documents and drafts ↔ their messages."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from ingest.domain import documents, drafts
from ingest.domain.fields import Field
from kit.money import Money, exponent
from pfa.common.v1 import money_pb2
from pfa.ingest.v1 import document_pb2 as pb

_DOCUMENT_STATUS = {
    status: pb.DocumentStatus.Value(f"DOCUMENT_STATUS_{status.name}")
    for status in documents.DocumentStatus
}
_STATUS_OF = {value: status for status, value in _DOCUMENT_STATUS.items()}
_DOCUMENT_KIND = {
    kind: pb.DocumentKind.Value(f"DOCUMENT_KIND_{kind.name}") for kind in documents.DocumentKind
}
_DRAFT_STATUS = {
    status: pb.DraftStatus.Value(f"DRAFT_STATUS_{status.name}") for status in drafts.DraftStatus
}


def document_message(document: documents.Document) -> pb.Document:
    return pb.Document(
        id=document.id,
        status=_DOCUMENT_STATUS[document.status],
        kind=_DOCUMENT_KIND[document.kind],
        file_name=document.file_name,
        media_type=document.media_type,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        account_id=document.account_id,
        problem=_problem(document.problem),
        pages=[
            pb.PageImage(number=page.number, width=page.width, height=page.height)
            for page in document.pages
        ],
        draft_count=document.draft_count,
        drafts_waiting=document.drafts_waiting,
        drafts_booked=document.drafts_booked,
        created_at=_timestamp(document.created_at),
        updated_at=_timestamp(document.updated_at),
        version=document.version,
    )


def document_status(value: int) -> documents.DocumentStatus | None:
    """None for unspecified, and for a status of a later version."""
    return _STATUS_OF.get(pb.DocumentStatus.ValueType(value))


def draft_message(draft: drafts.Draft) -> pb.Draft:
    return pb.Draft(
        id=draft.id,
        document_id=draft.document_id,
        status=_DRAFT_STATUS[draft.status],
        account_id=draft.account_id,
        date=draft.date,
        amount=_money(draft.amount),
        payee=draft.payee,
        description=draft.description,
        category_id=draft.category_id,
        category_chosen=draft.category_chosen,
        category_confirmed=draft.category_confirmed,
        suggestions=[
            pb.CategorySuggestion(
                category_id=each.category_id, confidence=each.confidence, source=each.source
            )
            for each in draft.suggestions
        ],
        fields=[_field(field) for field in draft.fields],
        warnings=draft.warnings,
        bank_reference=draft.bank_reference,
        transaction_id=draft.transaction_id,
        problem=_problem(draft.problem),
        version=draft.version,
        position=draft.position,
        statement_account=draft.statement_account,
    )


def money(message: money_pb2.Money) -> Money:
    """Raises UnknownCurrency."""
    exponent(message.currency)
    return Money(message.minor_units, message.currency)


def _field(field: Field) -> pb.Field:
    message = pb.Field(
        name=field.name,
        text=field.text,
        value=field.value,
        page=field.page,
        confidence=field.confidence,
        line=field.line,
    )
    if field.box is not None:
        box = field.box
        message.box.CopyFrom(pb.Box(x=box.x, y=box.y, width=box.width, height=box.height))
    return message


def _money(amount: Money | None) -> money_pb2.Money | None:
    if amount is None:
        return None
    return money_pb2.Money(minor_units=amount.minor_units, currency=amount.currency)


def _problem(problem: documents.Problem | None) -> pb.Problem | None:
    if problem is None:
        return None
    return pb.Problem(type=problem.type, title=problem.title, detail=problem.detail)


def _timestamp(instant: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp
