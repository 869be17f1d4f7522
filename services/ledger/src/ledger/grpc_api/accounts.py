"""AccountService: accounts reopened and put in order, and their registers."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.grpc_api.account_messages import account_message, register_row_message
from ledger.grpc_api.callers import owner, writer
from ledger.service.accounts import AccountService
from ledger.service.register import RegisterService
from pfa.ledger.v1 import account_service_pb2 as pb
from pfa.ledger.v1 import account_service_pb2_grpc


class AccountApi(account_service_pb2_grpc.AccountServiceServicer):
    def __init__(self, accounts: AccountService, register: RegisterService) -> None:
        self._accounts = accounts
        self._register = register

    async def ReopenAccount(
        self, request: pb.ReopenAccountRequest, context: object
    ) -> pb.ReopenAccountResponse:
        state = await self._accounts.reopen_account(
            owner=writer().owner,
            account_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.ReopenAccountResponse(account=account_message(state))

    async def ReorderAccounts(
        self, request: pb.ReorderAccountsRequest, context: object
    ) -> pb.ReorderAccountsResponse:
        accounts = await self._accounts.reorder_accounts(
            owner=writer().owner, first=list(request.account_ids)
        )
        return pb.ReorderAccountsResponse(account_ids=[account.id for account in accounts])

    async def GetRegister(
        self, request: pb.GetRegisterRequest, context: object
    ) -> pb.GetRegisterResponse:
        page = await self._register.get_register(
            owner=owner(),
            account_id=request.account_id,
            until=request.until,
            cursor=request.page.cursor,
            limit=request.page.limit,
        )
        response = pb.GetRegisterResponse(rows=[register_row_message(row) for row in page.rows])
        response.page.next_cursor = page.next.text() if page.next else ""
        return response
