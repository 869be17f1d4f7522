"""Transactions, many at a time: each alone, so that a refused one doesn't hold up the others."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import ValidationError

from gateway import problems
from gateway.models.transactions import BulkAnswer, BulkProblem, BulkResult, NewTransactionItem
from gateway.openapi import ref
from gateway.parts import Parts, PartsDep
from gateway.problems import FieldProblem, ProblemError, invalid
from gateway.requests import IdempotencyKey, errors
from gateway.security import MemberDep
from kit.money import InvalidAmount, UnknownCurrency
from pfa.ledger.v1 import ledger_pb2

router = APIRouter(tags=["transactions"])
MAX_ITEMS = 1000
_NOT_JSON = object()


@dataclass(frozen=True, slots=True)
class _Item:
    """An item on its way: what goes to the ledger, or why it doesn't."""

    index: int
    message: ledger_pb2.ImportItem | None = None
    problem: ProblemError | None = None


@router.post(
    "/transactions:bulk",
    responses=errors(403, 413, 415),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "array",
                        "items": ref(NewTransactionItem),
                        "maxItems": MAX_ITEMS,
                    }
                },
                "application/x-ndjson": {"schema": ref(NewTransactionItem)},
            },
        }
    },
)
async def bulk_transactions(
    request: Request, parts: PartsDep, key: IdempotencyKey, caller: MemberDep
) -> BulkAnswer:
    """Book up to 1,000 transactions, as a JSON array or a line each.

    An item without an `idempotency_key` gets one from the request's and its place.
    """
    is_lines = request.headers.get("content-type", "").startswith("application/x-ndjson")
    body = await request.body()
    rows = _lines(body) if is_lines else _array(body)
    if len(rows) > MAX_ITEMS:
        raise invalid(FieldProblem(pointer="", detail=f"has more than {MAX_ITEMS} items"))
    items = [
        await _item(parts, caller.owner, index, row, f"{key}:{index}")
        for index, row in enumerate(rows)
    ]
    return _answer(items, await _imported(parts, items))


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


async def _item(parts: Parts, owner: str, index: int, row: object, key: str) -> _Item:
    try:
        if row is _NOT_JSON:
            raise invalid(FieldProblem(pointer="", detail="is no JSON", code="json_invalid"))
        said = NewTransactionItem.model_validate(row)
        currency = await parts.currencies.of(owner, said.account_id)
        transaction = said.message(currency=currency)
    except ProblemError as problem:
        return _Item(index, problem=problem)
    except ValidationError as error:
        return _Item(index, problem=problems.of_item(error))
    except (InvalidAmount, UnknownCurrency) as error:
        return _Item(index, problem=problems.of_amount(error))
    message = ledger_pb2.ImportItem(
        idempotency_key=said.idempotency_key or key, transaction=transaction
    )
    return _Item(index, message=message)


async def _imported(parts: Parts, items: Sequence[_Item]) -> dict[int, ledger_pb2.ImportResult]:
    """What the ledger says of the items that went there, by their place."""
    sent = {item.index: item.message for item in items if item.message is not None}
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
        kind = problems.REASONS.get(result.reason, problems.VALIDATION)
        if result.reason.endswith("_NOT_FOUND"):
            kind = problems.NOT_FOUND
        return _refused(index, ProblemError(kind, result.message))
    added = result.outcome == ledger_pb2.IMPORT_OUTCOME_ADDED
    return BulkResult(
        index=index, status="added" if added else "already_there", id=result.transaction_id
    )


def _refused(index: int, problem: ProblemError) -> BulkResult:
    where = next((error.pointer for error in problem.errors if error.pointer), "")
    detail = f"{where}: {problem.detail}" if where else problem.detail
    told = BulkProblem(type=problem.type.uri, title=problem.type.title, detail=detail)
    return BulkResult(index=index, status="refused", problem=told)
