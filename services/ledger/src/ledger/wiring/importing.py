"""How the parts that import fit together."""

from dataclasses import dataclass

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.mongo import Mongo
from ledger.events import outbox
from ledger.events.imports import ImportAnnouncements
from ledger.repository.accounts import Accounts
from ledger.repository.books import Books
from ledger.repository.categories import Categories
from ledger.repository.imports import Imports
from ledger.repository.operations import Operations
from ledger.service.books import BookService
from ledger.service.file_items import FileItems
from ledger.service.import_beginning import ImportBeginning
from ledger.service.import_commit import ImportCommit
from ledger.service.import_judging import ImportJudging
from ledger.service.imports import ImportService
from ledger.service.operations import OperationService
from ledger.wiring.ruling import import_rules
from ledger.writer import Poster


@dataclass(frozen=True, slots=True)
class Importing:
    """The use cases of importing, ready to be called."""

    imports: ImportService
    file_items: FileItems
    commit: ImportCommit


def importing(
    mongo: Mongo,
    clock: Clock,
    *,
    book_service: BookService,
    poster: Poster,
    operations: OperationService,
) -> Importing:
    """Importing into the books of this database."""
    imports, books = Imports(mongo), Books(mongo)
    commit = ImportCommit(
        mongo=mongo,
        imports=imports,
        poster=poster,
        announcements=ImportAnnouncements(outbox()),
        book_service=book_service,
        clock=clock,
    )
    judging = ImportJudging(
        mongo=mongo,
        imports=imports,
        accounts=Accounts(mongo),
        categories=Categories(mongo),
        books=books,
    )
    beginning = ImportBeginning(
        mongo=mongo,
        imports=imports,
        judging=judging,
        books=books,
        operations=Operations(mongo),
        idempotency=Idempotency(mongo),
        clock=clock,
    )
    service = ImportService(
        mongo=mongo,
        imports=imports,
        judging=judging,
        beginning=beginning,
        book_service=book_service,
        commit=commit,
        rules=import_rules(mongo),
        undo=operations.undo,
        idempotency=Idempotency(mongo),
        clock=clock,
        new_id=new_id,
    )
    file_items = FileItems(mongo=mongo, imports=imports, books=books, poster=poster, commit=commit)
    return Importing(service, file_items, commit)
