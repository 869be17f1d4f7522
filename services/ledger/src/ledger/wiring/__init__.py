"""How the parts of the ledger fit together, over one database."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kit.clock import Clock, SystemClock
from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.leases import Lease
from kit.mongo import Mongo
from ledger.audit import Auditor
from ledger.domain.operation import OperationKind
from ledger.events import OutboxAnnouncements, outbox
from ledger.repository.accounts import Accounts
from ledger.repository.books import Books
from ledger.repository.categories import Categories
from ledger.repository.journal import Journal
from ledger.repository.known import Known
from ledger.repository.names import BookNames
from ledger.repository.operations import Operations
from ledger.repository.payees import Payees
from ledger.repository.rates import Rates
from ledger.repository.reconciliations import Reconciliations
from ledger.repository.register import Register
from ledger.repository.rollups import Rollups
from ledger.repository.searches import SavedSearchShelf
from ledger.repository.transactions import Transactions
from ledger.repository.vocabulary import BookWords
from ledger.service.accounts import AccountService
from ledger.service.books import BookService
from ledger.service.bulk import BulkService
from ledger.service.categories import CategoryService
from ledger.service.category_merges import CategoryMerges
from ledger.service.imports import ImportService
from ledger.service.known import KnownService
from ledger.service.operations import OperationService
from ledger.service.queries import QueryReader
from ledger.service.rates import RateService
from ledger.service.reconciliation_reader import ReconciliationReader
from ledger.service.reconciliations import ReconciliationService
from ledger.service.register import RegisterService
from ledger.service.reports import ReportService
from ledger.service.rows import RowWriter
from ledger.service.searches import SearchService
from ledger.service.transactions import TransactionService
from ledger.service.undoing import Undoing
from ledger.service.unfinished import LEASE_SECONDS, UnfinishedOperations
from ledger.wiring.book_files import BookFiles, book_files
from ledger.wiring.importing import importing
from ledger.wiring.plans import Plans, plans, series_payees
from ledger.wiring.ruling import Ruling, ruling, search_payees
from ledger.writer import GroupWriter, Poster

UNFINISHED_LEASE = "ledger.operations"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The use cases, ready to be called."""

    books: BookService
    accounts: AccountService
    register: RegisterService
    categories: CategoryService
    category_merges: CategoryMerges
    reconciliations: ReconciliationService
    reconciliation_reader: ReconciliationReader
    transactions: TransactionService
    bulk: BulkService
    operations: OperationService
    known: KnownService
    imports: ImportService
    searches: SearchService
    reports: ReportService
    rates: RateService
    plans: Plans
    ruling: Ruling
    files: BookFiles
    auditor: Auditor
    writer: GroupWriter
    unfinished: UnfinishedOperations


@asynccontextmanager
async def open_ledger(mongo: Mongo, *, clock: Clock | None = None) -> AsyncIterator[Ledger]:
    """The ledger over this database, with its writer running for the block."""
    ledger = _ledger(mongo, clock or SystemClock())
    writing = asyncio.create_task(ledger.writer.run(), name="ledger-writer")
    try:
        yield ledger
    finally:
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing


def _ledger(mongo: Mongo, clock: Clock) -> Ledger:
    announcements = OutboxAnnouncements(outbox())
    idempotency = Idempotency(mongo)
    accounts = Accounts(mongo)
    books, categories, journal = Books(mongo), Categories(mongo), Journal(mongo)
    poster = Poster(journal=journal, announcer=announcements, clock=clock, new_id=new_id)
    writer = GroupWriter(mongo, poster)
    reconciliations = Reconciliations(mongo)
    book_service = BookService(
        mongo=mongo,
        books=books,
        categories=categories,
        announcements=announcements,
        new_id=new_id,
    )
    names = BookNames(mongo)
    rates = RateService(rates=Rates(mongo))
    queries = QueryReader(names=names, book_service=book_service, clock=clock)
    operations = Operations(mongo, clock)
    rows = RowWriter(
        mongo=mongo,
        writer=writer,
        operations=operations,
        idempotency=idempotency,
        clock=clock,
        new_id=new_id,
    )
    auditor = Auditor(mongo, announcements)
    reconciliation_reader = ReconciliationReader(
        mongo=mongo,
        reconciliations=reconciliations,
        accounts=accounts,
        book_service=book_service,
    )
    category_merges = CategoryMerges(
        mongo=mongo,
        categories=categories,
        books=books,
        operations=operations,
        rows=rows,
        announcements=announcements,
    )
    undoing = Undoing(
        operations=operations,
        reconciliations=reconciliations,
        merges=category_merges,
        series=series_payees(mongo, clock),
        searches=search_payees(mongo, clock),
    )
    operation_service = OperationService(
        operations=operations, rows=rows, undoing=undoing, clock=clock
    )
    import_parts = importing(
        mongo, clock, book_service=book_service, poster=poster, operations=operation_service
    )
    transactions = TransactionService(
        writer=writer,
        journal=journal,
        transactions=Transactions(mongo),
        queries=queries,
        book_service=book_service,
        file_items=import_parts.file_items,
    )
    bulk = BulkService(
        rows=rows,
        operations=operations,
        transactions=Transactions(mongo),
        queries=queries,
        book_service=book_service,
    )
    rule_parts = ruling(
        mongo, clock, book_service=book_service, transactions=transactions, rows=rows
    )
    return Ledger(
        books=book_service,
        accounts=AccountService(
            mongo=mongo,
            accounts=accounts,
            rollups=Rollups(mongo),
            books=books,
            book_service=book_service,
            poster=poster,
            announcements=announcements,
            idempotency=idempotency,
            clock=clock,
            new_id=new_id,
        ),
        register=RegisterService(
            mongo=mongo,
            accounts=accounts,
            register=Register(mongo),
            rollups=Rollups(mongo),
            book_service=book_service,
        ),
        categories=CategoryService(
            mongo=mongo,
            categories=categories,
            books=books,
            book_service=book_service,
            announcements=announcements,
            idempotency=idempotency,
            new_id=new_id,
        ),
        category_merges=category_merges,
        reconciliations=ReconciliationService(
            mongo=mongo,
            reader=reconciliation_reader,
            reconciliations=reconciliations,
            books=books,
            operations=operations,
            poster=poster,
            announcements=announcements,
            idempotency=idempotency,
            clock=clock,
            new_id=new_id,
        ),
        reconciliation_reader=reconciliation_reader,
        transactions=transactions,
        bulk=bulk,
        operations=operation_service,
        known=KnownService(
            mongo=mongo,
            known=Known(mongo),
            rollups=Rollups(mongo),
            categories=categories,
            book_service=book_service,
        ),
        imports=import_parts.imports,
        searches=SearchService(
            mongo=mongo,
            names=names,
            words=BookWords(mongo),
            shelf=SavedSearchShelf(mongo),
            queries=queries,
            book_service=book_service,
            idempotency=idempotency,
            clock=clock,
            new_id=new_id,
        ),
        reports=ReportService(
            rollups=Rollups(mongo),
            categories=categories,
            accounts=accounts,
            book_service=book_service,
            rates=rates,
            payees=Payees(mongo),
        ),
        rates=rates,
        plans=plans(mongo, clock, book_service, transactions),
        ruling=rule_parts,
        files=book_files(
            mongo,
            clock,
            book_service=book_service,
            announcer=announcements,
            auditor=auditor,
            rows=rows,
        ),
        auditor=auditor,
        writer=writer,
        unfinished=UnfinishedOperations(
            operations=operations,
            rows=rows,
            go_on={
                OperationKind.BULK_EDIT: bulk.go_on_changing,
                OperationKind.BULK_DELETE: bulk.go_on_deleting,
                OperationKind.IMPORT: lambda begun: import_parts.commit.finish(
                    begun.owner, begun.id
                ),
                OperationKind.UNDO: operation_service.carry_out,
                OperationKind.MERGE_CATEGORY: category_merges.go_on,
                OperationKind.MOVE_PAYEES: rule_parts.payees.go_on,
                OperationKind.APPLY_RULES: rule_parts.runs.go_on,
            },
            lease=Lease(mongo.db, name=UNFINISHED_LEASE, holder=new_id(), seconds=LEASE_SECONDS),
            clock=clock,
        ),
    )
