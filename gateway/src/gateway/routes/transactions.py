"""Transactions, one at a time."""
# ruff: noqa: A002 - `id` is its name in the path

from typing import Annotated

from fastapi import Depends, Query, Response
from google.protobuf.timestamp_pb2 import Timestamp

from gateway import problems
from gateway.clients import Services
from gateway.models.common import COUNT_MAX, AmountText, DateText, IdText, ItemList, text_or_none
from gateway.models.searches import QUERY_LENGTH, TransactionTotals
from gateway.models.transactions import (
    KINDS,
    ORDERS,
    MonthCount,
    NewTransaction,
    Revision,
    Transaction,
    TransactionChange,
    TransactionIndex,
    TransactionKind,
    TransactionOrder,
)
from gateway.parts import Parts, PartsDep, ServicesDep
from gateway.problems import FieldProblem, ProblemError, invalid
from gateway.requests import ExpectedVersion, IdempotencyKey, KnownOn, Page, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from kit.caller import Caller
from kit.ids import new_id
from kit.money import InvalidAmount, Money, exponent
from pfa.ledger.v1 import ledger_pb2, search_pb2, transaction_pb2, transaction_service_pb2

router = Router(tags=["transactions"])
Unlock = Annotated[
    bool, Query(description="Change also what a statement has confirmed; otherwise 409.")
]


async def _filter(
    parts: PartsDep,
    caller: MemberDep,
    q: Annotated[
        str,
        Query(
            max_length=QUERY_LENGTH,
            description="In the search language: see `/search/language`.",
            examples=["coffee amount>4 category:food -tag:work from:2026-01"],
        ),
    ] = "",
    account_id: Annotated[IdText | None, Query()] = None,
    category_id: Annotated[IdText | None, Query()] = None,
    from_: Annotated[DateText | None, Query(alias="from")] = None,
    to: Annotated[DateText | None, Query()] = None,
    min_: Annotated[
        AmountText | None, Query(alias="min", description="Of the amount without its sign.")
    ] = None,
    max_: Annotated[AmountText | None, Query(alias="max")] = None,
    type_: Annotated[TransactionKind | None, Query(alias="type")] = None,
    tag: Annotated[str, Query(max_length=50)] = "",
) -> transaction_pb2.TransactionFilter:
    found = transaction_pb2.TransactionFilter(
        account_id=account_id or "",
        category_id=category_id or "",
        from_date=from_ or "",
        to_date=to or "",
        query=q,
        kind=KINDS.number(type_),
        tag=tag,
    )
    if min_ is not None or max_ is not None:
        currency = await _filter_currency(parts, caller, account_id)
        if min_ is not None:
            found.min_minor_units = _bound("min", min_, currency)
        if max_ is not None:
            found.max_minor_units = _bound("max", max_, currency)
    return found


FilterDep = Annotated[transaction_pb2.TransactionFilter, Depends(_filter)]


@router.get("/transactions", responses=errors(404))
async def list_transactions(
    filter_: FilterDep,
    page: Page,
    services: ServicesDep,
    order: Annotated[
        TransactionOrder,
        Query(description="largest and smallest go by the amount without its sign."),
    ] = "newest",
    known_on: KnownOn = None,
) -> ItemList[Transaction]:
    """A page of what is found; a cursor leads on in the order that it was given out for.

    A page looks at no more than 3,000 transactions. A search that finds few of many may
    answer fewer than `limit`, even none, with a `next_cursor` that leads on.
    """
    answer = await services.ledger.ListTransactions(
        ledger_pb2.ListTransactionsRequest(
            filter=filter_, page=page, order=ORDERS.number(order), known_on=known_on
        )
    )
    return ItemList(
        items=[Transaction.of(transaction) for transaction in answer.transactions],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.get("/transactions:index", responses=errors(404))
async def index_transactions(filter_: FilterDep, services: ServicesDep) -> TransactionIndex:
    """How many a list would hold, and their sums, by month."""
    answer = await services.ledger.IndexTransactions(
        ledger_pb2.IndexTransactionsRequest(filter=filter_)
    )
    return TransactionIndex(
        total=answer.total, months=[MonthCount.of(month) for month in answer.months]
    )


@router.get("/transactions:totals", responses=errors(404))
async def total_transactions(filter_: FilterDep, services: ServicesDep) -> TransactionTotals:
    """What all that is found comes to, by currency."""
    answer = await services.searches.TotalTransactions(
        search_pb2.TotalTransactionsRequest(filter=filter_)
    )
    return TransactionTotals.of(answer)


@router.post("/transactions", status_code=201, responses=errors(403, 404, 409, 415))
async def create_transaction(
    body: NewTransaction,
    response: Response,
    parts: PartsDep,
    key: IdempotencyKey,
    caller: MemberDep,
) -> Transaction:
    """Book a transaction."""
    currency = await parts.currencies.of(caller.owner, body.account_id)
    to_currency = await _other_currency(parts, caller, body.to_amount and body.to_account_id)
    answer = await parts.services.ledger.CreateTransaction(
        ledger_pb2.CreateTransactionRequest(
            idempotency_key=key,
            transaction=body.message(currency=currency, to_currency=to_currency),
        )
    )
    return _answered(response, answer.transaction)


@router.get("/transactions/{id}", responses=errors(404))
async def get_transaction(
    id: PathId,
    response: Response,
    services: ServicesDep,
    _: MemberDep,
    known_on: KnownOn = None,
) -> Transaction:
    """One transaction."""
    return _answered(response, await _standing(services, id, known_on))


@router.patch("/transactions/{id}", responses=errors(403, 404, 409, 412, 415))
async def update_transaction(
    id: PathId,
    body: TransactionChange,
    response: Response,
    parts: PartsDep,
    version: ExpectedVersion,
    caller: MemberDep,
    unlock: Unlock = False,
) -> Transaction:
    """Change some of it. What it was stays in its history."""

    async def merge() -> transaction_pb2.Transaction:
        old = await _standing(parts.services, id)
        currency = await parts.currencies.of(caller.owner, body.account_id or old.account_id)
        other = body.to_amount and (body.to_account_id or old.to_account_id)
        to_currency = await _other_currency(parts, caller, other)
        request = ledger_pb2.UpdateTransactionRequest(
            idempotency_key=new_id(),
            id=id,
            expected_version=version or old.version,
            transaction=body.merged(old, currency=currency, to_currency=to_currency),
            unlock=unlock,
        )
        return (await parts.services.ledger.UpdateTransaction(request)).transaction

    return _answered(response, await parts.merging(id, merge, version=version))


@router.delete("/transactions/{id}", status_code=204, responses=errors(403, 404, 412))
async def delete_transaction(
    id: PathId,
    services: ServicesDep,
    key: IdempotencyKey,
    version: ExpectedVersion,
    _: MemberDep,
    unlock: Unlock = False,
) -> None:
    """Take it out of the books; its history stays."""
    await services.ledger.DeleteTransaction(
        ledger_pb2.DeleteTransactionRequest(
            idempotency_key=key, id=id, expected_version=version, unlock=unlock
        )
    )


@router.post("/transactions/{id}:restore", responses=errors(403, 404, 409, 412))
async def restore_transaction(
    id: PathId,
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey,
    expected: ExpectedVersion,
    _: MemberDep,
    version: Annotated[
        int,
        Query(ge=0, le=COUNT_MAX, description="Of its history; 0 brings back what was deleted."),
    ] = 0,
    unlock: Unlock = False,
) -> Transaction:
    """Bring it back, or what it was at a version."""
    answer = await services.transactions.RestoreTransaction(
        transaction_service_pb2.RestoreTransactionRequest(
            idempotency_key=key, id=id, expected_version=expected, version=version, unlock=unlock
        )
    )
    return _answered(response, answer.transaction)


@router.get("/transactions/{id}/history", responses=errors(404))
async def get_transaction_history(
    id: PathId, services: ServicesDep, _: MemberDep
) -> ItemList[Revision]:
    """Every state it was in, the oldest first."""
    answer = await services.ledger.GetTransactionHistory(
        ledger_pb2.GetTransactionHistoryRequest(id=id)
    )
    return ItemList(items=[Revision.of(revision) for revision in answer.revisions])


async def _other_currency(parts: Parts, caller: Caller, account_id: str | None) -> str:
    """That of the other account of a transfer; empty where there is none."""
    return await parts.currencies.of(caller.owner, account_id) if account_id else ""


async def _standing(
    services: Services, transaction_id: str, known_on: Timestamp | None = None
) -> transaction_pb2.Transaction:
    answer = await services.ledger.GetTransaction(
        ledger_pb2.GetTransactionRequest(id=transaction_id, known_on=known_on)
    )
    if answer.transaction.deleted:
        raise ProblemError(problems.NOT_FOUND, "this transaction was deleted")
    return answer.transaction


async def _filter_currency(parts: Parts, caller: Caller, account_id: str | None) -> str:
    """In which currency bounds are read: the account's, or the book's if they have one."""
    if account_id:
        return await parts.currencies.of(caller.owner, account_id)
    answer = await parts.services.ledger.ListAccounts(
        ledger_pb2.ListAccountsRequest(include_closed=True)
    )
    currencies = {account.currency for account in answer.accounts} or {"EUR"}
    if len({exponent(currency) for currency in currencies}) > 1:
        raise invalid(
            FieldProblem(
                parameter="account_id",
                detail="is needed with min and max: the currencies here differ in their decimals",
            )
        )
    return min(currencies)


def _bound(name: str, text: str, currency: str) -> int:
    try:
        return abs(Money.parse(text, currency)).minor_units
    except InvalidAmount as error:
        raise invalid(FieldProblem(parameter=name, detail=str(error))) from None


def _answered(response: Response, message: transaction_pb2.Transaction) -> Transaction:
    tag(response, message.version)
    return Transaction.of(message)
