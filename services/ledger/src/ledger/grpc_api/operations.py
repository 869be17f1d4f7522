"""OperationService: the history of a book, and what takes acts back."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from collections.abc import Iterable, Sequence

from ledger.domain.operation import Operation, OperationKind, Row, RowOutcome
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.errors import reason_named
from ledger.grpc_api.messages import money_message, timestamp
from ledger.service.operations import OperationService
from pfa.common.v1.page_pb2 import PageInfo
from pfa.ledger.v1 import operation_pb2 as pb
from pfa.ledger.v1 import operation_pb2_grpc

_KINDS = {
    OperationKind.CREATE: pb.OPERATION_KIND_CREATE,
    OperationKind.EDIT: pb.OPERATION_KIND_EDIT,
    OperationKind.DELETE: pb.OPERATION_KIND_DELETE,
    OperationKind.RESTORE: pb.OPERATION_KIND_RESTORE,
    OperationKind.BULK_CREATE: pb.OPERATION_KIND_BULK_CREATE,
    OperationKind.BULK_EDIT: pb.OPERATION_KIND_BULK_EDIT,
    OperationKind.BULK_DELETE: pb.OPERATION_KIND_BULK_DELETE,
    OperationKind.IMPORT: pb.OPERATION_KIND_IMPORT,
    OperationKind.UNDO: pb.OPERATION_KIND_UNDO,
    OperationKind.RECONCILE: pb.OPERATION_KIND_RECONCILE,
    OperationKind.UNRECONCILE: pb.OPERATION_KIND_UNRECONCILE,
    OperationKind.MERGE_CATEGORY: pb.OPERATION_KIND_MERGE_CATEGORY,
    OperationKind.MOVE_PAYEES: pb.OPERATION_KIND_MOVE_PAYEES,
    OperationKind.APPLY_RULES: pb.OPERATION_KIND_APPLY_RULES,
}
_OUTCOMES = {
    RowOutcome.DONE: pb.ROW_OUTCOME_DONE,
    RowOutcome.UNCHANGED: pb.ROW_OUTCOME_UNCHANGED,
    RowOutcome.REFUSED: pb.ROW_OUTCOME_REFUSED,
}


class OperationApi(operation_pb2_grpc.OperationServiceServicer):
    def __init__(self, operations: OperationService) -> None:
        self._operations = operations

    async def GetOperation(
        self, request: pb.GetOperationRequest, context: object
    ) -> pb.GetOperationResponse:
        operation, rows = await self._operations.get_operation(
            owner=owner(), operation_id=request.id
        )
        return pb.GetOperationResponse(
            operation=operation_message(operation), rows=row_messages(rows)
        )

    async def ListOperations(
        self, request: pb.ListOperationsRequest, context: object
    ) -> pb.ListOperationsResponse:
        page = await self._operations.list_operations(
            owner=owner(), cursor=request.page.cursor, limit=request.page.limit
        )
        return pb.ListOperationsResponse(
            operations=[operation_message(operation) for operation in page.operations],
            page=PageInfo(next_cursor=page.next_cursor),
        )

    async def UndoOperation(
        self, request: pb.UndoOperationRequest, context: object
    ) -> pb.UndoOperationResponse:
        caller = writer()
        operation, rows = await self._operations.undo(
            owner=caller.owner,
            actor=caller.actor,
            operation_id=request.id,
            key=key_of(request.idempotency_key, request),
        )
        return pb.UndoOperationResponse(
            operation=operation_message(operation), rows=row_messages(rows)
        )


def operation_message(operation: Operation) -> pb.Operation:
    subject = operation.subject
    return pb.Operation(
        id=operation.id,
        kind=_KINDS[operation.kind],
        actor_id=operation.actor_id,
        at=timestamp(operation.at),
        finished=operation.finished,
        done_count=operation.counts.done,
        unchanged_count=operation.counts.unchanged,
        refused_count=operation.counts.refused,
        undoes=operation.undoes,
        undone_by=operation.undone_by,
        transaction_id=subject.transaction_id if subject else "",
        payee=subject.payee if subject else "",
        amount=money_message(subject.amount) if subject else None,
        date=subject.date if subject else "",
        cut_off=operation.cut_off,
    )


def row_messages(rows: Sequence[Row]) -> Iterable[pb.OperationRow]:
    for index, row in enumerate(rows):
        yield pb.OperationRow(
            transaction_id=row.transaction_id,
            outcome=_OUTCOMES[row.outcome],
            reason=reason_named(row.refusal) if row.refusal else "",
            message=row.message,
            index=index,
        )
