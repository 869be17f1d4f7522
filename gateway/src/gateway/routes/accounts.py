"""Accounts."""
# ruff: noqa: A002 - `id` is its name in the path

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.models.accounts import Account, AccountChange, NewAccount
from gateway.models.common import ItemList
from gateway.parts import ServicesDep
from gateway.requests import ExpectedVersion, IdempotencyKey, PathId, errors, tag
from gateway.security import MemberDep
from pfa.ledger.v1 import account_pb2, ledger_pb2

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.get("", responses=errors())
async def list_accounts(
    services: ServicesDep,
    _: MemberDep,
    include_closed: Annotated[bool, Query()] = False,
) -> ItemList[Account]:
    """All accounts, with their balances."""
    answer = await services.ledger.ListAccounts(
        ledger_pb2.ListAccountsRequest(include_closed=include_closed)
    )
    return ItemList(items=[Account.of(account) for account in answer.accounts])


@router.post("", status_code=201, responses=errors(403, 409, 415))
async def create_account(
    body: NewAccount, response: Response, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> Account:
    """Open an account, with what is on it."""
    answer = await services.ledger.CreateAccount(body.request(key=key))
    return _answered(response, answer.account)


@router.get("/{id}", responses=errors(404))
async def get_account(
    id: PathId, response: Response, services: ServicesDep, _: MemberDep
) -> Account:
    """One account."""
    answer = await services.ledger.GetAccount(ledger_pb2.GetAccountRequest(id=id))
    return _answered(response, answer.account)


@router.patch("/{id}", responses=errors(403, 404, 412, 415))
async def update_account(
    id: PathId,
    body: AccountChange,
    response: Response,
    services: ServicesDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> Account:
    """Change its name, institution or last digits."""
    answer = await services.ledger.UpdateAccount(body.request(account_id=id, version=version))
    return _answered(response, answer.account)


@router.delete("/{id}", status_code=204, responses=errors(403, 404, 409, 412))
async def close_account(
    id: PathId, services: ServicesDep, version: ExpectedVersion, _: MemberDep
) -> None:
    """Close an account whose balance is zero; its history stays."""
    await services.ledger.CloseAccount(
        ledger_pb2.CloseAccountRequest(id=id, expected_version=version)
    )


def _answered(response: Response, message: account_pb2.Account) -> Account:
    tag(response, message.version)
    return Account.of(message)
