"""ReconciliationService: statements, ticks, and what has changed since."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from kit.money import Money
from ledger.domain.reconciliation import (
    Break,
    Progress,
    ReconciliationState,
    Row,
    StatementSaid,
    Verification,
)
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.messages import money_message, money_of, timestamp, transaction_message
from ledger.service.reconciliation_reader import ReconciliationReader
from ledger.service.reconciliations import ReconciliationService
from pfa.ledger.v1 import reconciliation_pb2 as pb
from pfa.ledger.v1 import reconciliation_pb2_grpc

_STATES = {
    ReconciliationState.OPEN: pb.RECONCILIATION_STATE_OPEN,
    ReconciliationState.FINISHED: pb.RECONCILIATION_STATE_FINISHED,
    ReconciliationState.CANCELLED: pb.RECONCILIATION_STATE_CANCELLED,
}


class ReconciliationApi(reconciliation_pb2_grpc.ReconciliationServiceServicer):
    def __init__(
        self, reconciliations: ReconciliationService, reader: ReconciliationReader
    ) -> None:
        self._reconciliations = reconciliations
        self._reader = reader

    async def StartReconciliation(
        self, request: pb.StartReconciliationRequest, context: object
    ) -> pb.StartReconciliationResponse:
        caller = writer()
        progress = await self._reconciliations.start(
            owner=caller.owner,
            actor=caller.actor,
            account_id=request.account_id,
            said=StatementSaid(
                request.statement_date,
                money_of(request.closing_balance),
                request.statement_from,
            ),
            key=key_of(request.idempotency_key, request),
        )
        return pb.StartReconciliationResponse(reconciliation=_message(progress))

    async def GetReconciliation(
        self, request: pb.GetReconciliationRequest, context: object
    ) -> pb.GetReconciliationResponse:
        progress = await self._reader.get(owner=owner(), reconciliation_id=request.id)
        return pb.GetReconciliationResponse(reconciliation=_message(progress))

    async def ListReconciliations(
        self, request: pb.ListReconciliationsRequest, context: object
    ) -> pb.ListReconciliationsResponse:
        page = await self._reader.list_reconciliations(
            owner=owner(),
            account_id=request.account_id,
            cursor=request.page.cursor,
            limit=request.page.limit,
        )
        response = pb.ListReconciliationsResponse(
            reconciliations=[_message(progress) for progress in page.reconciliations]
        )
        response.page.next_cursor = page.next_cursor
        return response

    async def ListReconciliationRows(
        self, request: pb.ListReconciliationRowsRequest, context: object
    ) -> pb.ListReconciliationRowsResponse:
        page = await self._reader.list_rows(
            owner=owner(),
            reconciliation_id=request.id,
            cursor=request.page.cursor,
            limit=request.page.limit,
        )
        response = pb.ListReconciliationRowsResponse(rows=[_row_message(row) for row in page.rows])
        response.page.next_cursor = page.next.text() if page.next else ""
        return response

    async def UpdateReconciliation(
        self, request: pb.UpdateReconciliationRequest, context: object
    ) -> pb.UpdateReconciliationResponse:
        progress = await self._reconciliations.correct(
            owner=writer().owner,
            reconciliation_id=request.id,
            expected_version=request.expected_version,
            statement_date=request.statement_date if request.HasField("statement_date") else None,
            statement_from=request.statement_from if request.HasField("statement_from") else None,
            closing=_closing(request),
        )
        return pb.UpdateReconciliationResponse(reconciliation=_message(progress))

    async def TickTransactions(
        self, request: pb.TickTransactionsRequest, context: object
    ) -> pb.TickTransactionsResponse:
        progress = await self._reconciliations.tick(
            owner=writer().owner,
            reconciliation_id=request.id,
            tick=list(request.tick),
            untick=list(request.untick),
        )
        return pb.TickTransactionsResponse(reconciliation=_message(progress))

    async def FinishReconciliation(
        self, request: pb.FinishReconciliationRequest, context: object
    ) -> pb.FinishReconciliationResponse:
        caller = writer()
        progress = await self._reconciliations.finish(
            owner=caller.owner,
            actor=caller.actor,
            reconciliation_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.FinishReconciliationResponse(reconciliation=_message(progress))

    async def CancelReconciliation(
        self, request: pb.CancelReconciliationRequest, context: object
    ) -> pb.CancelReconciliationResponse:
        progress = await self._reconciliations.cancel(
            owner=writer().owner, reconciliation_id=request.id
        )
        return pb.CancelReconciliationResponse(reconciliation=_message(progress))

    async def ReopenReconciliation(
        self, request: pb.ReopenReconciliationRequest, context: object
    ) -> pb.ReopenReconciliationResponse:
        caller = writer()
        progress = await self._reconciliations.reopen(
            owner=caller.owner, actor=caller.actor, reconciliation_id=request.id
        )
        return pb.ReopenReconciliationResponse(reconciliation=_message(progress))

    async def CheckReconciliations(
        self, request: pb.CheckReconciliationsRequest, context: object
    ) -> pb.CheckReconciliationsResponse:
        checks = await self._reader.verify(owner=owner(), account_id=request.account_id)
        return pb.CheckReconciliationsResponse(checks=[_check_message(one) for one in checks])

    async def GetCoverage(
        self, request: pb.GetCoverageRequest, context: object
    ) -> pb.GetCoverageResponse:
        spans = await self._reader.coverage(owner=owner(), account_id=request.account_id)
        return pb.GetCoverageResponse(
            spans=[pb.CoveredSpan(from_date=s.from_date, to_date=s.to_date) for s in spans]
        )


def _closing(request: pb.UpdateReconciliationRequest) -> Money | None:
    return money_of(request.closing_balance) if request.HasField("closing_balance") else None


def _message(progress: Progress) -> pb.Reconciliation:
    found = progress.reconciliation
    message = pb.Reconciliation(
        id=found.id,
        account_id=found.account_id,
        state=_STATES[found.state],
        statement_date=found.statement_date,
        statement_from=found.statement_from or "",
        opening_balance=money_message(found.opening),
        closing_balance=money_message(found.closing),
        ticked_count=progress.ticked_count,
        ticked_sum=money_message(progress.ticked_sum),
        difference=money_message(progress.difference),
        proposals=[
            pb.ReconciliationProposal(tick=proposal.tick, untick=proposal.untick)
            for proposal in progress.proposals
        ],
        version=found.version,
        started_by=found.started_by,
        started_at=timestamp(found.started_at),
        finished_by=found.finished_by,
        operation_id=found.operation_id,
    )
    if found.finished_at is not None:
        message.finished_at.CopyFrom(timestamp(found.finished_at))
    return message


def _row_message(row: Row) -> pb.ReconciliationRow:
    return pb.ReconciliationRow(
        transaction=transaction_message(row.transaction),
        amount=money_message(row.amount),
        ticked=row.ticked,
    )


def _check_message(one: Verification) -> pb.ReconciliationCheck:
    return pb.ReconciliationCheck(
        reconciliation_id=one.reconciliation.id,
        statement_date=one.reconciliation.statement_date,
        confirmed=money_message(one.reconciliation.to_tick),
        present=money_message(one.present),
        difference=money_message(one.difference),
        breaks=[_break_message(found) for found in one.breaks],
    )


def _break_message(found: Break) -> pb.ReconciliationBreak:
    return pb.ReconciliationBreak(
        transaction_id=found.transaction_id,
        date=found.date,
        payee=found.payee,
        was=money_message(found.was),
        now=money_message(found.now),
        unlocked=found.unlocked,
        steps=[
            pb.ReconciliationStep(
                entry_id=step.id,
                change=step.change.value,
                actor_id=step.actor_id,
                recorded_at=timestamp(step.recorded_at),
                version=step.version,
            )
            for step in found.steps
        ],
    )
