"""Imports: what a file says, what each line is to the book, and what became of it."""

from datetime import datetime
from typing import Annotated, Literal, Self, cast

from pydantic import Field, StringConstraints, model_validator

from gateway.models.common import (
    COUNT_MAX,
    Answer,
    Body,
    CurrencyCode,
    DateText,
    DecimalText,
    IdText,
    Money,
    Names,
    decimal_text,
    instant,
    money,
    text_or_none,
)
from gateway.models.transactions import STATUSES, Split, Transaction, TransactionStatus
from pfa.ledger.v1 import import_pb2 as pb

MAX_LINES = 20_000
Verdict = Literal["new", "already_there", "twin_kept", "deleted_before", "doubtful", "refused"]
VERDICTS = Names(
    {
        pb.IMPORT_VERDICT_NEW: "new",
        pb.IMPORT_VERDICT_ALREADY_THERE: "already_there",
        pb.IMPORT_VERDICT_TWIN_KEPT: "twin_kept",
        pb.IMPORT_VERDICT_DELETED_BEFORE: "deleted_before",
        pb.IMPORT_VERDICT_DOUBTFUL: "doubtful",
        pb.IMPORT_VERDICT_REFUSED: "refused",
    }
)
KnownBy = Literal["reference", "fingerprint", "repeated"]
_KNOWN_BY = Names(
    {
        pb.IMPORT_KNOWN_BY_REFERENCE: "reference",
        pb.IMPORT_KNOWN_BY_FINGERPRINT: "fingerprint",
        pb.IMPORT_KNOWN_BY_REPEATED: "repeated",
    }
)
LineOutcome = Literal[
    "added",
    "already_there",
    "matched",
    "restored",
    "doubtful",
    "deleted_before",
    "skipped",
    "refused",
]
_OUTCOMES = Names(
    {
        pb.IMPORT_LINE_OUTCOME_ADDED: "added",
        pb.IMPORT_LINE_OUTCOME_ALREADY_THERE: "already_there",
        pb.IMPORT_LINE_OUTCOME_MATCHED: "matched",
        pb.IMPORT_LINE_OUTCOME_RESTORED: "restored",
        pb.IMPORT_LINE_OUTCOME_DOUBTFUL: "doubtful",
        pb.IMPORT_LINE_OUTCOME_DELETED_BEFORE: "deleted_before",
        pb.IMPORT_LINE_OUTCOME_SKIPPED: "skipped",
        pb.IMPORT_LINE_OUTCOME_REFUSED: "refused",
    }
)
Stage = Literal["planned", "committing", "committed"]
_STAGES = Names(
    {
        pb.IMPORT_STAGE_PLANNED: "planned",
        pb.IMPORT_STAGE_COMMITTING: "committing",
        pb.IMPORT_STAGE_COMMITTED: "committed",
    }
)
Choice = Literal["add", "skip", "match"]
_CHOICES = Names(
    {
        pb.IMPORT_CHOICE_ADD: "add",
        pb.IMPORT_CHOICE_SKIP: "skip",
        pb.IMPORT_CHOICE_MATCH: "match",
    }
)
# What a bank prints may be longer than what is kept.
_Said = Annotated[str, StringConstraints(max_length=2000)]
_Short = Annotated[str, StringConstraints(max_length=100)]


class FileLine(Body):
    """A line of a bank's file. What can't be read becomes a refused line of the plan, with its
    reason; it doesn't hold up the others."""

    row: Annotated[int, Field(ge=0, le=COUNT_MAX)] = Field(
        default=0, description="Where it stands in the file; its place in the list if absent."
    )
    account_id: IdText | None = Field(default=None, description="If not that of the request.")
    date: _Short = Field(default="", examples=["2026-11-22"])
    amount: _Short = Field(
        default="", description="A plain decimal, signed from the account's view."
    )
    payee: _Said = ""
    description: _Said = ""
    category_id: IdText | None = None
    tags: Annotated[list[_Short], Field(max_length=20)] = Field(default_factory=list)
    status: TransactionStatus = Field(
        default="cleared",
        description="reconciled is read as cleared: only a statement here confirms it.",
    )
    bank_reference: _Said = Field(
        default="", description="The bank's own (OFX FITID, camt AcctSvcrRef)."
    )
    unreadable: Annotated[str, StringConstraints(max_length=500)] = Field(
        default="", description="Why nothing could be made of it."
    )


class NewImport(Body):
    """A file to be judged: its lines, or a document whose waiting drafts are its lines."""

    document_id: IdText | None = Field(
        default=None, description="A document whose drafts wait for review; excludes `lines`."
    )
    lines: Annotated[list[FileLine], Field(max_length=MAX_LINES)] = Field(default_factory=list)
    account_id: IdText | None = Field(default=None, description="Of lines that name none.")
    file_name: Annotated[str, StringConstraints(max_length=255)] = ""
    from_date: DateText | None = Field(
        default=None, alias="from", description="The first day that the file itself says it covers."
    )
    to_date: DateText | None = Field(default=None, alias="to", description="The last such day.")
    is_receipt: bool = Field(
        default=False, description="A purchase, which proves nothing of what a bank has booked."
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if bool(self.document_id) is bool(self.lines):
            raise ValueError("either lines or a document_id")
        return self


class Override(Body):
    """A person's word on one line."""

    line: Annotated[int, Field(ge=1, le=COUNT_MAX)]
    choice: Choice
    transaction_id: IdText | None = Field(default=None, description="Of a match.")

    def message(self) -> pb.ImportOverride:
        return pb.ImportOverride(
            line=self.line,
            choice=_CHOICES.number(self.choice),
            transaction_id=self.transaction_id or "",
        )


class ImportDecisions(Body):
    """What a person says of lines; the others go as their verdict says."""

    overrides: Annotated[list[Override], Field(max_length=MAX_LINES)] = Field(default_factory=list)


class LineCount(Answer):
    """How many lines, and what they add up to by currency."""

    count: int
    sums: list[Money]

    @classmethod
    def of(cls, message: pb.ImportCount) -> "LineCount":
        return cls(count=message.count, sums=[money(each) for each in message.sums])


class Coverage(Answer):
    """Which days of an account the file shows."""

    account_id: str
    from_date: str = Field(serialization_alias="from", json_schema_extra={"format": "date"})
    to_date: str = Field(serialization_alias="to", json_schema_extra={"format": "date"})
    lines: int


class Import(Answer):
    """An import: a plan first, and what its commit came to. Its id is that of the operation."""

    id: str
    stage: Stage
    document_id: str | None
    file_name: str
    from_date: str | None = Field(serialization_alias="from", json_schema_extra={"format": "date"})
    to_date: str | None = Field(serialization_alias="to", json_schema_extra={"format": "date"})
    is_receipt: bool
    line_count: int
    done_count: int = Field(description="How many lines the commit has seen to.")
    verdicts: dict[Verdict, LineCount]
    outcomes: dict[LineOutcome, LineCount]
    coverage: list[Coverage]
    created_at: datetime
    committed_at: datetime | None
    actor_id: str
    version: int
    undone: bool

    @classmethod
    def of(cls, message: pb.ImportBatch) -> "Import":
        source = message.source
        committed = message.HasField("committed_at")
        return cls(
            id=message.id,
            stage=cast("Stage", _STAGES.word(message.stage)),
            document_id=text_or_none(source.document_id),
            file_name=source.file_name,
            from_date=text_or_none(source.from_date),
            to_date=text_or_none(source.to_date),
            is_receipt=source.is_receipt,
            line_count=message.line_count,
            done_count=message.done_count,
            verdicts={
                cast("Verdict", VERDICTS.word(each.verdict)): LineCount.of(each.count)
                for each in message.verdicts
            },
            outcomes={
                cast("LineOutcome", _OUTCOMES.word(each.outcome)): LineCount.of(each.count)
                for each in message.outcomes
            },
            coverage=[
                Coverage(
                    account_id=each.account_id,
                    from_date=each.from_date,
                    to_date=each.to_date,
                    lines=each.lines,
                )
                for each in message.coverage
            ],
            created_at=instant(message.created_at),
            committed_at=instant(message.committed_at) if committed else None,
            actor_id=message.actor_id,
            version=message.version,
            undone=message.undone,
        )


class Candidate(Answer):
    """A transaction that a line may be."""

    transaction_id: str
    version: int
    days_apart: int = Field(description="How many days later than the line.")
    likeness: float = Field(description="Of the payees, 0 to 1.")

    @classmethod
    def of(cls, message: pb.ImportCandidate) -> "Candidate":
        return cls(
            transaction_id=message.transaction_id,
            version=message.version,
            days_apart=message.days_apart,
            likeness=message.likeness,
        )


class LineRefusal(Answer):
    """Why a line can't be booked."""

    code: str = Field(examples=["ACCOUNT_CLOSED", "UNREADABLE"])
    detail: str


class ImportLine(Answer):
    """A line of a plan: what would be booked, what it is to the book, what became of it."""

    line: int = Field(description="Its place in the plan, from 1: what an override names.")
    row: int
    account_id: str | None
    date: str
    amount: DecimalText | None
    currency: CurrencyCode | None
    payee: str
    payee_said: str = Field(description="As the file has it, before rules.")
    description: str
    category_id: str | None
    splits: list[Split]
    tags: list[str]
    to_account_id: str | None
    status: TransactionStatus
    bank_reference: str | None
    draft_id: str | None
    verdict: Verdict
    known_as: str | None = Field(description="The transaction that it is, or was when deleted.")
    known_by: KnownBy | None
    clears: bool = Field(description="It is there, but pending; the commit clears it.")
    candidates: list[Candidate]
    refusal: LineRefusal | None
    choice: Choice | None
    outcome: LineOutcome | None
    transaction_id: str | None = Field(description="The transaction that it became.")

    @classmethod
    def of(cls, message: pb.ImportPlanLine) -> "ImportLine":
        said, currency = message.transaction, message.transaction.amount.currency
        refused = message.HasField("refusal")
        return cls(
            line=message.line,
            row=message.row,
            account_id=text_or_none(said.account_id),
            date=said.date,
            amount=decimal_text(said.amount) if currency else None,
            currency=text_or_none(currency),
            payee=said.payee,
            payee_said=message.payee_said,
            description=said.description,
            category_id=text_or_none(said.category_id),
            splits=[
                Split(
                    category_id=text_or_none(split.category_id),
                    amount=decimal_text(split.amount),
                    memo=split.memo,
                )
                for split in said.splits
            ],
            tags=list(said.tags),
            to_account_id=text_or_none(said.to_account_id),
            status=cast("TransactionStatus", STATUSES.word(said.status)),
            bank_reference=text_or_none(said.origin.bank_reference),
            draft_id=text_or_none(said.origin.draft_id),
            verdict=cast("Verdict", VERDICTS.word(message.verdict)),
            known_as=text_or_none(message.known_as),
            known_by=cast("KnownBy", _KNOWN_BY.word(message.known_by))
            if message.known_by
            else None,
            clears=message.clears,
            candidates=[Candidate.of(candidate) for candidate in message.candidates],
            refusal=LineRefusal(code=message.refusal.reason, detail=message.refusal.message)
            if refused
            else None,
            choice=cast("Choice", _CHOICES.word(message.choice)) if message.choice else None,
            outcome=cast("LineOutcome", _OUTCOMES.word(message.outcome))
            if message.outcome
            else None,
            transaction_id=text_or_none(message.transaction_id),
        )


class TransactionMatch(Answer):
    """A transaction that a line or a receipt may be."""

    transaction: Transaction
    days_apart: int
    likeness: float = Field(description="Of the payees, 0 to 1.")
    from_bank: bool = Field(description="A line of a bank is known to be it.")
    likely: bool = Field(
        description="The payees may be one, or the days are the same: ask before booking it again."
    )

    @classmethod
    def of(cls, message: pb.ImportMatch) -> "TransactionMatch":
        return cls(
            transaction=Transaction.of(message.transaction),
            days_apart=message.candidate.days_apart,
            likeness=message.candidate.likeness,
            from_bank=message.from_bank,
            likely=message.likely,
        )
