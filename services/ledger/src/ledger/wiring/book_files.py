"""How taking a book away, bringing it back and closing it fit together."""

from collections.abc import Sequence
from dataclasses import dataclass

from kit.clock import Clock
from kit.mongo import Mongo
from ledger.audit import Auditor
from ledger.audit.recount import HEAD, Difference, Fault
from ledger.domain.book_file import OWNER
from ledger.repository.book_contents import BookContents
from ledger.repository.book_journal import BookJournal
from ledger.repository.rates import Rates
from ledger.service.books import BookService
from ledger.service.erasure import ErasureService
from ledger.service.exports import ExportService
from ledger.service.restoring import Audit, EntryAnnouncer, Finding, RestoreService
from ledger.service.rows import RowWriter


@dataclass(frozen=True, slots=True)
class BookFiles:
    contents: BookContents
    exports: ExportService
    restoring: RestoreService
    erasure: ErasureService


def book_files(
    mongo: Mongo,
    clock: Clock,
    *,
    book_service: BookService,
    announcer: EntryAnnouncer,
    auditor: Auditor,
    rows: RowWriter,
) -> BookFiles:
    contents = BookContents(mongo)
    return BookFiles(
        contents=contents,
        exports=ExportService(
            contents=contents,
            journal=BookJournal(mongo),
            rates=Rates(mongo),
            book_service=book_service,
            clock=clock,
        ),
        restoring=RestoreService(
            mongo=mongo,
            contents=contents,
            book_service=book_service,
            announcer=announcer,
            audit=_findings(auditor),
            end=rows.end,
            clock=clock,
        ),
        erasure=ErasureService(contents, book_service),
    )


def _findings(auditor: Auditor) -> Audit:
    async def audit(owner: str) -> Sequence[Finding]:
        found = await auditor.audit(owner)
        return [
            Finding(_subject(d), _said(d)) for d in found.differences if d.fault is not Fault.EVENT
        ]

    return audit


def _subject(difference: Difference) -> str:
    match difference.fault:
        case Fault.UNREADABLE:
            return difference.subject.split(" ")[-1]
        case Fault.SEQUENCE if difference.subject == HEAD:
            return OWNER
    return difference.subject.split(" ")[0]


def _said(difference: Difference) -> str:
    fault, subject = difference.fault.value, difference.subject
    return f"{fault} {subject}: {difference.expected} expected, {difference.found} found"
