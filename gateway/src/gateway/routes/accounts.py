"""Accounts."""
# ruff: noqa: A002 - `id` is its name in the path

from typing import Annotated

from fastapi import Query, Response

from gateway.models.accounts import (
    Account,
    AccountChange,
    AccountList,
    AccountOrder,
    AccountSubtotal,
    NewAccount,
    RegisterRow,
)
from gateway.models.common import DateText, ItemList, text_or_none
from gateway.parts import PartsDep, ServicesDep
from gateway.requests import ExpectedVersion, IdempotencyKey, KnownOn, Page, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import account_pb2, account_service_pb2, ledger_pb2

router = Router(prefix="/accounts", tags=["accounts"])
AsOf = Annotated[
    DateText | None, Query(description="Answer also the balance at the end of this day.")
]


@router.get("", responses=errors())
async def list_accounts(
    services: ServicesDep,
    _: MemberDep,
    include_closed: Annotated[bool, Query()] = False,
    include_archived: Annotated[bool, Query()] = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
) -> AccountList:
    """All accounts with their balances, in the person's order, and what each group adds up to."""
    answer = await services.ledger.ListAccounts(
        ledger_pb2.ListAccountsRequest(
            include_closed=include_closed,
            include_archived=include_archived,
            as_of=as_of or "",
            known_on=known_on,
        )
    )
    return AccountList(
        items=[Account.of(account) for account in answer.accounts],
        subtotals=[AccountSubtotal.of(subtotal) for subtotal in answer.subtotals],
    )


@router.post("", status_code=201, responses=errors(403, 409, 415))
async def create_account(
    body: NewAccount, response: Response, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> Account:
    """Open an account, with what is on it."""
    answer = await services.ledger.CreateAccount(body.request(key=key))
    return _answered(response, answer.account)


@router.put("/order", status_code=204, responses=errors(403, 404, 415))
async def order_accounts(body: AccountOrder, services: ServicesDep, _: MemberDep) -> None:
    """Put accounts first, in this order; the others follow as they stood."""
    await services.accounts.ReorderAccounts(
        account_service_pb2.ReorderAccountsRequest(account_ids=body.account_ids)
    )


@router.get("/{id}", responses=errors(404))
async def get_account(
    id: PathId, response: Response, services: ServicesDep, _: MemberDep, as_of: AsOf = None
) -> Account:
    """One account, as it is and on request as of the end of a day."""
    answer = await services.ledger.GetAccount(
        ledger_pb2.GetAccountRequest(id=id, as_of=as_of or "")
    )
    return _answered(response, answer.account)


@router.get("/{id}/register", responses=errors(404))
async def get_register(
    id: PathId,
    services: ServicesDep,
    page: Page,
    _: MemberDep,
    until: Annotated[
        DateText | None, Query(description="Begin with the newest of this day or before it.")
    ] = None,
) -> ItemList[RegisterRow]:
    """Its transactions, newest first, each with the balance after it."""
    answer = await services.accounts.GetRegister(
        account_service_pb2.GetRegisterRequest(account_id=id, until=until or "", page=page)
    )
    return ItemList(
        items=[RegisterRow.of(row) for row in answer.rows],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.patch("/{id}", responses=errors(403, 404, 409, 412, 415))
async def update_account(
    id: PathId,
    body: AccountChange,
    response: Response,
    parts: PartsDep,
    version: ExpectedVersion,
    caller: MemberDep,
) -> Account:
    """Change what is said of it. Another opening balance or date edits the opening entry."""
    currency = await parts.currencies.of(caller.owner, id) if body.opening_balance else ""
    request = body.request(account_id=id, version=version, currency=currency)
    answer = await parts.services.ledger.UpdateAccount(request)
    return _answered(response, answer.account)


@router.delete("/{id}", status_code=204, responses=errors(403, 404, 409, 412))
async def close_account(
    id: PathId, services: ServicesDep, version: ExpectedVersion, _: MemberDep
) -> None:
    """Close an account whose balance is zero; its history stays."""
    await services.ledger.CloseAccount(
        ledger_pb2.CloseAccountRequest(id=id, expected_version=version)
    )


@router.post("/{id}:reopen", responses=errors(403, 404, 412))
async def reopen_account(
    id: PathId, response: Response, services: ServicesDep, version: ExpectedVersion, _: MemberDep
) -> Account:
    """Let a closed account take transactions again."""
    answer = await services.accounts.ReopenAccount(
        account_service_pb2.ReopenAccountRequest(id=id, expected_version=version)
    )
    return _answered(response, answer.account)


def _answered(response: Response, message: account_pb2.Account) -> Account:
    tag(response, message.version)
    return Account.of(message)
