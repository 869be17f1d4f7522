"""Payees."""
# ruff: noqa: A002 - `id` is its name in the path

from typing import Annotated

from fastapi import Query, Response

from gateway.clients import Services
from gateway.models.common import ItemList, text_or_none
from gateway.models.operations import Operation
from gateway.models.payees import Payee, PayeeChange, PayeeMerge, PayeeRename, PayeesMoved
from gateway.parts import ServicesDep
from gateway.requests import ExpectedVersion, IdempotencyKey, Page, PathId, errors, tag
from gateway.routes.operations import PATIENCE_SECONDS, row_answer
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import payee_pb2 as pb

router = Router(tags=["payees"])


@router.get("/payees", responses=errors())
async def list_payees(
    page: Page,
    services: ServicesDep,
    _: MemberDep,
    search: Annotated[
        str, Query(max_length=200, description="Each word begins a word of the name.")
    ] = "",
) -> ItemList[Payee]:
    """By name, with what their transactions come to."""
    answer = await services.payees.ListPayees(pb.ListPayeesRequest(search=search, page=page))
    return ItemList(
        items=[Payee.of(payee) for payee in answer.payees],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.get("/payees/{id}", responses=errors(404))
async def get_payee(id: PathId, response: Response, services: ServicesDep, _: MemberDep) -> Payee:
    """One payee."""
    answer = await services.payees.GetPayee(pb.GetPayeeRequest(id=id))
    return _answered(response, answer.payee)


@router.patch("/payees/{id}", responses=errors(403, 404, 409, 412, 415))
async def update_payee(
    id: PathId,
    body: PayeeChange,
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey,
    version: ExpectedVersion,
    _: MemberDep,
) -> Payee:
    """Change what imports make of the payee."""
    request = body.request(payee_id=id, version=version, key=key)
    answer = await services.payees.UpdatePayee(request)
    return _answered(response, answer.payee)


@router.post("/payees/{id}:rename", responses=errors(403, 404, 409, 415))
async def rename_payee(
    id: PathId, body: PayeeRename, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> PayeesMoved:
    """Give all its transactions another name, as one operation that can be undone. A name that
    another payee has already makes them one."""
    return await _moved(services, [id], body, key)


@router.post("/payees:merge", responses=errors(403, 404, 409, 415))
async def merge_payees(
    body: PayeeMerge, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> PayeesMoved:
    """Give all transactions of these payees one name, as one operation that can be undone."""
    return await _moved(services, body.ids, body, key)


async def _moved(services: Services, ids: list[str], body: PayeeRename, key: str) -> PayeesMoved:
    answer = await services.payees.MovePayees(
        pb.MovePayeesRequest(
            idempotency_key=key, ids=ids, name=body.name, also_imports=body.also_imports
        ),
        timeout=PATIENCE_SECONDS,
    )
    return PayeesMoved(
        payee=Payee.of(answer.payee),
        operation=Operation.of(answer.operation),
        results=[row_answer(row) for row in answer.rows],
        has_more=answer.has_more,
    )


def _answered(response: Response, message: pb.Payee) -> Payee:
    tag(response, message.version)
    return Payee.of(message)
