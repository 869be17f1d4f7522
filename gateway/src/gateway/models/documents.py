"""Documents and their drafts."""

from datetime import datetime
from typing import Annotated, Literal, cast

from pydantic import Field, StringConstraints

from gateway.models.common import (
    AmountText,
    Answer,
    Body,
    CurrencyCode,
    DateText,
    DecimalText,
    IdText,
    Names,
    decimal_text,
    instant,
    money_message,
    text_or_none,
)
from kit.money import exponent
from pfa.ingest.v1 import document_pb2, ingest_pb2

DocumentStatus = Literal["received", "extracting", "extracted", "ready", "accepted", "failed"]
STATUSES = Names(
    {
        document_pb2.DOCUMENT_STATUS_RECEIVED: "received",
        document_pb2.DOCUMENT_STATUS_EXTRACTING: "extracting",
        document_pb2.DOCUMENT_STATUS_EXTRACTED: "extracted",
        document_pb2.DOCUMENT_STATUS_READY: "ready",
        document_pb2.DOCUMENT_STATUS_ACCEPTED: "accepted",
        document_pb2.DOCUMENT_STATUS_FAILED: "failed",
    }
)
DocumentKind = Literal["receipt", "statement"]
_KINDS: dict[int, DocumentKind] = {
    document_pb2.DOCUMENT_KIND_RECEIPT: "receipt",
    document_pb2.DOCUMENT_KIND_STATEMENT: "statement",
}
DraftStatus = Literal["pending", "ready", "accepting", "accepted", "rejected"]
_DRAFT_STATUSES = Names(
    {
        document_pb2.DRAFT_STATUS_PENDING: "pending",
        document_pb2.DRAFT_STATUS_READY: "ready",
        document_pb2.DRAFT_STATUS_ACCEPTING: "accepting",
        document_pb2.DRAFT_STATUS_ACCEPTED: "accepted",
        document_pb2.DRAFT_STATUS_REJECTED: "rejected",
    }
)


class DocumentProblem(Answer):
    """Why a document failed, or a draft was not booked."""

    type: str
    title: str
    detail: str

    @classmethod
    def of(cls, message: document_pb2.Problem) -> "DocumentProblem":
        return cls(type=f"/problems/{message.type}", title=message.title, detail=message.detail)


class PageImage(Answer):
    """A page as it was read; boxes are in its pixels."""

    number: int
    width: int
    height: int


class Document(Answer):
    """A file that a person brought in."""

    id: str
    status: DocumentStatus
    kind: DocumentKind | None
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str
    account_id: str | None
    problem: DocumentProblem | None
    pages: list[PageImage]
    draft_count: int
    drafts_waiting: int
    drafts_booked: int = Field(
        description="How many are in the books; the other decided ones were rejected."
    )
    duplicate: bool = Field(
        default=False, description="True in the answer to an upload of bytes that were known."
    )
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, message: document_pb2.Document, *, duplicate: bool = False) -> "Document":
        has_problem = message.HasField("problem")
        return cls(
            id=message.id,
            status=cast("DocumentStatus", STATUSES.word(message.status)),
            kind=_KINDS.get(message.kind),
            file_name=message.file_name,
            media_type=message.media_type,
            size_bytes=message.size_bytes,
            sha256=message.sha256,
            account_id=text_or_none(message.account_id),
            problem=DocumentProblem.of(message.problem) if has_problem else None,
            pages=[
                PageImage(number=page.number, width=page.width, height=page.height)
                for page in message.pages
            ],
            draft_count=message.draft_count,
            drafts_waiting=message.drafts_waiting,
            drafts_booked=message.drafts_booked,
            duplicate=duplicate,
            version=message.version,
            created_at=instant(message.created_at),
            updated_at=instant(message.updated_at),
        )


class Suggestion(Answer):
    """A proposed category."""

    category_id: str
    confidence: float = Field(description="0 to 1, calibrated.")
    source: str = Field(
        description="What proposes it: `rule`, `memory` (learnt from the person), `lexicon`,"
        " `model`, `gemini`; later versions may add others."
    )


class Box(Answer):
    """A rectangle in pixels of the page image; origin top left."""

    x: int
    y: int
    width: int
    height: int


class DraftField(Answer):
    """One thing that was read, and where."""

    name: str
    text: str
    value: str
    page: int
    box: Box | None
    confidence: float
    line: int

    @classmethod
    def of(cls, message: document_pb2.Field) -> "DraftField":
        box = message.box
        return cls(
            name=message.name,
            text=message.text,
            value=message.value,
            page=message.page,
            box=Box(x=box.x, y=box.y, width=box.width, height=box.height)
            if message.HasField("box")
            else None,
            confidence=message.confidence,
            line=message.line,
        )


class Draft(Answer):
    """A transaction that waits for a person's word."""

    id: str
    document_id: str
    status: DraftStatus
    account_id: str | None
    date: str | None = Field(json_schema_extra={"format": "date"})
    amount: DecimalText | None
    currency: str | None
    payee: str
    description: str
    category_id: str | None = Field(
        description="The person's choice, else a suggestion that is sure enough to be applied"
        " without asking, else null: the others are only in `suggestions`."
    )
    category_chosen: bool = Field(description="The person chose it.")
    category_confirmed: bool = Field(
        description="The person chose it, or accepted this one draft with it. Nothing is learnt"
        " from a category that no person has looked at."
    )
    suggestions: list[Suggestion]
    fields: list[DraftField]
    warnings: list[str]
    bank_reference: str | None
    transaction_id: str | None
    problem: DocumentProblem | None
    version: int
    position: int
    statement_account: str | None = Field(
        description="Which account the bank file says the line is of, where the file holds"
        " several: the last digits of its number, or its name, with its currency."
    )

    @classmethod
    def of(cls, message: document_pb2.Draft) -> "Draft":
        currency = message.amount.currency
        return cls(
            id=message.id,
            document_id=message.document_id,
            status=cast("DraftStatus", _DRAFT_STATUSES.word(message.status)),
            account_id=text_or_none(message.account_id),
            date=text_or_none(message.date),
            amount=decimal_text(message.amount) if currency else None,
            currency=text_or_none(currency),
            payee=message.payee,
            description=message.description,
            category_id=text_or_none(message.category_id),
            category_chosen=message.category_chosen,
            category_confirmed=message.category_confirmed,
            suggestions=[
                Suggestion(category_id=s.category_id, confidence=s.confidence, source=s.source)
                for s in message.suggestions
            ],
            fields=[DraftField.of(found) for found in message.fields],
            warnings=list(message.warnings),
            bank_reference=text_or_none(message.bank_reference),
            transaction_id=text_or_none(message.transaction_id),
            problem=DocumentProblem.of(message.problem) if message.HasField("problem") else None,
            version=message.version,
            position=message.position,
            statement_account=text_or_none(message.statement_account),
        )


class AcceptedDocument(Answer):
    """A document whose drafts were accepted as far as they could be."""

    document: Document
    drafts: list[Draft]


class DraftChange(Body):
    """A correction; what is absent stays, and null empties what may be empty."""

    account_id: IdText | None = None
    date: DateText | None = None
    amount: AmountText | None = None
    currency: CurrencyCode | None = Field(
        default=None, description="With `amount`, or alone to read the same digits in it."
    )
    payee: Annotated[str, StringConstraints(max_length=200)] | None = None
    description: Annotated[str, StringConstraints(max_length=1000)] | None = None
    category_id: IdText | None = None

    @property
    def touches_amount(self) -> bool:
        return self.amount is not None or self.currency is not None

    def request(
        self, *, draft_id: str, version: int, old: document_pb2.Draft | None
    ) -> ingest_pb2.UpdateDraftRequest:
        """`old` is needed where only one of amount and currency is given.

        Raises kit.money.InvalidAmount, UnknownCurrency.
        """
        request = ingest_pb2.UpdateDraftRequest(id=draft_id, expected_version=version)
        for name in ("account_id", "date", "payee", "description", "category_id"):
            if name in self.model_fields_set:
                setattr(request, name, getattr(self, name) or "")
        if self.touches_amount:
            known = old.amount if old is not None else None
            currency = self.currency or (known.currency if known else "")
            exponent(currency)
            text = self.amount or (decimal_text(known) if known and known.currency else "")
            request.amount.CopyFrom(money_message(text, currency))
        return request
