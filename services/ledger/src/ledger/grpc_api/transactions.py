"""TransactionService: what brings transactions back, and what changes many in one act."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.domain.patch import TransactionPatch
from ledger.grpc_api import messages as m
from ledger.grpc_api.callers import key_of, writer
from ledger.grpc_api.operations import operation_message, row_messages
from ledger.service.bulk import BulkService, Selection
from ledger.service.transactions import TransactionService
from pfa.ledger.v1 import transaction_service_pb2 as pb
from pfa.ledger.v1 import transaction_service_pb2_grpc


class TransactionApi(transaction_service_pb2_grpc.TransactionServiceServicer):
    def __init__(self, transactions: TransactionService, bulk: BulkService) -> None:
        self._transactions = transactions
        self._bulk = bulk

    async def RestoreTransaction(
        self, request: pb.RestoreTransactionRequest, context: object
    ) -> pb.RestoreTransactionResponse:
        caller = writer()
        transaction = await self._transactions.restore_transaction(
            owner=caller.owner,
            actor=caller.actor,
            transaction_id=request.id,
            expected_version=request.expected_version,
            version=request.version,
            key=key_of(request.idempotency_key, request),
            unlock=request.unlock,
        )
        return pb.RestoreTransactionResponse(transaction=m.transaction_message(transaction))

    async def BulkCreateTransactions(
        self, request: pb.BulkCreateTransactionsRequest, context: object
    ) -> pb.BulkCreateTransactionsResponse:
        caller = writer()
        operation, rows = await self._bulk.create_transactions(
            owner=caller.owner,
            actor=caller.actor,
            inputs=[m.transaction_input(said) for said in request.transactions],
            key=key_of(request.idempotency_key, request),
        )
        return pb.BulkCreateTransactionsResponse(
            operation=operation_message(operation), rows=row_messages(rows)
        )

    async def ChangeTransactions(
        self, request: pb.ChangeTransactionsRequest, context: object
    ) -> pb.ChangeTransactionsResponse:
        caller = writer()
        operation, rows = await self._bulk.change_transactions(
            owner=caller.owner,
            actor=caller.actor,
            selection=_selection(request.selection),
            patch=_patch(request.patch),
            unlock=request.patch.unlock,
            key=key_of(request.idempotency_key, request),
        )
        return pb.ChangeTransactionsResponse(
            operation=operation_message(operation), rows=row_messages(rows)
        )

    async def DeleteTransactions(
        self, request: pb.DeleteTransactionsRequest, context: object
    ) -> pb.DeleteTransactionsResponse:
        caller = writer()
        operation, rows = await self._bulk.delete_transactions(
            owner=caller.owner,
            actor=caller.actor,
            selection=_selection(request.selection),
            unlock=request.unlock,
            key=key_of(request.idempotency_key, request),
        )
        return pb.DeleteTransactionsResponse(
            operation=operation_message(operation), rows=row_messages(rows)
        )


def _selection(message: pb.TransactionSelection) -> Selection:
    by_filter = message.HasField("filter")
    return Selection(
        ids=tuple(message.ids),
        filter=m.transaction_filter(message.filter) if by_filter else None,
        expected_count=message.expected_count if message.HasField("expected_count") else None,
    )


def _patch(message: pb.TransactionPatch) -> TransactionPatch:
    return TransactionPatch(
        category_id=message.category_id if message.HasField("category_id") else None,
        payee=message.payee if message.HasField("payee") else None,
        description=message.description if message.HasField("description") else None,
        add_tags=tuple(message.add_tags),
        remove_tags=tuple(message.remove_tags),
        status=m.STATUSES.get(message.status) if message.HasField("status") else None,
        date=message.date if message.HasField("date") else None,
        account_id=message.account_id if message.HasField("account_id") else None,
    )
