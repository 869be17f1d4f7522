"""Live events, as their JSON in `data:`."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from gateway.models.common import Answer
from gateway.models.documents import DocumentStatus

LiveType = Literal[
    "transaction.created",
    "transaction.edited",
    "transaction.deleted",
    "transaction.restored",
    "account.opened",
    "account.updated",
    "account.closed",
    "account.reopened",
    "accounts.reordered",
    "book.updated",
    "reconciliation.started",
    "reconciliation.updated",
    "reconciliation.finished",
    "reconciliation.cancelled",
    "reconciliation.reopened",
    "budget.created",
    "budget.updated",
    "budget.deleted",
    "budget.threshold_reached",
    "budget.exceeded",
    "recurring.created",
    "recurring.updated",
    "recurring.posted",
    "recurring.failed",
    "recurring.deleted",
    "goal.created",
    "goal.updated",
    "goal.contributed",
    "goal.deleted",
    "import.committed",
    "category.created",
    "category.updated",
    "category.merged",
    "category.restored",
    "category.deleted",
    "categories.reordered",
    "document.received",
    "document.extracting",
    "document.extracted",
    "document.ready",
    "document.accepted",
    "document.failed",
    "draft.accepted",
    "draft.rejected",
]


class LiveEvent(Answer):
    """Something of the book changed; what it is now is to be fetched."""

    id: str
    type: LiveType
    version: int
    seq: int = Field(description="Gapless per book and part of the system.")
    book: str = Field(description="Whose book; the person's own id.")
    subject: str = Field(description="Id of the transaction, account, category, document or draft.")
    at: datetime


class DocumentEvent(Answer):
    """Where a document stands; the first of a stream is the state now, with `seq` 0."""

    id: str
    type: LiveType
    document_id: str
    status: DocumentStatus
    version: int
    seq: int
    at: datetime
