"""The ledger, as ingest needs it, over gRPC."""

from collections.abc import Sequence

import grpc

from ingest.domain.drafting import AccountRef
from ingest.domain.drafts import Draft
from ingest.service.ports import Booking, LedgerAway
from kit.caller import use_caller
from kit.grpc.client import rpc_problem
from kit.tokens import ServiceTokens
from kit.transient import is_transient
from pfa.common.v1.money_pb2 import Money
from pfa.ledger.v1 import ledger_pb2 as pb
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub
from pfa.ledger.v1.transaction_pb2 import Origin, TransactionInput

_SERVICE = "/pfa.ledger.v1.LedgerService/"
# Importing is safe to repeat: each item carries its own key.
IDEMPOTENT = (_SERVICE + "ListAccounts", _SERVICE + "ImportTransactions")
DEADLINE_SECONDS = 20.0

# The request itself is refused, so that waiting would not help.
_REFUSED = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.ALREADY_EXISTS,
    }
)


class LedgerBooks:
    """Reads accounts and books drafts; the key of a booking is its draft's id."""

    def __init__(self, channel: grpc.aio.Channel, tokens: ServiceTokens) -> None:
        self._stub = LedgerServiceStub(channel)
        self._tokens = tokens

    async def accounts(self, *, owner: str) -> Sequence[AccountRef]:
        """The owner's open accounts, asked for with our own token. Raises AioRpcError."""
        with use_caller(self._tokens.caller(owner=owner)):
            answer = await self._stub.ListAccounts(pb.ListAccountsRequest())
        return [
            AccountRef(each.id, each.currency, each.last_digits, each.name)
            for each in answer.accounts
        ]

    async def book(self, drafts: Sequence[Draft]) -> Sequence[Booking]:
        """Book with the token of the caller in hand. Raises LedgerAway."""
        request = pb.ImportTransactionsRequest(items=[_item(draft) for draft in drafts])
        try:
            answer = await self._stub.ImportTransactions(request)
        except grpc.aio.AioRpcError as error:
            if error.code() not in _REFUSED:
                what = f"{error.code().name}: {error.details()}"
                raise LedgerAway(what, passes=is_transient(error)) from error
            if len(drafts) == 1:
                problem = rpc_problem(error)
                return [Booking(drafts[0].id, "", problem.reason, problem.message)]
            return [booking for draft in drafts for booking in await self.book([draft])]
        return [
            Booking(each.idempotency_key, each.transaction_id, each.reason, each.message)
            for each in answer.results
        ]

    async def book_for(self, owner: str, drafts: Sequence[Draft]) -> Sequence[Booking]:
        """Book with our own token what the owner has accepted. Raises LedgerAway."""
        with use_caller(self._tokens.caller(owner=owner)):
            return await self.book(drafts)


def _item(draft: Draft) -> pb.ImportItem:
    amount = draft.amount
    if amount is None:
        raise ValueError("a draft without an amount is never accepted")
    return pb.ImportItem(
        idempotency_key=draft.id,
        counted=draft.is_statement_line,
        transaction=TransactionInput(
            account_id=draft.account_id,
            date=draft.date,
            amount=Money(minor_units=amount.minor_units, currency=amount.currency),
            payee=draft.payee,
            description=draft.description,
            category_id=draft.category_id,
            origin=Origin(
                document_id=draft.document_id,
                draft_id=draft.id,
                bank_reference=draft.bank_reference,
                category_unreviewed=bool(draft.category_id) and not draft.category_confirmed,
            ),
        ),
    )
