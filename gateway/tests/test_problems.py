"""From services' refusals to problems, without a server."""

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from google.rpc import error_details_pb2, status_pb2

from gateway import problems
from gateway.limits import network_of


def refusal(code: grpc.StatusCode, reason: str, message: str = "no", **fields: str):
    status = status_pb2.Status(code=code.value[0], message=message)
    details = [error_details_pb2.ErrorInfo(reason=reason, domain="ledger.pfa")]
    if fields:
        bad = error_details_pb2.BadRequest()
        for name, text in fields.items():
            bad.field_violations.add(field=name.replace("__", "."), description=text)
        details.append(bad)
    for detail in details:
        packed = Any()
        packed.Pack(detail)
        status.details.append(packed)
    trailing = grpc.aio.Metadata(("grpc-status-details-bin", status.SerializeToString()))
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailing, message)


@pytest.mark.parametrize(
    ("code", "reason", "status", "slug"),
    [
        (grpc.StatusCode.NOT_FOUND, "ACCOUNT_NOT_FOUND", 404, "not-found"),
        (grpc.StatusCode.FAILED_PRECONDITION, "ACCOUNT_CLOSED", 409, "account-closed"),
        (grpc.StatusCode.ABORTED, "VERSION_MISMATCH", 412, "version-mismatch"),
        (grpc.StatusCode.INVALID_ARGUMENT, "CURRENCY_MISMATCH", 422, "currency-mismatch"),
        (grpc.StatusCode.UNAVAILABLE, "", 503, "unavailable"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "", 504, "deadline-exceeded"),
        (grpc.StatusCode.INTERNAL, "INTERNAL", 500, "internal"),
        (grpc.StatusCode.UNKNOWN, "", 500, "internal"),
    ],
)
def test_a_refusal_becomes_the_named_problem(code, reason, status, slug):
    found = problems.of_rpc(refusal(code, reason))
    assert (found.type.status, found.type.slug) == (status, slug)


def test_what_broke_inside_is_not_told():
    found = problems.of_rpc(refusal(grpc.StatusCode.INTERNAL, "INTERNAL", "mongo://secret"))
    assert "secret" not in found.detail


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("transaction.amount", "/amount"),
        ("transaction.splits[0].amount", "/splits/0/amount"),
        ("opening_balance.minor_units", "/opening_balance"),
        ("name", "/name"),
    ],
)
def test_a_field_of_a_message_is_a_pointer_into_the_body(path, pointer):
    assert problems.pointer(path) == pointer


def test_a_reason_about_one_field_points_at_it():
    found = problems.of_rpc(refusal(grpc.StatusCode.FAILED_PRECONDITION, "ACCOUNT_REQUIRED"))
    assert [error.pointer for error in found.errors] == ["/account_id"]


def test_in_a_query_fields_are_parameters():
    error = refusal(grpc.StatusCode.INVALID_ARGUMENT, "INVALID", filter__from_date="no")
    found = problems.of_rpc(error, method="GET")
    assert [error.parameter for error in found.errors] == ["from"]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_network_counts_as_one_client(address, counted):
    assert network_of(address) in (counted, "::ffff:c000:207")
