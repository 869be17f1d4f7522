"""How the parts that import fit together."""

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.mongo import Mongo
from ledger.events import outbox
from ledger.import_events import ImportAnnouncements
from ledger.repository.accounts import Accounts
from ledger.repository.books import Books, Categories
from ledger.repository.imports import Imports
from ledger.repository.operations import Operations
from ledger.ruling import import_rules
from ledger.service.books import BookService
from ledger.service.import_commit import ImportCommit
from ledger.service.imports import ImportService
from ledger.service.operations import OperationService
from ledger.writer import Poster


def import_service(
    mongo: Mongo,
    clock: Clock,
    *,
    book_service: BookService,
    poster: Poster,
    operations: OperationService,
) -> ImportService:
    """Importing into the books of this database."""
    imports = Imports(mongo)
    commit = ImportCommit(
        mongo=mongo,
        imports=imports,
        poster=poster,
        announcements=ImportAnnouncements(outbox()),
        book_service=book_service,
        clock=clock,
    )
    return ImportService(
        mongo=mongo,
        imports=imports,
        accounts=Accounts(mongo),
        categories=Categories(mongo),
        books=Books(mongo),
        book_service=book_service,
        operations=Operations(mongo),
        commit=commit,
        rules=import_rules(mongo),
        undo=operations.undo,
        idempotency=Idempotency(mongo),
        clock=clock,
        new_id=new_id,
    )
