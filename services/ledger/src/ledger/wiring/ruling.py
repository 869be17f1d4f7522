"""How the parts fit together that know payees and run rules."""

from dataclasses import dataclass

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.ids import new_id
from kit.mongo import Mongo
from ledger.repository.categories import Categories
from ledger.repository.operations import Operations
from ledger.repository.payees import Payees
from ledger.repository.rules import Rules
from ledger.repository.searches import SavedSearchShelf
from ledger.service.books import BookService
from ledger.service.import_rules import ImportRules
from ledger.service.imported_payees import ImportedPayees
from ledger.service.payees import PayeeService
from ledger.service.rows import RowWriter
from ledger.service.rule_runs import RuleRuns
from ledger.service.rules import RuleService
from ledger.service.search_payees import SearchPayees
from ledger.service.transactions import TransactionService
from ledger.wiring.plans import series_payees


@dataclass(frozen=True, slots=True)
class Ruling:
    """The use cases of payees and rules, ready to be called."""

    payees: PayeeService
    rules: RuleService
    runs: RuleRuns
    on_import: ImportRules


def search_payees(mongo: Mongo, clock: Clock) -> SearchPayees:
    """Saved searches, as far as renaming payees has to do with them."""
    return SearchPayees(mongo=mongo, shelf=SavedSearchShelf(mongo), clock=clock)


def import_rules(mongo: Mongo) -> ImportRules:
    """What an import makes of what a file says."""
    payees = ImportedPayees(payees=Payees(mongo), operations=Operations(mongo))
    return ImportRules(rules=Rules(mongo), payees=payees)


def ruling(
    mongo: Mongo,
    clock: Clock,
    *,
    book_service: BookService,
    transactions: TransactionService,
    rows: RowWriter,
) -> Ruling:
    """Payees and rules over the books of this database."""
    idempotency, operations, rules = Idempotency(mongo), Operations(mongo), Rules(mongo)
    rule_service = RuleService(
        mongo=mongo,
        rules=rules,
        book_service=book_service,
        idempotency=idempotency,
        clock=clock,
        new_id=new_id,
    )
    return Ruling(
        payees=PayeeService(
            mongo=mongo,
            payees=Payees(mongo),
            categories=Categories(mongo),
            operations=operations,
            rows=rows,
            series=series_payees(mongo, clock),
            searches=search_payees(mongo, clock),
            book_service=book_service,
            idempotency=idempotency,
            clock=clock,
        ),
        rules=rule_service,
        runs=RuleRuns(
            rules=rules,
            payees=ImportedPayees(payees=Payees(mongo), operations=operations),
            rule_service=rule_service,
            transactions=transactions,
            operations=operations,
            rows=rows,
            book_service=book_service,
            clock=clock,
        ),
        on_import=import_rules(mongo),
    )
