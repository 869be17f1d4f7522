"""What the use cases need of the world about them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ingest.domain.documents import Document, Screening
from ingest.domain.drafting import AccountRef
from ingest.domain.drafts import Draft
from ingest.domain.receipts import ReceiptReading
from ingest.domain.statements import StatementAccount
from kit.mongo import Tx


class DocumentFiles(Protocol):
    """Where the bytes of documents lie. Raises FileMissing where there are none."""

    async def put(self, key: str, data: bytes) -> None: ...
    async def get(self, key: str) -> bytes: ...
    def stream(self, key: str) -> AsyncIterator[bytes]: ...
    async def delete(self, key: str) -> None: ...


class FileMissing(Exception):
    """The storage has no file of this key."""


class Screener(Protocol):
    """Looks at a stranger's bytes where they can do no harm. Raises UploadRefused."""

    async def screen(self, data: bytes) -> Screening: ...
    async def page_image(self, data: bytes, *, width: int) -> bytes: ...


class DocumentReader(Protocol):
    """Reads documents. Raises IngestError for what cannot be read."""

    async def read_receipt(
        self, data: bytes, *, today: date, default_currency: str
    ) -> ReceiptReading: ...
    async def read_statement(
        self, data: bytes, *, media_type: str, default_currency: str
    ) -> Sequence[StatementAccount]: ...


@dataclass(frozen=True, slots=True)
class Booking:
    """What became of a draft in the ledger: the transaction, or the refusal."""

    draft_id: str
    transaction_id: str
    reason: str = ""
    message: str = ""


class Ledger(Protocol):
    """The books, on behalf of the caller in hand (a person's token, or our own for `owner`)."""

    async def accounts(self, *, owner: str) -> Sequence[AccountRef]: ...
    async def book(self, drafts: Sequence[Draft]) -> Sequence[Booking]: ...
    async def book_for(self, owner: str, drafts: Sequence[Draft]) -> Sequence[Booking]: ...


class LedgerAway(Exception):
    """The ledger did not answer; what was begun will be finished. `passes` says that it is away
    for everyone, and not only for this request."""

    def __init__(self, message: str, *, passes: bool = True) -> None:
        super().__init__(message)
        self.passes = passes


class Announcements(Protocol):
    """Tells the others, in the transaction of what it tells of."""

    async def received(self, tx: Tx, document: Document) -> None: ...
    async def extraction_started(self, tx: Tx, document: Document) -> None: ...
    async def extracted(self, tx: Tx, document: Document, drafts: Sequence[Draft]) -> None: ...
    async def ready(self, tx: Tx, document: Document) -> None: ...
    async def failed(self, tx: Tx, document: Document) -> None: ...
    async def decided(self, tx: Tx, drafts: Sequence[Draft]) -> None: ...
    async def accepted(self, tx: Tx, document: Document) -> None: ...
