"""Operations: acts on a book, and what became of each of their rows."""

from datetime import datetime
from typing import Annotated, Literal, Self, cast

from pydantic import Field, StringConstraints, model_validator

from gateway.models.common import (
    COUNT_MAX,
    Answer,
    Body,
    DateText,
    IdText,
    Money,
    Names,
    instant,
    money,
    text_or_none,
)
from gateway.models.searches import QUERY_LENGTH
from gateway.models.transactions import (
    STATUSES,
    BulkProblem,
    Description,
    Payee,
    SettableStatus,
    Tags,
)
from pfa.ledger.v1 import operation_pb2, transaction_pb2, transaction_service_pb2

MAX_ROWS = 10_000
OperationKind = Literal[
    "create",
    "edit",
    "delete",
    "restore",
    "bulk_create",
    "bulk_edit",
    "bulk_delete",
    "import",
    "undo",
    "reconcile",
    "unreconcile",
    "merge_category",
    "move_payees",
    "apply_rules",
]
KINDS = Names(
    {
        operation_pb2.OPERATION_KIND_CREATE: "create",
        operation_pb2.OPERATION_KIND_EDIT: "edit",
        operation_pb2.OPERATION_KIND_DELETE: "delete",
        operation_pb2.OPERATION_KIND_RESTORE: "restore",
        operation_pb2.OPERATION_KIND_BULK_CREATE: "bulk_create",
        operation_pb2.OPERATION_KIND_BULK_EDIT: "bulk_edit",
        operation_pb2.OPERATION_KIND_BULK_DELETE: "bulk_delete",
        operation_pb2.OPERATION_KIND_IMPORT: "import",
        operation_pb2.OPERATION_KIND_UNDO: "undo",
        operation_pb2.OPERATION_KIND_RECONCILE: "reconcile",
        operation_pb2.OPERATION_KIND_UNRECONCILE: "unreconcile",
        operation_pb2.OPERATION_KIND_MERGE_CATEGORY: "merge_category",
        operation_pb2.OPERATION_KIND_MOVE_PAYEES: "move_payees",
        operation_pb2.OPERATION_KIND_APPLY_RULES: "apply_rules",
    }
)
RowStatus = Literal["done", "unchanged", "refused"]
OUTCOMES = Names(
    {
        operation_pb2.ROW_OUTCOME_DONE: "done",
        operation_pb2.ROW_OUTCOME_UNCHANGED: "unchanged",
        operation_pb2.ROW_OUTCOME_REFUSED: "refused",
    }
)


class Subject(Answer):
    """The transaction of an act of one, as the act left it or took it out."""

    transaction_id: str
    payee: str
    amount: Money
    date: str = Field(json_schema_extra={"format": "date"})


class Operation(Answer):
    """One act of a person on a book, of one row or of thousands."""

    id: str
    kind: OperationKind
    actor_id: str
    at: datetime
    finished: bool = Field(description="False while its rows are being written.")
    cut_off: bool = Field(
        description="True where it ended before its last row. It can be undone as it is; the same "
        "request with the same key does the rest."
    )
    done: int
    unchanged: int = Field(description="Rows that were already as they should be.")
    refused: int
    undoes: str | None = Field(description="The operation that this one took back.")
    undone_by: str | None = Field(description="The operation that took this one back.")
    subject: Subject | None = Field(description="Of an act of one transaction.")

    @classmethod
    def of(cls, message: operation_pb2.Operation) -> "Operation":
        subject = None
        if message.transaction_id:
            subject = Subject(
                transaction_id=message.transaction_id,
                payee=message.payee,
                amount=money(message.amount),
                date=message.date,
            )
        return cls(
            id=message.id,
            kind=cast("OperationKind", KINDS.word(message.kind)),
            actor_id=message.actor_id,
            at=instant(message.at),
            finished=message.finished,
            cut_off=message.cut_off,
            done=message.done_count,
            unchanged=message.unchanged_count,
            refused=message.refused_count,
            undoes=text_or_none(message.undoes),
            undone_by=text_or_none(message.undone_by),
            subject=subject,
        )


class OperationRow(Answer):
    """What became of one transaction."""

    index: int
    status: RowStatus
    id: str | None = Field(description="Null for one that was to be made and was refused.")
    problem: BulkProblem | None = None


class OperationResult(Answer):
    """An operation with its rows."""

    operation: Operation
    results: list[OperationRow]


class TransactionSet(Body):
    """What shall be otherwise; what is absent stays, null takes away."""

    category_id: IdText | None = Field(
        default=None, description="Null: uncategorised. Takes the place of splits."
    )
    payee: Payee | None = None
    description: Description | None = None
    add_tags: Tags = Field(default_factory=list)
    remove_tags: Tags = Field(default_factory=list)
    status: SettableStatus | None = None
    date: DateText | None = None
    account_id: IdText | None = None

    @model_validator(mode="after")
    def _keeps_what_it_must(self) -> Self:
        for name in ("status", "date", "account_id"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self

    def message(self, *, unlock: bool) -> transaction_service_pb2.TransactionPatch:
        patch = transaction_service_pb2.TransactionPatch(
            add_tags=self.add_tags, remove_tags=self.remove_tags, unlock=unlock
        )
        for name in self.model_fields_set & {"category_id", "payee", "description"}:
            setattr(patch, name, getattr(self, name) or "")
        for name in self.model_fields_set & {"date", "account_id"}:
            setattr(patch, name, getattr(self, name))
        if self.status is not None:
            patch.status = STATUSES.number(self.status)
        return patch


class Selected(Body):
    """Transactions by their ids, or by a search and how many it finds."""

    ids: Annotated[list[IdText], Field(min_length=1, max_length=MAX_ROWS)] | None = None
    q: Annotated[str, StringConstraints(max_length=QUERY_LENGTH)] | None = Field(
        default=None, description="In the search language; empty finds all."
    )
    expected_count: Annotated[int, Field(ge=0, le=COUNT_MAX)] | None = Field(
        default=None,
        description="How many there are believed to be; needed with `q`. If there are more or "
        "fewer, nothing happens: 409 with the `count`.",
    )
    unlock: bool = Field(default=False, description="Also what a statement has confirmed.")

    @model_validator(mode="after")
    def _selects_one_way(self) -> Self:
        if (self.ids is None) is (self.q is None):
            raise ValueError("either ids or q")
        if self.q is not None and self.expected_count is None:
            raise ValueError("expected_count is needed with q")
        return self

    def selection(self) -> transaction_service_pb2.TransactionSelection:
        found = transaction_service_pb2.TransactionSelection(
            ids=self.ids or [], expected_count=self.expected_count
        )
        if self.q is not None:
            found.filter.CopyFrom(transaction_pb2.TransactionFilter(query=self.q))
        return found


class SelectedChange(Selected):
    """A change of many transactions."""

    set: TransactionSet
