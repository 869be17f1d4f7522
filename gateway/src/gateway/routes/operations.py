"""The history of a book, act by act; acts of many transactions; and what takes acts back."""
# ruff: noqa: A002 - `id` is its name in the path

from collections.abc import Iterable

from gateway import problems
from gateway.models.common import ItemList, text_or_none
from gateway.models.operations import (
    OUTCOMES,
    Operation,
    OperationResult,
    OperationRow,
    Selected,
    SelectedChange,
)
from gateway.models.transactions import BulkProblem
from gateway.parts import ServicesDep
from gateway.requests import IdempotencyKey, Page, PathId, errors
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import operation_pb2, transaction_service_pb2

router = Router(tags=["operations"])
# Ten thousand rows take seconds; what took longer goes on when it is asked for again by its key.
PATIENCE_SECONDS = 60


@router.get("/operations", responses=errors())
async def list_operations(page: Page, services: ServicesDep, _: MemberDep) -> ItemList[Operation]:
    """Who did what and when, the newest first."""
    answer = await services.operations.ListOperations(
        operation_pb2.ListOperationsRequest(page=page)
    )
    return ItemList(
        items=[Operation.of(operation) for operation in answer.operations],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.get("/operations/{id}", responses=errors(404))
async def get_operation(id: PathId, services: ServicesDep, _: MemberDep) -> OperationResult:
    """One act, with those of its rows that were not simply done."""
    answer = await services.operations.GetOperation(operation_pb2.GetOperationRequest(id=id))
    return _result(answer.operation, answer.rows)


@router.post("/operations/{id}:undo", responses=errors(403, 404, 409))
async def undo_operation(
    id: PathId, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> OperationResult:
    """Bring every transaction that it touched to what it was before. What was changed since stays,
    and is told. Undoing an undo does again what was undone. What a finished reconciliation
    holds is not unlocked so (`reconciliation-finished`): open that again instead."""
    answer = await services.operations.UndoOperation(
        operation_pb2.UndoOperationRequest(idempotency_key=key, id=id), timeout=PATIENCE_SECONDS
    )
    return _result(answer.operation, answer.rows)


@router.post("/transactions:change", responses=errors(403, 404, 409, 415))
async def change_transactions(
    body: SelectedChange, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> OperationResult:
    """Change many at once, each alone; all of it can be undone as one."""
    answer = await services.transactions.ChangeTransactions(
        transaction_service_pb2.ChangeTransactionsRequest(
            idempotency_key=key,
            selection=body.selection(),
            patch=body.set.message(unlock=body.unlock),
        ),
        timeout=PATIENCE_SECONDS,
    )
    return _result(answer.operation, answer.rows)


@router.post("/transactions:delete", responses=errors(403, 404, 409, 415))
async def delete_transactions(
    body: Selected, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> OperationResult:
    """Take many out of the books at once, each alone; all of it can be undone as one."""
    answer = await services.transactions.DeleteTransactions(
        transaction_service_pb2.DeleteTransactionsRequest(
            idempotency_key=key, selection=body.selection(), unlock=body.unlock
        ),
        timeout=PATIENCE_SECONDS,
    )
    return _result(answer.operation, answer.rows)


def _result(
    operation: operation_pb2.Operation, rows: Iterable[operation_pb2.OperationRow]
) -> OperationResult:
    return OperationResult(
        operation=Operation.of(operation), results=[row_answer(row) for row in rows]
    )


def row_answer(row: operation_pb2.OperationRow) -> OperationRow:
    """What became of a row, with the problem of a refused one."""
    problem = None
    if row.reason:
        kind = problems.of_reason(row.reason)
        problem = BulkProblem(type=kind.uri, title=kind.title, detail=row.message)
    return OperationRow.model_validate(
        {
            "index": row.index,
            "status": OUTCOMES.word(row.outcome),
            "id": text_or_none(row.transaction_id),
            "problem": problem,
        }
    )
