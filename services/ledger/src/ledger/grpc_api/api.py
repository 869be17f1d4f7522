"""LedgerService: each method reads the caller, calls one use case and answers its message."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.domain.account import subtotals
from ledger.domain.command import Key
from ledger.grpc_api import messages as m
from ledger.grpc_api.account_messages import (
    account_change,
    account_draft,
    account_message,
    subtotal_message,
)
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.category_messages import category_draft, category_message
from ledger.service.accounts import AccountService
from ledger.service.categories import CategoryService
from ledger.service.known import KnownService
from ledger.service.reports import ReportService
from ledger.service.transactions import ImportItem, TransactionService
from pfa.ledger.v1 import ledger_pb2 as pb
from pfa.ledger.v1 import ledger_pb2_grpc


class LedgerApi(ledger_pb2_grpc.LedgerServiceServicer):
    def __init__(
        self,
        *,
        accounts: AccountService,
        categories: CategoryService,
        transactions: TransactionService,
        known: KnownService,
        reports: ReportService,
    ) -> None:
        self._accounts = accounts
        self._categories = categories
        self._transactions = transactions
        self._known = known
        self._reports = reports

    async def CreateAccount(
        self, request: pb.CreateAccountRequest, context: object
    ) -> pb.CreateAccountResponse:
        caller = writer()
        state = await self._accounts.create_account(
            owner=caller.owner,
            actor=caller.actor,
            draft=account_draft(request),
            key=key_of(request.idempotency_key, request),
        )
        return pb.CreateAccountResponse(account=account_message(state))

    async def GetAccount(
        self, request: pb.GetAccountRequest, context: object
    ) -> pb.GetAccountResponse:
        state = await self._accounts.get_account(
            owner=owner(), account_id=request.id, as_of=request.as_of
        )
        return pb.GetAccountResponse(account=account_message(state))

    async def ListAccounts(
        self, request: pb.ListAccountsRequest, context: object
    ) -> pb.ListAccountsResponse:
        states = await self._accounts.list_accounts(
            owner=owner(),
            include_closed=request.include_closed,
            include_archived=request.include_archived,
            as_of=request.as_of,
        )
        if request.HasField("known_on"):
            states = await self._known.accounts(
                owner=owner(), states=states, on=m.instant(request.known_on)
            )
        return pb.ListAccountsResponse(
            accounts=[account_message(state) for state in states],
            subtotals=[subtotal_message(subtotal) for subtotal in subtotals(states)],
        )

    async def UpdateAccount(
        self, request: pb.UpdateAccountRequest, context: object
    ) -> pb.UpdateAccountResponse:
        caller = writer()
        state = await self._accounts.update_account(
            owner=caller.owner,
            actor=caller.actor,
            account_id=request.id,
            expected_version=request.expected_version,
            change=account_change(request),
        )
        return pb.UpdateAccountResponse(account=account_message(state))

    async def CloseAccount(
        self, request: pb.CloseAccountRequest, context: object
    ) -> pb.CloseAccountResponse:
        state = await self._accounts.close_account(
            owner=writer().owner,
            account_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.CloseAccountResponse(account=account_message(state))

    async def CreateCategory(
        self, request: pb.CreateCategoryRequest, context: object
    ) -> pb.CreateCategoryResponse:
        category = await self._categories.create_category(
            owner=writer().owner,
            draft=category_draft(request),
            key=key_of(request.idempotency_key, request),
        )
        return pb.CreateCategoryResponse(category=category_message(category))

    async def ListCategories(
        self, request: pb.ListCategoriesRequest, context: object
    ) -> pb.ListCategoriesResponse:
        categories = await self._categories.list_categories(
            owner=owner(), include_archived=request.include_archived
        )
        return pb.ListCategoriesResponse(categories=[category_message(c) for c in categories])

    async def CreateTransaction(
        self, request: pb.CreateTransactionRequest, context: object
    ) -> pb.CreateTransactionResponse:
        caller = writer()
        transaction = await self._transactions.create_transaction(
            owner=caller.owner,
            actor=caller.actor,
            input_=m.transaction_input(request.transaction),
            key=key_of(request.idempotency_key, request),
        )
        return pb.CreateTransactionResponse(transaction=m.transaction_message(transaction))

    async def GetTransaction(
        self, request: pb.GetTransactionRequest, context: object
    ) -> pb.GetTransactionResponse:
        if request.HasField("known_on"):
            transaction = await self._known.get_transaction(
                owner=owner(), transaction_id=request.id, on=m.instant(request.known_on)
            )
        else:
            transaction = await self._transactions.get_transaction(
                owner=owner(), transaction_id=request.id
            )
        return pb.GetTransactionResponse(transaction=m.transaction_message(transaction))

    async def ListTransactions(
        self, request: pb.ListTransactionsRequest, context: object
    ) -> pb.ListTransactionsResponse:
        filter_ = m.transaction_filter(request.filter)
        if request.HasField("known_on"):
            page = await self._known.list_transactions(
                owner=owner(),
                filter_=filter_,
                on=m.instant(request.known_on),
                cursor=request.page.cursor,
                limit=request.page.limit,
            )
        else:
            page = await self._transactions.list_transactions(
                owner=owner(),
                filter_=filter_,
                cursor=request.page.cursor,
                limit=request.page.limit,
                order=m.transaction_order(request),
            )
        response = pb.ListTransactionsResponse()
        for transaction in page.transactions:
            m.write_transaction(response.transactions.add(), transaction)
        response.page.next_cursor = page.next.text() if page.next else ""
        return response

    async def IndexTransactions(
        self, request: pb.IndexTransactionsRequest, context: object
    ) -> pb.IndexTransactionsResponse:
        months = await self._transactions.index_transactions(
            owner=owner(), filter_=m.transaction_filter(request.filter)
        )
        return pb.IndexTransactionsResponse(
            total=sum(month.count for month in months),
            months=[m.month_message(month) for month in months],
        )

    async def UpdateTransaction(
        self, request: pb.UpdateTransactionRequest, context: object
    ) -> pb.UpdateTransactionResponse:
        caller = writer()
        transaction = await self._transactions.update_transaction(
            owner=caller.owner,
            actor=caller.actor,
            transaction_id=request.id,
            expected_version=request.expected_version,
            input_=m.transaction_input(request.transaction),
            key=key_of(request.idempotency_key, request),
            unlock=request.unlock,
        )
        return pb.UpdateTransactionResponse(transaction=m.transaction_message(transaction))

    async def DeleteTransaction(
        self, request: pb.DeleteTransactionRequest, context: object
    ) -> pb.DeleteTransactionResponse:
        caller = writer()
        transaction = await self._transactions.delete_transaction(
            owner=caller.owner,
            actor=caller.actor,
            transaction_id=request.id,
            expected_version=request.expected_version,
            key=key_of(request.idempotency_key, request),
            unlock=request.unlock,
        )
        return pb.DeleteTransactionResponse(transaction=m.transaction_message(transaction))

    async def GetTransactionHistory(
        self, request: pb.GetTransactionHistoryRequest, context: object
    ) -> pb.GetTransactionHistoryResponse:
        revisions = await self._transactions.get_history(owner=owner(), transaction_id=request.id)
        return pb.GetTransactionHistoryResponse(
            revisions=[m.revision_message(revision) for revision in revisions]
        )

    async def ImportTransactions(
        self, request: pb.ImportTransactionsRequest, context: object
    ) -> pb.ImportTransactionsResponse:
        caller = writer()
        items = [
            ImportItem(_item_key(item), m.transaction_input(item.transaction), item.counted)
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
        period = m.period(request.period)
        if request.HasField("known_on"):
            summaries = await self._known.get_summary(
                owner=owner(), period=period, on=m.instant(request.known_on)
            )
        else:
            summaries = await self._reports.get_summary(owner=owner(), period=period)
        return pb.GetSummaryResponse(currencies=[m.summary_message(s) for s in summaries])

    async def GetSpending(
        self, request: pb.GetSpendingRequest, context: object
    ) -> pb.GetSpendingResponse:
        rows = await self._reports.get_spending(owner=owner(), period=m.period(request.period))
        return pb.GetSpendingResponse(rows=[m.spending_message(row) for row in rows])


def _item_key(item: pb.ImportItem) -> Key:
    """How an item is looked at is no part of what it says: the same one may come either way."""
    said = pb.ImportItem(transaction=item.transaction)
    return key_of(item.idempotency_key, said)
