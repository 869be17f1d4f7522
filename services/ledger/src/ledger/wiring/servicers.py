"""Which servicer answers for which use cases."""

from collections.abc import Callable

import grpc

from ledger.grpc_api import AccountApi, BookApi, CategoryApi, LedgerApi, RateApi, ReconciliationApi
from ledger.grpc_api.budgets import BudgetApi
from ledger.grpc_api.exports import ExportApi
from ledger.grpc_api.goals import GoalApi
from ledger.grpc_api.imports import ImportApi
from ledger.grpc_api.operations import OperationApi
from ledger.grpc_api.payees import PayeeApi
from ledger.grpc_api.recurring import RecurringApi
from ledger.grpc_api.reports import ReportApi
from ledger.grpc_api.rules import RuleApi
from ledger.grpc_api.searches import SearchApi
from ledger.grpc_api.transactions import TransactionApi
from ledger.wiring import Ledger
from pfa.ledger.v1 import (
    account_service_pb2_grpc,
    book_pb2_grpc,
    budget_pb2_grpc,
    category_service_pb2_grpc,
    export_pb2_grpc,
    goal_pb2_grpc,
    import_pb2_grpc,
    ledger_pb2_grpc,
    operation_pb2_grpc,
    payee_pb2_grpc,
    rate_pb2_grpc,
    reconciliation_pb2_grpc,
    recurring_pb2_grpc,
    report_pb2_grpc,
    rule_pb2_grpc,
    search_pb2_grpc,
    transaction_service_pb2_grpc,
)


def servicers(ledger: Ledger) -> Callable[[grpc.aio.Server], None]:
    """What registers every service of the ledger with a server."""

    def register(server: grpc.aio.Server) -> None:
        ledger_pb2_grpc.add_LedgerServiceServicer_to_server(
            LedgerApi(
                accounts=ledger.accounts,
                categories=ledger.categories,
                transactions=ledger.transactions,
                known=ledger.known,
                reports=ledger.reports,
            ),
            server,
        )
        search_pb2_grpc.add_SearchServiceServicer_to_server(
            SearchApi(ledger.searches, ledger.transactions), server
        )
        transaction_service_pb2_grpc.add_TransactionServiceServicer_to_server(
            TransactionApi(ledger.transactions, ledger.bulk), server
        )
        operation_pb2_grpc.add_OperationServiceServicer_to_server(
            OperationApi(ledger.operations), server
        )
        import_pb2_grpc.add_ImportServiceServicer_to_server(ImportApi(ledger.imports), server)
        report_pb2_grpc.add_ReportServiceServicer_to_server(ReportApi(ledger.reports), server)
        reconciliation_pb2_grpc.add_ReconciliationServiceServicer_to_server(
            ReconciliationApi(ledger.reconciliations, ledger.reconciliation_reader), server
        )
        rate_pb2_grpc.add_RateServiceServicer_to_server(RateApi(ledger.rates), server)
        account_service_pb2_grpc.add_AccountServiceServicer_to_server(
            AccountApi(ledger.accounts, ledger.register), server
        )
        category_service_pb2_grpc.add_CategoryServiceServicer_to_server(
            CategoryApi(ledger.categories, ledger.category_merges), server
        )
        book_pb2_grpc.add_BookServiceServicer_to_server(BookApi(ledger.books), server)
        budget_pb2_grpc.add_BudgetServiceServicer_to_server(BudgetApi(ledger.plans.budgets), server)
        goal_pb2_grpc.add_GoalServiceServicer_to_server(GoalApi(ledger.plans.goals), server)
        recurring_pb2_grpc.add_RecurringServiceServicer_to_server(
            RecurringApi(ledger.plans.recurring, ledger.plans.calendar), server
        )
        export_pb2_grpc.add_ExportServiceServicer_to_server(
            ExportApi(exports=ledger.files.exports, restoring=ledger.files.restoring), server
        )
        payee_pb2_grpc.add_PayeeServiceServicer_to_server(PayeeApi(ledger.ruling.payees), server)
        rule_pb2_grpc.add_RuleServiceServicer_to_server(
            RuleApi(
                rules=ledger.ruling.rules,
                runs=ledger.ruling.runs,
                on_import=ledger.ruling.on_import,
            ),
            server,
        )

    return register
