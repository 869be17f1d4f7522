"""How taking a book away, bringing it back and closing it fit together."""

from dataclasses import dataclass

from kit.clock import Clock
from kit.mongo import Mongo
from ledger.repository.book_contents import BookContents
from ledger.repository.book_journal import BookJournal
from ledger.repository.rates import Rates
from ledger.service.books import BookService
from ledger.service.erasure import ErasureService
from ledger.service.exports import ExportService
from ledger.service.restoring import EntryAnnouncer, RestoreService


@dataclass(frozen=True, slots=True)
class BookFiles:
    contents: BookContents
    exports: ExportService
    restoring: RestoreService
    erasure: ErasureService


def book_files(
    mongo: Mongo, clock: Clock, *, book_service: BookService, announcer: EntryAnnouncer
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
            mongo=mongo, contents=contents, book_service=book_service, announcer=announcer
        ),
        erasure=ErasureService(contents, book_service),
    )
