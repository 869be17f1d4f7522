"""Bringing a book back from its file.

A file comes from a person, and anything may stand in it. Each line is read into the value that it
stands for, checked as the domain checks it, and written anew; nothing of it is stored as it came.
The book is locked meanwhile, counted anew, and audited before anyone can use it.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import IO, Any, Protocol

from kit.clock import Clock
from kit.mongo import Mongo, Tx
from ledger.domain.book_file import MAX_LINE_BYTES, BookNotEmpty, FileReader, InvalidBookFile
from ledger.domain.entry import Entry
from ledger.domain.operation import Operation, OperationKind
from ledger.domain.soundness import Soundness, Unsound
from ledger.domain.stored import StoredLine, StoredOperation
from ledger.domain.totals import Totals
from ledger.repository.book_contents import CHUNK, BookContents, NumberedRow
from ledger.repository.kinds import KINDS, UnreadableRow
from ledger.service.books import BookService

MAX_FILE_BYTES = 2 * 1024**3
HEADS = "books"
EVENTS_AT_ONCE = 200
# How far ahead of ours the clock may be that wrote the file.
CLOCKS_APART = timedelta(days=1)
_READABLE = frozenset(KINDS)


class EntryAnnouncer(Protocol):
    async def entries_posted(self, tx: Tx, entries: "list[Entry]") -> None: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an audit found wrong; `subject` is the id of the document that it is about, as
    a file writes it."""

    subject: str
    what: str


# Answers what is wrong with the book apart from events, which are told last.
Audit = Callable[[str], Awaitable[Sequence[Finding]]]
# Ends an operation that was cut off, with what it came to.
End = Callable[[Operation], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Restored:
    """How many documents of each kind there are again."""

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """One document of the file."""

    number: int
    kind: str
    value: Any
    row: NumberedRow


@dataclass(slots=True)
class _Checked:
    """The result of the first reading of the file."""

    counts: Mapping[str, int]
    # Where each import is told.
    imports: dict[str, int] = field(default_factory=dict)


class RestoreService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        contents: BookContents,
        book_service: BookService,
        announcer: EntryAnnouncer,
        audit: Audit,
        end: End,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._books = book_service
        self._contents = contents
        self._announcer = announcer
        self._audit = audit
        self._end = end
        self._clock = clock

    async def require_empty(self, owner: str) -> None:
        """Raises BookNotEmpty where `restore` would before it reads the file."""
        await self._books.book(owner=owner)
        if not await self._contents.is_locked(owner) and not await self._contents.is_empty(owner):
            raise BookNotEmpty

    async def restore(self, *, owner: str, chunks: AsyncIterator[bytes]) -> Restored:
        """Make the empty book what the file says, or leave it as it is. An attempt that was killed
        leaves the book locked; the next one begins anew.

        Raises BookNotEmpty, InvalidBookFile, BookIdsTaken.
        """
        await self.require_empty(owner)
        with tempfile.TemporaryFile() as file:
            await _receive(file, chunks)
            checked = await asyncio.to_thread(self._check, owner, file)
            await self._require_free(owner, checked)
            was = await self._begin(owner)
            try:
                await self._fill(owner, file, checked)
                await self._require_sound(owner, file)
            except BaseException:
                await asyncio.shield(self._put_back(owner, was))
                raise
        await self._tell_all(owner)
        await self._contents.forget_keys(owner)
        await self._contents.unlock(owner)
        self._books.forget(owner)
        return Restored(dict(checked.counts))

    def _check(self, owner: str, file: IO[bytes]) -> _Checked:
        """Read the file whole; every fault of a document is found before anything is written."""
        reader = FileReader(_READABLE)
        latest = self._clock.now() + CLOCKS_APART
        soundness = Soundness(owner, latest=latest)
        imports: dict[str, int] = {}
        for line in _lines(file, owner, reader):
            try:
                soundness.add(line.number, line.value)
            except Unsound as fault:
                raise InvalidBookFile(fault.line, str(fault)) from None
            if line.kind == "imports":
                imports[line.value.id] = line.number
        reader.finish()
        try:
            soundness.finish()
        except Unsound as fault:
            raise InvalidBookFile(fault.line, str(fault)) from None
        return _Checked(reader.counts, imports)

    async def _require_free(self, owner: str, checked: _Checked) -> None:
        """Ids of lines begin with that of their import, or of their owner: an import may not have
        the id of another person. Raises InvalidBookFile."""
        for id_ in await self._contents.owners_among(checked.imports):
            if id_ != owner:
                raise InvalidBookFile(checked.imports[id_], "_id: belongs to another book")

    async def _begin(self, owner: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Lock the book and empty it; answers what was in it."""
        if await self._contents.is_locked(owner):
            # The events of an attempt that was killed go with its entries.
            await self._contents.erase(owner, keep_head=True)
        await self._contents.lock(owner)
        was = await self._contents.raw(owner)
        await self._contents.clear(owner)
        return was

    async def _put_back(self, owner: str, was: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        await self._contents.clear(owner)
        await self._contents.put_raw(owner, was)
        await self._contents.unlock(owner)
        self._books.forget(owner)

    async def _fill(self, owner: str, file: IO[bytes], checked: _Checked) -> None:
        waiting: dict[str, list[NumberedRow]] = {}
        cut_off: list[Operation] = []
        async for batch in _in_batches(file, owner):
            for line in batch:
                if line.kind == HEADS:
                    await self._contents.put_head(owner, line.row.document)
                    continue
                if _has_no_head(line.value, checked):
                    continue
                if _was_cut_off(line.value):
                    cut_off.append(line.value.operation)
                rows = waiting.setdefault(line.kind, [])
                rows.append(line.row)
                if len(rows) == CHUNK:
                    await self._contents.put(owner, line.kind, waiting.pop(line.kind))
        for kind, rows in waiting.items():
            await self._contents.put(owner, kind, rows)
        # Files of before postings said which statement confirmed them.
        await self._contents.mark_reconciled(owner)
        for operation in cut_off:
            await self._end(operation)
        totals = Totals()
        async for entry in self._contents.journal(owner):
            totals.add(entry)
        await self._contents.put_totals(totals)

    async def _require_sound(self, owner: str, file: IO[bytes]) -> None:
        """Refuse documents in which `python -m ledger check` would find a fault.
        Raises InvalidBookFile."""
        for finding in await self._audit(owner):
            line = await asyncio.to_thread(_line_of, file, finding.subject)
            raise InvalidBookFile(line, finding.what)

    async def _tell_all(self, owner: str) -> None:
        told = list[Entry]()
        async for entry in self._contents.journal(owner):
            told.append(entry)
            if len(told) == EVENTS_AT_ONCE:
                await self._tell(told)
                told = []
        await self._tell(told)

    async def _tell(self, entries: list[Entry]) -> None:
        if entries:
            await self._mongo.in_transaction(lambda tx: self._announcer.entries_posted(tx, entries))


def _was_cut_off(value: object) -> bool:
    """An operation that can't go on here, for the keys of its rows are not in the file. An import
    says itself how far it is."""
    if not isinstance(value, StoredOperation):
        return False
    operation = value.operation
    return not operation.finished and operation.kind is not OperationKind.IMPORT


def _has_no_head(value: object, checked: _Checked) -> bool:
    """A line of a plan that was never made whole: nobody reads it."""
    return isinstance(value, StoredLine) and value.import_id not in checked.imports


async def _receive(file: IO[bytes], chunks: AsyncIterator[bytes]) -> None:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            raise InvalidBookFile(0, f"the file is larger than {MAX_FILE_BYTES >> 30} GiB")
        await asyncio.to_thread(file.write, chunk)


async def _in_batches(file: IO[bytes], owner: str) -> AsyncIterator[Sequence[_Line]]:
    """The file again, decoded in a thread: it may be large."""
    lines = _lines(file, owner, FileReader(_READABLE))
    while batch := await asyncio.to_thread(lambda: list(islice(lines, CHUNK))):
        yield batch


def _lines(file: IO[bytes], owner: str, reader: FileReader) -> Iterator[_Line]:
    """Raises InvalidBookFile."""
    file.seek(0)
    while raw := file.readline(MAX_LINE_BYTES + 1):
        for kind, document in reader.line(raw):
            try:
                value, row = KINDS[kind].said(BookContents.stored(document, owner))
            except (UnreadableRow, ValueError) as error:
                raise InvalidBookFile(reader.number, f"{kind}: {error}") from None
            yield _Line(reader.number, kind, value, NumberedRow(reader.number, row))


def _line_of(file: IO[bytes], id_: str) -> int:
    """The line of the document with the id, else the first that names it, else the last."""
    named = id_.encode()
    file.seek(0)
    first_named = last = 0
    while raw := file.readline(MAX_LINE_BYTES + 1):
        last += 1
        if named in raw:
            first_named = first_named or last
            if json.loads(raw).get("document", {}).get("_id") == id_:
                return last
    return first_named or last
