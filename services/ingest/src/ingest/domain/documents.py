"""A document: the bytes a person handed in, and how far reading them has come."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class DocumentStatus(StrEnum):
    RECEIVED = "received"
    EXTRACTING = "extracting"
    EXTRACTED = "extracted"
    READY = "ready"
    ACCEPTED = "accepted"
    FAILED = "failed"


class DocumentKind(StrEnum):
    RECEIPT = "receipt"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why it failed, in the words of RFC 9457."""

    type: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page image: the picture that is read; width and height in pixels, upright."""

    number: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Screening:
    """What a file proved to be; `pages` are (width, height) of its upright page images, none for a
    bank file. `accounts` tells the accounts of a bank file apart if it holds several.
    """

    media_type: str
    pages: tuple[tuple[int, int], ...]
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """`version` grows with every change; `sha256` in lower-case hex is unique among the owner's
    documents.
    """

    id: str
    owner: str
    status: DocumentStatus
    kind: DocumentKind
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str
    account_id: str
    pages: tuple[Page, ...]
    draft_count: int
    drafts_waiting: int
    drafts_booked: int
    problem: Problem | None
    created_at: datetime
    updated_at: datetime
    version: int

    @property
    def may_be_read(self) -> bool:
        """Reading starts once; a redelivered event finds it begun and goes on."""
        return self.status in (DocumentStatus.RECEIVED, DocumentStatus.EXTRACTING)

    def extracting(self, *, at: datetime) -> "Document":
        return self._moved(DocumentStatus.EXTRACTING, at)

    def extracted(self, *, draft_count: int, at: datetime) -> "Document":
        moved = self._moved(DocumentStatus.EXTRACTED, at)
        return replace(moved, draft_count=draft_count, drafts_waiting=draft_count)

    def ready(self, *, at: datetime) -> "Document":
        return self._moved(DocumentStatus.READY, at)

    def failed(self, problem: Problem, *, at: datetime) -> "Document":
        return replace(self._moved(DocumentStatus.FAILED, at), problem=problem)

    def draft_decided(self, *, booked: bool, at: datetime) -> "Document":
        """One draft fewer waits: it was booked or rejected. With the last one the document is
        accepted."""
        waiting = max(0, self.drafts_waiting - 1)
        status = self.status if waiting else DocumentStatus.ACCEPTED
        return replace(
            self._moved(status, at),
            drafts_waiting=waiting,
            drafts_booked=self.drafts_booked + booked,
        )

    def _moved(self, status: DocumentStatus, at: datetime) -> "Document":
        return replace(self, status=status, updated_at=at, version=self.version + 1)
