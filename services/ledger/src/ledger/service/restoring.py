"""Bringing a book back from its file."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Protocol

from kit.mongo import Mongo, Tx
from ledger.domain.book_file import (
    MAX_LINE_BYTES,
    BookNotEmpty,
    FileReader,
    InvalidBookFile,
    Line,
)
from ledger.domain.entry import Entry
from ledger.domain.totals import Totals
from ledger.repository.book_contents import CHUNK, BookContents
from ledger.service.books import BookService

MAX_FILE_BYTES = 2 * 1024**3
HEADS = "books"
EVENTS_AT_ONCE = 200


class EntryAnnouncer(Protocol):
    async def entries_posted(self, tx: Tx, entries: "list[Entry]") -> None: ...


@dataclass(frozen=True, slots=True)
class Restored:
    """How many documents of each kind there are again."""

    counts: Mapping[str, int]


class RestoreService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        contents: BookContents,
        book_service: BookService,
        announcer: EntryAnnouncer,
    ) -> None:
        self._mongo = mongo
        self._books = book_service
        self._contents = contents
        self._announcer = announcer

    async def require_empty(self, owner: str) -> None:
        """Raises BookNotEmpty where `restore` would before it reads the file."""
        await self._books.book(owner=owner)
        if not await self._contents.is_locked(owner) and not await self._contents.is_empty(owner):
            raise BookNotEmpty

    async def restore(self, *, owner: str, chunks: AsyncIterator[bytes]) -> Restored:
        """Make the empty book what the file says. The whole file is read and checked before the
        book is touched; what is broken off half-way is begun anew by the next attempt.

        Raises BookNotEmpty, InvalidBookFile, BookIdsTaken.
        """
        await self.require_empty(owner)
        kinds = frozenset(await self._contents.kinds())
        with tempfile.TemporaryFile() as file:
            await _receive(file, chunks)
            counts = await asyncio.to_thread(_check, file, kinds)
            await self._contents.lock(owner)
            await self._contents.erase(owner, keep_head=True)
            try:
                await self._fill(owner, file, kinds)
            except BaseException:
                await asyncio.shield(self._contents.erase(owner))
                self._books.forget(owner)
                raise
        await self._contents.unlock(owner)
        self._books.forget(owner)
        return Restored(dict(counts))

    async def _fill(self, owner: str, file: IO[bytes], kinds: frozenset[str]) -> None:
        waiting: dict[str, list[Mapping[str, Any]]] = {}
        for kind, document in _documents(file, kinds):
            if kind == HEADS:
                await self._contents.put_head(owner, document)
                continue
            rows = waiting.setdefault(kind, [])
            rows.append(document)
            if len(rows) == CHUNK:
                await self._contents.put(owner, kind, waiting.pop(kind))
        for kind, rows in waiting.items():
            await self._contents.put(owner, kind, rows)
        # Files of before postings said which statement confirmed them.
        await self._contents.mark_reconciled(owner)
        await self._count(owner)

    async def _count(self, owner: str) -> None:
        """Count the journal anew, and tell of every entry of it."""
        totals, told = Totals(), list[Entry]()
        async for entry in self._contents.journal(owner):
            totals.add(entry)
            told.append(entry)
            if len(told) == EVENTS_AT_ONCE:
                await self._tell(told)
                told = []
        await self._tell(told)
        await self._contents.put_totals(totals)

    async def _tell(self, entries: list[Entry]) -> None:
        if entries:
            await self._mongo.in_transaction(lambda tx: self._announcer.entries_posted(tx, entries))


async def _receive(file: IO[bytes], chunks: AsyncIterator[bytes]) -> None:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            raise InvalidBookFile(0, f"the file is larger than {MAX_FILE_BYTES >> 30} GiB")
        await asyncio.to_thread(file.write, chunk)


def _check(file: IO[bytes], kinds: frozenset[str]) -> Counter[str]:
    """Read the file whole; every fault is found before anything is written."""
    reader = FileReader(kinds)
    for _ in _read(file, reader):
        pass
    reader.finish()
    if reader.counts[HEADS] != 1:
        raise InvalidBookFile(1, "the file must hold one book")
    return reader.counts


def _documents(file: IO[bytes], kinds: frozenset[str]) -> Iterator[Line]:
    return _read(file, FileReader(kinds))


def _read(file: IO[bytes], reader: FileReader) -> Iterator[Line]:
    file.seek(0)
    while raw := file.readline(MAX_LINE_BYTES + 1):
        yield from reader.line(raw)
