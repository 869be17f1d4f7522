"""PayeeService: who was paid."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.domain.payee import Payee, PayeeChange, PayeeMove, PayeeSum
from ledger.grpc_api.callers import key_of, owner, writer
from ledger.grpc_api.messages import money_message, timestamp
from ledger.grpc_api.operations import operation_message, row_messages
from ledger.service.payees import PayeeService
from pfa.ledger.v1 import payee_pb2 as pb
from pfa.ledger.v1 import payee_pb2_grpc


class PayeeApi(payee_pb2_grpc.PayeeServiceServicer):
    def __init__(self, payees: PayeeService) -> None:
        self._payees = payees

    async def GetPayee(self, request: pb.GetPayeeRequest, context: object) -> pb.GetPayeeResponse:
        payee = await self._payees.get_payee(owner=owner(), payee_id=request.id)
        return pb.GetPayeeResponse(payee=_payee_message(payee))

    async def ListPayees(
        self, request: pb.ListPayeesRequest, context: object
    ) -> pb.ListPayeesResponse:
        page = await self._payees.list_payees(
            owner=owner(),
            search=request.search,
            cursor=request.page.cursor,
            limit=request.page.limit,
        )
        response = pb.ListPayeesResponse(payees=[_payee_message(p) for p in page.payees])
        response.page.next_cursor = page.next.text() if page.next else ""
        return response

    async def UpdatePayee(
        self, request: pb.UpdatePayeeRequest, context: object
    ) -> pb.UpdatePayeeResponse:
        category = request.default_category_id if request.HasField("default_category_id") else None
        imported_as = request.imported_as_id if request.HasField("imported_as_id") else None
        payee = await self._payees.update_payee(
            owner=writer().owner,
            payee_id=request.id,
            expected_version=request.expected_version,
            change=PayeeChange(category, imported_as),
            key=key_of(request.idempotency_key, request),
        )
        return pb.UpdatePayeeResponse(payee=_payee_message(payee))

    async def MovePayees(
        self, request: pb.MovePayeesRequest, context: object
    ) -> pb.MovePayeesResponse:
        caller = writer()
        moved = await self._payees.move_payees(
            owner=caller.owner,
            actor=caller.actor,
            move=PayeeMove(tuple(request.ids), request.name, request.also_imports),
            key=key_of(request.idempotency_key, request),
        )
        return pb.MovePayeesResponse(
            payee=_payee_message(moved.payee),
            operation=operation_message(moved.operation),
            rows=row_messages(moved.rows),
            has_more=moved.has_more,
        )


def _payee_message(payee: Payee) -> pb.Payee:
    return pb.Payee(
        id=payee.id,
        name=payee.name,
        default_category_id=payee.default_category_id,
        version=payee.version,
        first_seen_at=timestamp(payee.first_seen_at),
        usage=pb.PayeeUsage(
            posting_count=payee.usage.posting_count,
            last_used_on=payee.usage.last_used_on,
            sums=[_sum_message(sum_) for sum_ in payee.usage.sums],
        ),
        imported_as_id=payee.imported_as_id,
    )


def _sum_message(sum_: PayeeSum) -> pb.PayeeSum:
    return pb.PayeeSum(expense=money_message(sum_.expense), income=money_message(sum_.income))
