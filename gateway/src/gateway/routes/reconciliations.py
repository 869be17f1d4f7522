"""Reconciliations: an account's transactions ticked off against its statements."""
# ruff: noqa: A002 - `id` is its name in the path

from fastapi import Response

from gateway.models.common import ItemList, text_or_none
from gateway.models.reconciliations import (
    CoveredSpan,
    NewReconciliation,
    Reconciliation,
    ReconciliationChange,
    ReconciliationCheck,
    ReconciliationRow,
    Ticks,
)
from gateway.parts import PartsDep, ServicesDep
from gateway.requests import ExpectedVersion, IdempotencyKey, Page, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import reconciliation_pb2 as pb

router = Router(tags=["reconciliation"])
_ACCOUNT = "/accounts/{id}"
_ONE = "/reconciliations/{id}"


@router.get(_ACCOUNT + "/reconciliations", responses=errors(404))
async def list_reconciliations(
    id: PathId, services: ServicesDep, page: Page, _: MemberDep
) -> ItemList[Reconciliation]:
    """Of one account, the latest started first."""
    answer = await services.reconciliations.ListReconciliations(
        pb.ListReconciliationsRequest(account_id=id, page=page)
    )
    return ItemList(
        items=[Reconciliation.of(one) for one in answer.reconciliations],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.post(_ACCOUNT + "/reconciliations", status_code=201, responses=errors(403, 404, 409, 415))
async def start_reconciliation(
    id: PathId,
    body: NewReconciliation,
    response: Response,
    parts: PartsDep,
    key: IdempotencyKey,
    caller: MemberDep,
) -> Reconciliation:
    """Begin with a statement; it opens with what the last one confirmed."""
    currency = await parts.currencies.of(caller.owner, id)
    answer = await parts.services.reconciliations.StartReconciliation(
        body.request(account_id=id, currency=currency, key=key)
    )
    return _answered(response, answer.reconciliation)


@router.get(_ACCOUNT + "/reconciliations:check", responses=errors(404))
async def check_reconciliations(
    id: PathId, services: ServicesDep, _: MemberDep
) -> ItemList[ReconciliationCheck]:
    """Each confirmed statement beside what its transactions say now, and what changed them."""
    answer = await services.reconciliations.CheckReconciliations(
        pb.CheckReconciliationsRequest(account_id=id)
    )
    return ItemList(items=[ReconciliationCheck.of(one) for one in answer.checks])


@router.get(_ACCOUNT + "/coverage", responses=errors(404))
async def get_coverage(id: PathId, services: ServicesDep, _: MemberDep) -> ItemList[CoveredSpan]:
    """The days of which statements or imported files tell, oldest first."""
    answer = await services.reconciliations.GetCoverage(pb.GetCoverageRequest(account_id=id))
    return ItemList(items=[CoveredSpan.of(span) for span in answer.spans])


@router.get(_ONE, responses=errors(404))
async def get_reconciliation(
    id: PathId, response: Response, services: ServicesDep, _: MemberDep
) -> Reconciliation:
    """Where it stands: the difference that is left, and which rows would close it."""
    answer = await services.reconciliations.GetReconciliation(pb.GetReconciliationRequest(id=id))
    return _answered(response, answer.reconciliation)


@router.get(_ONE + "/rows", responses=errors(404))
async def list_reconciliation_rows(
    id: PathId, services: ServicesDep, page: Page, _: MemberDep
) -> ItemList[ReconciliationRow]:
    """What may stand in the statement, newest first; of a finished one what it confirmed."""
    answer = await services.reconciliations.ListReconciliationRows(
        pb.ListReconciliationRowsRequest(id=id, page=page)
    )
    return ItemList(
        items=[ReconciliationRow.of(row) for row in answer.rows],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.patch(_ONE, responses=errors(403, 404, 409, 412, 415))
async def update_reconciliation(
    id: PathId,
    body: ReconciliationChange,
    response: Response,
    services: ServicesDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> Reconciliation:
    """Correct what was read off the statement."""
    standing = await services.reconciliations.GetReconciliation(pb.GetReconciliationRequest(id=id))
    currency = standing.reconciliation.closing_balance.currency
    answer = await services.reconciliations.UpdateReconciliation(
        body.request(reconciliation_id=id, version=version, currency=currency)
    )
    return _answered(response, answer.reconciliation)


@router.post(_ONE + ":tick", responses=errors(403, 404, 409, 415))
async def tick_transactions(
    id: PathId,
    body: Ticks,
    response: Response,
    services: ServicesDep,
    _: MemberDep,
) -> Reconciliation:
    """Tick transactions off, or no longer; again it changes nothing."""
    answer = await services.reconciliations.TickTransactions(
        pb.TickTransactionsRequest(id=id, tick=body.tick, untick=body.untick)
    )
    return _answered(response, answer.reconciliation)


@router.post(_ONE + ":finish", responses=errors(403, 404, 409, 412))
async def finish_reconciliation(
    id: PathId,
    response: Response,
    services: ServicesDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> Reconciliation:
    """Lock what is ticked, where no difference is left; again it answers the same."""
    answer = await services.reconciliations.FinishReconciliation(
        pb.FinishReconciliationRequest(id=id, expected_version=version)
    )
    return _answered(response, answer.reconciliation)


@router.post(_ONE + ":cancel", responses=errors(403, 404, 409))
async def cancel_reconciliation(
    id: PathId, response: Response, services: ServicesDep, _: MemberDep
) -> Reconciliation:
    """Forget what was ticked."""
    answer = await services.reconciliations.CancelReconciliation(
        pb.CancelReconciliationRequest(id=id)
    )
    return _answered(response, answer.reconciliation)


@router.post(_ONE + ":reopen", responses=errors(403, 404, 409))
async def reopen_reconciliation(
    id: PathId, response: Response, services: ServicesDep, _: MemberDep
) -> Reconciliation:
    """Unlock what the account's last statement confirmed; all of it stays ticked."""
    answer = await services.reconciliations.ReopenReconciliation(
        pb.ReopenReconciliationRequest(id=id)
    )
    return _answered(response, answer.reconciliation)


def _answered(response: Response, message: pb.Reconciliation) -> Reconciliation:
    tag(response, message.version)
    return Reconciliation.of(message)
