"""LedgerService: each method reads the caller, calls one use case and answers its message."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from typing import Protocol

import grpc
from google.protobuf.message import Message

from kit.caller import Caller, PermissionDenied, current_caller
from kit.idempotency import request_hash
from ledger.domain.account import AccountChange
from ledger.domain.posting import Key
from ledger.grpc_api import messages as m
from ledger.service.accounts import AccountService
from ledger.service.categories import CategoryService
from ledger.service.reports import ReportService
from ledger.service.transactions import ImportItem, TransactionService
from pfa.ledger.v1 import ledger_pb2 as pb
from pfa.ledger.v1 import ledger_pb2_grpc


class UseCases(Protocol):
    """What the API needs to be wired to."""

    @property
    def accounts(self) -> AccountService: ...
    @property
    def categories(self) -> CategoryService: ...
    @property
    def transactions(self) -> TransactionService: ...
    @property
    def reports(self) -> ReportService: ...


class LedgerApi(ledger_pb2_grpc.LedgerServiceServicer):
    def __init__(self, use_cases: UseCases) -> None:
        self._accounts = use_cases.accounts
        self._categories = use_cases.categories
        self._transactions = use_cases.transactions
        self._reports = use_cases.reports

    def register(self, server: grpc.aio.Server) -> None:
        ledger_pb2_grpc.add_LedgerServiceServicer_to_server(self, server)

    async def CreateAccount(
        self, request: pb.CreateAccountRequest, context: object
    ) -> pb.CreateAccountResponse:
        caller = _writer()
        state = await self._accounts.create_account(
            owner=caller.owner,
            actor=caller.actor,
            draft=m.account_draft(request),
            key=_key(request.idempotency_key, request),
        )
        return pb.CreateAccountResponse(account=m.account_message(state))

    async def GetAccount(
        self, request: pb.GetAccountRequest, context: object
    ) -> pb.GetAccountResponse:
        state = await self._accounts.get_account(owner=_owner(), account_id=request.id)
        return pb.GetAccountResponse(account=m.account_message(state))

    async def ListAccounts(
        self, request: pb.ListAccountsRequest, context: object
    ) -> pb.ListAccountsResponse:
        states = await self._accounts.list_accounts(
            owner=_owner(), include_closed=request.include_closed
        )
        return pb.ListAccountsResponse(accounts=[m.account_message(state) for state in states])

    async def UpdateAccount(
        self, request: pb.UpdateAccountRequest, context: object
    ) -> pb.UpdateAccountResponse:
        change = AccountChange(
            name=request.name if request.HasField("name") else None,
            institution=request.institution if request.HasField("institution") else None,
            last_digits=request.last_digits if request.HasField("last_digits") else None,
        )
        state = await self._accounts.update_account(
            owner=_writer().owner,
            account_id=request.id,
            expected_version=request.expected_version,
            change=change,
        )
        return pb.UpdateAccountResponse(account=m.account_message(state))

    async def CloseAccount(
        self, request: pb.CloseAccountRequest, context: object
    ) -> pb.CloseAccountResponse:
        state = await self._accounts.close_account(
            owner=_writer().owner,
            account_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.CloseAccountResponse(account=m.account_message(state))

    async def CreateCategory(
        self, request: pb.CreateCategoryRequest, context: object
    ) -> pb.CreateCategoryResponse:
        category = await self._categories.create_category(
            owner=_writer().owner,
            draft=m.category_draft(request),
            key=_key(request.idempotency_key, request),
        )
        return pb.CreateCategoryResponse(category=m.category_message(category))

    async def ListCategories(
        self, request: pb.ListCategoriesRequest, context: object
    ) -> pb.ListCategoriesResponse:
        categories = await self._categories.list_categories(owner=_owner())
        return pb.ListCategoriesResponse(categories=[m.category_message(c) for c in categories])

    async def CreateTransaction(
        self, request: pb.CreateTransactionRequest, context: object
    ) -> pb.CreateTransactionResponse:
        caller = _writer()
        transaction = await self._transactions.create_transaction(
            owner=caller.owner,
            actor=caller.actor,
            input_=m.transaction_input(request.transaction),
            key=_key(request.idempotency_key, request),
        )
        return pb.CreateTransactionResponse(transaction=m.transaction_message(transaction))

    async def GetTransaction(
        self, request: pb.GetTransactionRequest, context: object
    ) -> pb.GetTransactionResponse:
        transaction = await self._transactions.get_transaction(
            owner=_owner(), transaction_id=request.id
        )
        return pb.GetTransactionResponse(transaction=m.transaction_message(transaction))

    async def ListTransactions(
        self, request: pb.ListTransactionsRequest, context: object
    ) -> pb.ListTransactionsResponse:
        page = await self._transactions.list_transactions(
            owner=_owner(),
            filter_=m.transaction_filter(request.filter),
            cursor=request.page.cursor,
            limit=request.page.limit,
        )
        response = pb.ListTransactionsResponse(
            transactions=[m.transaction_message(t) for t in page.transactions]
        )
        response.page.next_cursor = page.next.text() if page.next else ""
        return response

    async def IndexTransactions(
        self, request: pb.IndexTransactionsRequest, context: object
    ) -> pb.IndexTransactionsResponse:
        months = await self._transactions.index_transactions(
            owner=_owner(), filter_=m.transaction_filter(request.filter)
        )
        return pb.IndexTransactionsResponse(
            total=sum(month.count for month in months),
            months=[m.month_message(month) for month in months],
        )

    async def UpdateTransaction(
        self, request: pb.UpdateTransactionRequest, context: object
    ) -> pb.UpdateTransactionResponse:
        caller = _writer()
        transaction = await self._transactions.update_transaction(
            owner=caller.owner,
            actor=caller.actor,
            transaction_id=request.id,
            expected_version=request.expected_version,
            input_=m.transaction_input(request.transaction),
            key=_key(request.idempotency_key, request),
        )
        return pb.UpdateTransactionResponse(transaction=m.transaction_message(transaction))

    async def DeleteTransaction(
        self, request: pb.DeleteTransactionRequest, context: object
    ) -> pb.DeleteTransactionResponse:
        caller = _writer()
        transaction = await self._transactions.delete_transaction(
            owner=caller.owner,
            actor=caller.actor,
            transaction_id=request.id,
            expected_version=request.expected_version,
            key=_key(request.idempotency_key, request),
        )
        return pb.DeleteTransactionResponse(transaction=m.transaction_message(transaction))

    async def GetTransactionHistory(
        self, request: pb.GetTransactionHistoryRequest, context: object
    ) -> pb.GetTransactionHistoryResponse:
        revisions = await self._transactions.get_history(owner=_owner(), transaction_id=request.id)
        return pb.GetTransactionHistoryResponse(
            revisions=[m.revision_message(revision) for revision in revisions]
        )

    async def ImportTransactions(
        self, request: pb.ImportTransactionsRequest, context: object
    ) -> pb.ImportTransactionsResponse:
        caller = _writer()
        items = [
            ImportItem(_key(item.idempotency_key, item), m.transaction_input(item.transaction))
            for item in request.items
        ]
        results = await self._transactions.import_transactions(
            owner=caller.owner, actor=caller.actor, items=items
        )
        return pb.ImportTransactionsResponse(
            results=[m.import_result_message(result) for result in results]
        )

    async def GetSummary(
        self, request: pb.GetSummaryRequest, context: object
    ) -> pb.GetSummaryResponse:
        summaries = await self._reports.get_summary(owner=_owner(), period=m.period(request.period))
        return pb.GetSummaryResponse(currencies=[m.summary_message(s) for s in summaries])

    async def GetSpending(
        self, request: pb.GetSpendingRequest, context: object
    ) -> pb.GetSpendingResponse:
        rows = await self._reports.get_spending(owner=_owner(), period=m.period(request.period))
        return pb.GetSpendingResponse(rows=[m.spending_message(row) for row in rows])


def _owner() -> str:
    return current_caller().owner


def _writer() -> Caller:
    """The caller, who may write into the book. Raises PermissionDenied."""
    caller = current_caller()
    if caller.role == "viewer":
        raise PermissionDenied("this book may be looked at, not changed")
    return caller


def _key(text: str, request: Message) -> Key:
    return Key(text, request_hash(request)) if text else Key()
