"""Errors on the wire: a table from exception to status, with google.rpc.ErrorInfo and BadRequest as
details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import code_pb2, error_details_pb2, status_pb2

from kit.caller import PermissionDenied, Unauthenticated
from kit.cursors import InvalidCursor
from kit.idempotency import IdempotencyConflict
from kit.money import CurrencyMismatch, InvalidAmount, SumTooLarge, UnknownCurrency

DETAILS_KEY = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """How one kind of exception looks to a caller."""

    code: grpc.StatusCode
    # Stable, UPPER_SNAKE: ErrorInfo.reason.
    reason: str
    # The request's field at fault (proto path), where it is always the same one.
    field: str | None = None


ErrorTable = Mapping[type[Exception], ErrorRow]

COMMON: ErrorTable = {
    Unauthenticated: ErrorRow(grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED"),
    PermissionDenied: ErrorRow(grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_DENIED"),
    IdempotencyConflict: ErrorRow(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_CONFLICT"),
    InvalidCursor: ErrorRow(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_CURSOR"),
    InvalidAmount: ErrorRow(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_AMOUNT", "amount"),
    SumTooLarge: ErrorRow(grpc.StatusCode.INVALID_ARGUMENT, "SUM_TOO_LARGE"),
    UnknownCurrency: ErrorRow(grpc.StatusCode.INVALID_ARGUMENT, "UNKNOWN_CURRENCY", "currency"),
    CurrencyMismatch: ErrorRow(grpc.StatusCode.INVALID_ARGUMENT, "CURRENCY_MISMATCH", "amount"),
}


def find_row(error: BaseException, table: ErrorTable) -> ErrorRow | None:
    """The row of the exception's class or its nearest base."""
    for cls in type(error).__mro__:
        row = table.get(cls) or COMMON.get(cls)
        if row is not None:
            return row
    return None


def status_details(error: BaseException, row: ErrorRow, *, domain: str) -> bytes:
    """google.rpc.Status, serialised for `grpc-status-details-bin`."""
    status = status_pb2.Status(code=row.code.value[0], message=str(error))
    metadata = {name: str(value) for name, value in getattr(error, "metadata", {}).items()}
    _pack(status, error_details_pb2.ErrorInfo(reason=row.reason, domain=domain, metadata=metadata))
    violations: Sequence[tuple[str, str]] = getattr(error, "fields", ()) or (
        [(row.field, str(error))] if row.field else []
    )
    if violations:
        request = error_details_pb2.BadRequest()
        for name, description in violations:
            request.field_violations.add(field=name, description=description)
        _pack(status, request)
    return bytes(status.SerializeToString())


def _pack(
    status: status_pb2.Status, detail: error_details_pb2.ErrorInfo | error_details_pb2.BadRequest
) -> None:
    packed = AnyMessage()
    packed.Pack(detail)
    status.details.append(packed)


@dataclass(frozen=True, slots=True)
class RpcProblem:
    """What a failed call said, unpacked."""

    code: grpc.StatusCode
    reason: str
    domain: str
    message: str
    fields: Sequence[tuple[str, str]] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


def rpc_problem(error: grpc.aio.AioRpcError) -> RpcProblem:
    """Unpack the details of a failed call."""
    info = error_details_pb2.ErrorInfo()
    request = error_details_pb2.BadRequest()
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            for detail in status_pb2.Status.FromString(value).details:
                if detail.Is(info.DESCRIPTOR):
                    detail.Unpack(info)
                elif detail.Is(request.DESCRIPTOR):
                    detail.Unpack(request)
    return RpcProblem(
        code=error.code(),
        reason=info.reason or code_pb2.Code.Name(error.code().value[0]),
        domain=info.domain,
        message=error.details() or "",
        fields=[(v.field, v.description) for v in request.field_violations],
        metadata=dict(info.metadata),
    )
