"""Transactions, many at a time: each alone, so that a refused one doesn't hold up the others."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from pydantic import BaseModel, ValidationError

from gateway import bodies, problems
from gateway.bodies import BULK, LINES_TYPE, media_type_of, takes
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
from gateway.pausing import pausing
from gateway.problems import FieldProblem, ProblemError, invalid
from gateway.requests import IdempotencyKey, errors
from gateway.routes.operations import PATIENCE_SECONDS, row_answer
from gateway.routing import Router
from gateway.security import MemberDep
from kit.money import InvalidAmount, UnknownCurrency
from pfa.ledger.v1 import ledger_pb2, transaction_pb2, transaction_service_pb2

router = Router(tags=["transactions"])
MAX_ITEMS = 1000
# Values in one line: a transaction with its splits and tags.
LINE_VALUES = 1000


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
@takes(BULK)
async def bulk_transactions(
    request: Request, parts: PartsDep, key: IdempotencyKey, caller: MemberDep
) -> BulkAnswer:
    """Book up to 1,000 transactions, as a JSON array or a line each.

    An item without an `idempotency_key` gets one from the request's and its place.
    """
    rows = await _rows(request, MAX_ITEMS)
    items = await _items(parts, caller.owner, rows, NewTransactionItem, key)
    return _answer(items, await _imported(parts, items))


@router.post(
    "/transactions:bulkCreate",
    responses=errors(403, 409, 413, 415),
    openapi_extra=_rows_of(NewTransaction, MAX_ROWS),
)
@takes(BULK)
async def bulk_create_transactions(
    request: Request, parts: PartsDep, key: IdempotencyKey, caller: MemberDep
) -> OperationResult:
    """Book up to 10,000 transactions as one act, which can be undone whole; as a JSON array or a
    line each."""
    rows = await _rows(request, MAX_ROWS)
    items = await _items(parts, caller.owner, rows, NewTransaction)
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
    """The rows of the body; those of a line that is no JSON are a ProblemError."""
    if media_type_of(request.headers) == LINES_TYPE:
        return await asyncio.to_thread(_lines, await request.body(), most)
    rows = await request.json()
    if not isinstance(rows, list):
        raise invalid(FieldProblem(pointer="", detail="is no JSON array", code="json_invalid"))
    if len(rows) > most:
        raise _too_many(most)
    return rows


def _lines(body: bytes, most: int) -> Sequence[object]:
    # One split more than there may be, so that a body of line ends alone is not split up.
    lines = [line for line in body.split(b"\n", most + 1) if line.strip()]
    if len(lines) > most:
        raise _too_many(most)
    return [_line(line) for line in lines]


def _line(line: bytes) -> object:
    try:
        return bodies.parsed(line, most_values=LINE_VALUES)
    except ProblemError as problem:
        return problem


def _too_many(most: int) -> ProblemError:
    return invalid(FieldProblem(pointer="", detail=f"has more than {most:,} items"))


async def _items(
    parts: Parts,
    owner: str,
    rows: Sequence[object],
    model: type[NewTransaction],
    key: str = "",
) -> Sequence[_Item]:
    items = []
    async for index, row in pausing(rows):
        items.append(await _item(parts, owner, index, row, model, f"{key}:{index}"))
    return items


async def _item(
    parts: Parts, owner: str, index: int, row: object, model: type[NewTransaction], key: str
) -> _Item:
    try:
        if isinstance(row, ProblemError):
            raise row
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
