"""Taking documents in, and giving their files back."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from ingest.domain.documents import Document, DocumentKind, DocumentStatus, Page, Screening
from ingest.domain.errors import DocumentEmpty, FileTooLarge, InvalidField, PageNotFound
from ingest.repository.documents import Documents, SameBytes
from ingest.service.ports import Announcements, DocumentFiles, Screener
from kit.clock import Clock
from kit.cursors import read_cursor, write_cursor
from kit.ids import is_id
from kit.mongo import Mongo, Tx

MAX_FILE_NAME = 255
MAX_PAGE_WIDTH = 4000
_LIST = "documents"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """`duplicate` says that the person had handed in these bytes before."""

    document: Document
    duplicate: bool


class Intake:
    """Documents as a person hands them in and looks them up."""

    def __init__(
        self,
        *,
        mongo: Mongo,
        documents: Documents,
        files: DocumentFiles,
        screener: Screener,
        announcements: Announcements,
        clock: Clock,
        new_id: Callable[[], str],
        max_file_size: int,
    ) -> None:
        self._mongo = mongo
        self._documents = documents
        self._files = files
        self._screener = screener
        self._announcements = announcements
        self._clock = clock
        self._new_id = new_id
        self._max_file_size = max_file_size

    async def receive(self, chunks: AsyncIterator[bytes]) -> bytes:
        """A file's bytes; stops at the first byte too many, so that nobody fills the memory.

        Raises FileTooLarge, DocumentEmpty.
        """
        data = bytearray()
        async for chunk in chunks:
            data += chunk
            if len(data) > self._max_file_size:
                raise FileTooLarge(self._max_file_size)
        if not data:
            raise DocumentEmpty
        return bytes(data)

    async def upload(self, *, owner: str, file_name: str, account_id: str, data: bytes) -> Uploaded:
        """Take a document in, or answer the one of the same bytes; a refused file leaves nothing
        behind.

        Raises UnsupportedMediaType, DocumentUnreadable, ImageTooLarge, StatementInvalid,
        InvalidField.
        """
        if account_id and not is_id(account_id):
            raise InvalidField("account_id", "This is not an id.")
        sha256 = hashlib.sha256(data).hexdigest()
        known = await self._documents.with_bytes(owner, sha256)
        if known is not None:
            return Uploaded(known, duplicate=True)
        screened = await self._screener.screen(data)
        if account_id and screened.accounts:
            raise InvalidField(
                "account_id",
                f"The file holds {len(screened.accounts)} accounts"
                f" ({', '.join(screened.accounts)}), and this is one. Upload it without an account:"
                " each line is then given to the account with the last digits of its statement,"
                " and where there is none you choose the account of each statement in review.",
            )
        document = self._document(owner, file_name, account_id, data, sha256, screened)
        return await self._store(document, data)

    async def document(self, *, owner: str, document_id: str) -> Document:
        """Raises DocumentNotFound."""
        return await self._documents.get(owner, document_id)

    async def list_documents(
        self, *, owner: str, status: DocumentStatus | None, cursor: str, limit: int
    ) -> tuple[Sequence[Document], str]:
        """A page, newest first, and the cursor of the next (empty at the end). Raises
        InvalidCursor."""
        last = read_cursor(cursor, _LIST, str)
        found = await self._documents.page(
            owner, status=status, before=str(last[0]) if last else "", limit=limit + 1
        )
        more = write_cursor(_LIST, found[limit - 1].id) if len(found) > limit else ""
        return found[:limit], more

    async def file(self, *, owner: str, document_id: str) -> tuple[Document, AsyncIterator[bytes]]:
        """The document and its original bytes. Raises DocumentNotFound."""
        document = await self._documents.get(owner, document_id)
        return document, self._files.stream(file_key(document))

    async def page_image(self, *, owner: str, document_id: str, page: int, width: int) -> bytes:
        """The picture that was read, upright, as a JPEG; at most `width` pixels wide (0: as it was
        read).

        Raises DocumentNotFound, PageNotFound, InvalidField.
        """
        if not 0 <= width <= MAX_PAGE_WIDTH:
            raise InvalidField("width", f"The width is 0 to {MAX_PAGE_WIDTH} pixels.")
        document = await self._documents.get(owner, document_id)
        if not any(each.number == page for each in document.pages):
            raise PageNotFound
        data = await self._files.get(file_key(document))
        return await self._screener.page_image(data, width=width)

    async def _store(self, document: Document, data: bytes) -> Uploaded:
        """The file first, then the document with its event: a document never lacks its file."""
        await self._files.put(file_key(document), data)

        async def record(tx: Tx) -> None:
            await self._documents.add(tx, document)
            await self._announcements.received(tx, document)

        try:
            await self._mongo.in_transaction(record)
        except SameBytes:
            await self._files.delete(file_key(document))
            known = await self._documents.with_bytes(document.owner, document.sha256)
            if known is None:
                raise
            return Uploaded(known, duplicate=True)
        return Uploaded(document, duplicate=False)

    def _document(
        self,
        owner: str,
        file_name: str,
        account_id: str,
        data: bytes,
        sha256: str,
        screened: Screening,
    ) -> Document:
        now = self._clock.now()
        return Document(
            id=self._new_id(),
            owner=owner,
            status=DocumentStatus.RECEIVED,
            kind=DocumentKind.RECEIPT if screened.pages else DocumentKind.STATEMENT,
            file_name=_safe_name(file_name),
            media_type=screened.media_type,
            size_bytes=len(data),
            sha256=sha256,
            account_id=account_id,
            pages=tuple(
                Page(number, width, height)
                for number, (width, height) in enumerate(screened.pages, start=1)
            ),
            draft_count=0,
            drafts_waiting=0,
            drafts_booked=0,
            problem=None,
            created_at=now,
            updated_at=now,
            version=1,
        )


def file_key(document: Document) -> str:
    """Where the document's bytes lie: no part of it comes from a person."""
    return f"{document.owner}/{document.id}"


def _safe_name(file_name: str) -> str:
    """The last part of the name without control characters: it is shown, never used as a path."""
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in base if letter.isprintable())[-MAX_FILE_NAME:]
