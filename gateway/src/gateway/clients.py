"""The services behind the door."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.settings import Settings
from kit.grpc.client import open_channel
from kit.health import HealthCheck
from pfa.ai.v1.ai_pb2_grpc import AiServiceStub
from pfa.auth.v1.auth_pb2_grpc import AuthServiceStub
from pfa.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from pfa.ledger.v1.account_service_pb2_grpc import AccountServiceStub
from pfa.ledger.v1.book_pb2_grpc import BookServiceStub
from pfa.ledger.v1.budget_pb2_grpc import BudgetServiceStub
from pfa.ledger.v1.category_service_pb2_grpc import CategoryServiceStub
from pfa.ledger.v1.export_pb2_grpc import ExportServiceStub
from pfa.ledger.v1.goal_pb2_grpc import GoalServiceStub
from pfa.ledger.v1.import_pb2_grpc import ImportServiceStub
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub
from pfa.ledger.v1.operation_pb2_grpc import OperationServiceStub
from pfa.ledger.v1.payee_pb2_grpc import PayeeServiceStub
from pfa.ledger.v1.rate_pb2_grpc import RateServiceStub
from pfa.ledger.v1.reconciliation_pb2_grpc import ReconciliationServiceStub
from pfa.ledger.v1.recurring_pb2_grpc import RecurringServiceStub
from pfa.ledger.v1.report_pb2_grpc import ReportServiceStub
from pfa.ledger.v1.rule_pb2_grpc import RuleServiceStub
from pfa.ledger.v1.search_pb2_grpc import SearchServiceStub
from pfa.ledger.v1.transaction_service_pb2_grpc import TransactionServiceStub

if TYPE_CHECKING:  # the stubs' own files alone tell the two kinds of client apart
    from pfa.ai.v1.ai_pb2_grpc import AiServiceAsyncStub
    from pfa.auth.v1.auth_pb2_grpc import AuthServiceAsyncStub
    from pfa.ingest.v1.ingest_pb2_grpc import IngestServiceAsyncStub
    from pfa.ledger.v1.account_service_pb2_grpc import AccountServiceAsyncStub
    from pfa.ledger.v1.book_pb2_grpc import BookServiceAsyncStub
    from pfa.ledger.v1.budget_pb2_grpc import BudgetServiceAsyncStub
    from pfa.ledger.v1.category_service_pb2_grpc import CategoryServiceAsyncStub
    from pfa.ledger.v1.export_pb2_grpc import ExportServiceAsyncStub
    from pfa.ledger.v1.goal_pb2_grpc import GoalServiceAsyncStub
    from pfa.ledger.v1.import_pb2_grpc import ImportServiceAsyncStub
    from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceAsyncStub
    from pfa.ledger.v1.operation_pb2_grpc import OperationServiceAsyncStub
    from pfa.ledger.v1.payee_pb2_grpc import PayeeServiceAsyncStub
    from pfa.ledger.v1.rate_pb2_grpc import RateServiceAsyncStub
    from pfa.ledger.v1.reconciliation_pb2_grpc import ReconciliationServiceAsyncStub
    from pfa.ledger.v1.recurring_pb2_grpc import RecurringServiceAsyncStub
    from pfa.ledger.v1.report_pb2_grpc import ReportServiceAsyncStub
    from pfa.ledger.v1.rule_pb2_grpc import RuleServiceAsyncStub
    from pfa.ledger.v1.search_pb2_grpc import SearchServiceAsyncStub
    from pfa.ledger.v1.transaction_service_pb2_grpc import TransactionServiceAsyncStub

# Reads, and writes that carry an idempotency key: safe to send again when no answer came.
_REPEATABLE: Mapping[str, tuple[str, ...]] = {
    "pfa.auth.v1.AuthService": ("GetMe", "GetJwks", "Logout", "Refresh"),
    "pfa.ledger.v1.LedgerService": (
        "CreateAccount",
        "GetAccount",
        "ListAccounts",
        "CreateCategory",
        "ListCategories",
        "CreateTransaction",
        "GetTransaction",
        "ListTransactions",
        "IndexTransactions",
        "GetTransactionHistory",
        "ImportTransactions",
        "GetSummary",
        "GetSpending",
    ),
    "pfa.ledger.v1.AccountService": ("ReorderAccounts", "GetRegister"),
    "pfa.ledger.v1.BookService": ("GetBook",),
    "pfa.ledger.v1.CategoryService": ("ReorderCategories", "MergeCategory"),
    "pfa.ledger.v1.ReconciliationService": (
        "StartReconciliation",
        "GetReconciliation",
        "ListReconciliations",
        "ListReconciliationRows",
        "TickTransactions",
        "CancelReconciliation",
        "CheckReconciliations",
        "GetCoverage",
    ),
    "pfa.ledger.v1.BudgetService": (
        "CreateBudget",
        "GetBudget",
        "ListBudgets",
        "ListProgress",
        "CoverBudget",
        "CopyBudgets",
        "SuggestBudgets",
    ),
    # Also what says the same of a day however often it is said.
    "pfa.ledger.v1.RecurringService": (
        "CreateRecurring",
        "GetRecurring",
        "ListRecurring",
        "SkipOccurrence",
        "SettleOccurrence",
        "ReopenOccurrence",
        "ListOccurrences",
        "ListUpcoming",
        "Forecast",
        "DetectRecurring",
        "DismissDetected",
    ),
    "pfa.ledger.v1.GoalService": ("CreateGoal", "GetGoal", "ListGoals", "Contribute"),
    "pfa.ledger.v1.ImportService": (
        "PreviewImport",
        "GetImport",
        "ListImports",
        "ListImportLines",
        "CommitImport",
        "UndoImport",
        "FindMatches",
    ),
    "pfa.ledger.v1.OperationService": ("GetOperation", "ListOperations", "UndoOperation"),
    "pfa.ledger.v1.PayeeService": ("GetPayee", "ListPayees", "UpdatePayee", "MovePayees"),
    "pfa.ledger.v1.RateService": ("GetRate", "ListRates", "SetRate"),
    "pfa.ledger.v1.ReportService": (
        "GetIncomeExpense",
        "GetBreakdown",
        "GetCashFlow",
        "GetNetWorth",
        "GetExchangeGains",
    ),
    "pfa.ledger.v1.RuleService": (
        "CreateRule",
        "GetRule",
        "ListRules",
        "UpdateRule",
        "DeleteRule",
        "ReorderRules",
        "PreviewRules",
        "ApplyRules",
        "CorrectTransaction",
        "RunRules",
    ),
    "pfa.ledger.v1.TransactionService": (
        "RestoreTransaction",
        "BulkCreateTransactions",
        "ChangeTransactions",
        "DeleteTransactions",
    ),
    "pfa.ledger.v1.SearchService": (
        "TotalTransactions",
        "GetSearchLanguage",
        "SuggestSearch",
        "CreateSavedSearch",
        "ListSavedSearches",
    ),
    "pfa.ingest.v1.IngestService": (
        "GetDocument",
        "ListDocuments",
        "GetPageImage",
        "ListDrafts",
        "AcceptDraft",
        "AcceptDocument",
    ),
    "pfa.ai.v1.AiService": ("SuggestCategories", "GetConsent", "SetConsent"),
}


@dataclass(frozen=True, slots=True)
class Services:
    """A stub for each service, and its health."""

    auth: "AuthServiceAsyncStub"
    ledger: "LedgerServiceAsyncStub"
    accounts: "AccountServiceAsyncStub"
    books: "BookServiceAsyncStub"
    categories: "CategoryServiceAsyncStub"
    reconciliations: "ReconciliationServiceAsyncStub"
    budgets: "BudgetServiceAsyncStub"
    exports: "ExportServiceAsyncStub"
    goals: "GoalServiceAsyncStub"
    recurring: "RecurringServiceAsyncStub"
    imports: "ImportServiceAsyncStub"
    operations: "OperationServiceAsyncStub"
    payees: "PayeeServiceAsyncStub"
    rates: "RateServiceAsyncStub"
    reports: "ReportServiceAsyncStub"
    rules: "RuleServiceAsyncStub"
    searches: "SearchServiceAsyncStub"
    transactions: "TransactionServiceAsyncStub"
    ingest: "IngestServiceAsyncStub"
    ai: "AiServiceAsyncStub"
    checks: Mapping[str, HealthCheck]


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Channels to all services for the block; one that is away is found when it comes."""
    async with AsyncExitStack() as stack:

        async def channel(name: str, address: str) -> grpc.aio.Channel:
            opened = open_channel(address, name=name, idempotent=_repeatable(name))
            return await stack.enter_async_context(opened)

        auth = await channel("auth", settings.auth_addr)
        ledger = await channel("ledger", settings.ledger_addr)
        ingest = await channel("ingest", settings.ingest_addr)
        ai = await channel("ai", settings.ai_addr)
        channels = {"auth": auth, "ledger": ledger, "ingest": ingest, "ai": ai}
        yield Services(
            auth=AuthServiceStub(auth),
            ledger=LedgerServiceStub(ledger),
            accounts=AccountServiceStub(ledger),
            books=BookServiceStub(ledger),
            categories=CategoryServiceStub(ledger),
            reconciliations=ReconciliationServiceStub(ledger),
            budgets=BudgetServiceStub(ledger),
            exports=ExportServiceStub(ledger),
            goals=GoalServiceStub(ledger),
            recurring=RecurringServiceStub(ledger),
            imports=ImportServiceStub(ledger),
            operations=OperationServiceStub(ledger),
            payees=PayeeServiceStub(ledger),
            rates=RateServiceStub(ledger),
            reports=ReportServiceStub(ledger),
            rules=RuleServiceStub(ledger),
            searches=SearchServiceStub(ledger),
            transactions=TransactionServiceStub(ledger),
            ingest=IngestServiceStub(ingest),
            ai=AiServiceStub(ai),
            checks={name: _serving(opened) for name, opened in channels.items()},
        )


def _repeatable(name: str) -> Sequence[str]:
    """The full names of the methods of one of our parts that may be sent again."""
    return [
        f"/{service}/{method}"
        for service, methods in _REPEATABLE.items()
        if service.startswith(f"pfa.{name}.")
        for method in methods
    ]


def _serving(channel: grpc.aio.Channel) -> HealthCheck:
    stub: Any = health_pb2_grpc.HealthStub(channel)

    async def check() -> None:
        answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=2)
        if answer.status != health_pb2.HealthCheckResponse.SERVING:
            raise ConnectionError("not serving")

    return check
