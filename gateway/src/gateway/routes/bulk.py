"""Transactions, many at a time: each alone, so that a refused one doesn't hold up the others."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError

from gateway import problems
from gateway.models.operations import MAX_ROWS, Operation, OperationResult, OperationRow
from gateway.models.transactions import (
    BulkAnswer,
    BulkProblem,
    BulkResult,
    NewTransaction,
    NewTransactionItem,
)
from gateway.openapi import ref
from gateway.parts import Parts, PartsDep
from gateway.problems import FieldProblem, ProblemError, invalid
from gateway.requests import IdempotencyKey, errors
from gateway.routes.operations import PATIENCE_SECONDS, row_answer
from gateway.security import MemberDep
from kit.money import InvalidAmount, UnknownCurrency
from pfa.ledger.v1 import ledger_pb2, transaction_pb2, transaction_service_pb2

router = APIRouter(tags=["transactions"])
MAX_ITEMS = 1000
_NOT_JSON = object()


@dataclass(frozen=True, slots=True)
class _Item:
    """An item on its way: what goes to the ledger, or why it doesn't."""

    index: int
    transaction: transaction_pb2.TransactionInput | None = None
    key: str = ""
    problem: ProblemError | None = None


def _rows_of(model: type[BaseModel], most: int) -> dict[str, object]:
    """The body, as OpenAPI tells of it: the app reads it itself, row by row."""
    schema = {"type": "array", "items": ref(model), "maxItems": most}
    content = {
        "application/json": {"schema": schema},
        "application/x-ndjson": {"schema": ref(model)},
    }
    return {"requestBody": {"required": True, "content": content}}


@router.post(
    "/transactions:bulk",
    responses=errors(403, 413, 415),
    openapi_extra=_rows_of(NewTransactionItem, MAX_ITEMS),
)
async def bulk_transactions(
    request: Request, parts: PartsDep, key: IdempotencyKey, caller: MemberDep
) -> BulkAnswer:
    """Book up to 1,000 transactions, as a JSON array or a line each.

    An item without an `idempotency_key` gets one from the request's and its place.
    """
    rows = await _rows(request, MAX_ITEMS)
    items = [
        await _item(parts, caller.owner, index, row, NewTransactionItem, f"{key}:{index}")
        for index, row in enumerate(rows)
    ]
    return _answer(items, await _imported(parts, items))


@router.post(
    "/transactions:bulkCreate",
    responses=errors(403, 409, 413, 415),
    openapi_extra=_rows_of(NewTransaction, MAX_ROWS),
)
async def bulk_create_transactions(
    request: Request, parts: PartsDep, key: IdempotencyKey, caller: MemberDep
) -> OperationResult:
    """Book up to 10,000 transactions as one act, which can be undone whole; as a JSON array or a
    line each."""
    rows = await _rows(request, MAX_ROWS)
    items = [
        await _item(parts, caller.owner, index, row, NewTransaction)
        for index, row in enumerate(rows)
    ]
    sent = [item.transaction for item in items if item.transaction is not None]
    if not sent:
        raise invalid(FieldProblem(pointer="", detail="holds nothing that can be booked"))
    answer = await parts.services.transactions.BulkCreateTransactions(
        transaction_service_pb2.BulkCreateTransactionsRequest(
            idempotency_key=key, transactions=sent
        ),
        timeout=PATIENCE_SECONDS,
    )
    return _created(items, answer)


def _created(
    items: Sequence[_Item], answer: transaction_service_pb2.BulkCreateTransactionsResponse
) -> OperationResult:
    told = iter(answer.rows)
    results = []
    for item in items:
        if item.problem is not None:
            problem = _refused(item.index, item.problem).problem
            row = OperationRow(index=item.index, status="refused", id=None, problem=problem)
        else:
            row = row_answer(next(told)).model_copy(update={"index": item.index})
        results.append(row)
    return OperationResult(operation=Operation.of(answer.operation), results=results)


async def _rows(request: Request, most: int) -> Sequence[object]:
    is_lines = request.headers.get("content-type", "").startswith("application/x-ndjson")
    body = await request.body()
    rows = _lines(body) if is_lines else _array(body)
    if len(rows) > most:
        raise invalid(FieldProblem(pointer="", detail=f"has more than {most:,} items"))
    return rows


def _array(body: bytes) -> Sequence[object]:
    rows = _parsed(body)
    if not isinstance(rows, list):
        raise invalid(FieldProblem(pointer="", detail="is no JSON array", code="json_invalid"))
    return rows


def _lines(body: bytes) -> Sequence[object]:
    return [_parsed(line) for line in body.splitlines() if line.strip()]


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return _NOT_JSON


async def _item(
    parts: Parts, owner: str, index: int, row: object, model: type[NewTransaction], key: str = ""
) -> _Item:
    try:
        if row is _NOT_JSON:
            raise invalid(FieldProblem(pointer="", detail="is no JSON", code="json_invalid"))
        said = model.model_validate(row)
        currency = await parts.currencies.of(owner, said.account_id)
        other = said.to_account_id if said.to_amount else None
        to_currency = await parts.currencies.of(owner, other) if other else ""
        transaction = said.message(currency=currency, to_currency=to_currency)
    except ProblemError as problem:
        return _Item(index, problem=problem)
    except ValidationError as error:
        return _Item(index, problem=problems.of_item(error))
    except (InvalidAmount, UnknownCurrency) as error:
        return _Item(index, problem=problems.of_amount(error))
    own_key = said.idempotency_key if isinstance(said, NewTransactionItem) else None
    return _Item(index, transaction, own_key or key)


async def _imported(parts: Parts, items: Sequence[_Item]) -> dict[int, ledger_pb2.ImportResult]:
    """What the ledger says of the items that went there, by their place."""
    sent = {
        item.index: ledger_pb2.ImportItem(idempotency_key=item.key, transaction=item.transaction)
        for item in items
        if item.transaction is not None
    }
    if not sent:
        return {}
    answer = await parts.services.ledger.ImportTransactions(
        ledger_pb2.ImportTransactionsRequest(items=sent.values()),
        timeout=30,
    )
    return dict(zip(sent, answer.results, strict=True))


def _answer(items: Sequence[_Item], results: dict[int, ledger_pb2.ImportResult]) -> BulkAnswer:
    told = [
        _refused(item.index, item.problem)
        if item.problem is not None
        else _told(item.index, results[item.index])
        for item in items
    ]
    statuses = [result.status for result in told]
    return BulkAnswer(
        results=told,
        added=statuses.count("added"),
        already_there=statuses.count("already_there"),
        refused=statuses.count("refused"),
    )


def _told(index: int, result: ledger_pb2.ImportResult) -> BulkResult:
    if result.outcome == ledger_pb2.IMPORT_OUTCOME_REFUSED:
        return _refused(index, ProblemError(problems.of_reason(result.reason), result.message))
    added = result.outcome == ledger_pb2.IMPORT_OUTCOME_ADDED
    return BulkResult(
        index=index, status="added" if added else "already_there", id=result.transaction_id
    )


def _refused(index: int, problem: ProblemError) -> BulkResult:
    where = next((error.pointer for error in problem.errors if error.pointer), "")
    detail = f"{where}: {problem.detail}" if where else problem.detail
    told = BulkProblem(type=problem.type.uri, title=problem.type.title, detail=detail)
    return BulkResult(index=index, status="refused", problem=told)
