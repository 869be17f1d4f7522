import asyncio
import time

import grpc
import pytest

from kit.caller import current_caller, use_caller
from kit.grpc.client import open_channel, rpc_problem
from kit.grpc.server import ErrorRow
from kit.testing import Issuer, served
from pfa.auth.v1 import auth_pb2, auth_pb2_grpc
from pfa.ledger.v1 import export_pb2, export_pb2_grpc

ME = "/pfa.auth.v1.AuthService/GetMe"


class EmailTaken(Exception):
    fields = [("email", "is taken")]
    metadata = {"hint": "log in"}


class Service(auth_pb2_grpc.AuthServiceServicer):
    """Answers the caller, fails as asked, or takes its time."""

    def __init__(self):
        self.calls = 0
        self.unavailable = 0

    async def GetMe(self, request, context):
        self.calls += 1
        if self.calls <= self.unavailable:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not yet")
        caller = current_caller()
        return auth_pb2.GetMeResponse(user=auth_pb2.User(id=caller.owner, name=caller.actor))

    async def Register(self, request, context):
        raise EmailTaken("the address is taken")

    async def Login(self, request, context):
        raise RuntimeError("password=hunter2")

    async def Refresh(self, request, context):
        await asyncio.sleep(30)

    async def GetJwks(self, request, context):
        return auth_pb2.GetJwksResponse(jwks_json="{}")


@pytest.fixture
def issuer():
    return Issuer()


@pytest.fixture
async def service(issuer):
    return Service()


@pytest.fixture
async def stub(service, issuer):
    async with (
        served(
            lambda server: auth_pb2_grpc.add_AuthServiceServicer_to_server(service, server),
            issuer=issuer,
            errors={EmailTaken: ErrorRow(grpc.StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN")},
            public_methods=frozenset({"/pfa.auth.v1.AuthService/GetJwks"}),
        ) as address,
        open_channel(address, name="auth", idempotent=[ME]) as channel,
    ):
        yield auth_pb2_grpc.AuthServiceStub(channel)


async def test_the_callers_token_is_forwarded_and_verified(stub, issuer):
    with use_caller(issuer.caller("anna")):
        answer = await stub.GetMe(auth_pb2.GetMeRequest())
    assert answer.user.id == "anna"


async def test_a_call_without_a_token_is_refused_unless_public(stub):
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await stub.GetMe(auth_pb2.GetMeRequest())
    assert failed.value.code() == grpc.StatusCode.UNAUTHENTICATED
    assert (await stub.GetJwks(auth_pb2.GetJwksRequest())).jwks_json == "{}"


async def test_a_named_error_arrives_with_its_reason_and_fields(stub, issuer):
    with use_caller(issuer.caller("anna")), pytest.raises(grpc.aio.AioRpcError) as failed:
        await stub.Register(auth_pb2.RegisterRequest())
    problem = rpc_problem(failed.value)
    assert problem.code == grpc.StatusCode.ALREADY_EXISTS
    assert (problem.reason, problem.domain) == ("EMAIL_TAKEN", "test.pfa")
    assert problem.message == "the address is taken"
    assert problem.fields == [("email", "is taken")]
    assert problem.metadata == {"hint": "log in"}


async def test_an_unexpected_error_says_nothing_of_the_inside(stub, issuer):
    with use_caller(issuer.caller("anna")), pytest.raises(grpc.aio.AioRpcError) as failed:
        await stub.Login(auth_pb2.LoginRequest())
    assert failed.value.code() == grpc.StatusCode.INTERNAL
    assert "hunter2" not in str(failed.value)


async def test_a_deadline_that_has_passed_ends_the_call(stub, issuer):
    started = time.monotonic()
    with use_caller(issuer.caller("anna")), pytest.raises(grpc.aio.AioRpcError) as failed:
        await stub.Refresh(auth_pb2.RefreshRequest(), timeout=0.3)
    assert failed.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - started < 5


async def test_only_idempotent_methods_are_tried_again(stub, issuer, service):
    service.unavailable = 2
    with use_caller(issuer.caller("anna")):
        await stub.GetMe(auth_pb2.GetMeRequest())
    assert service.calls == 3


async def test_health_answers_without_a_token(stub, service, issuer):
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    async with (
        served(
            lambda server: auth_pb2_grpc.add_AuthServiceServicer_to_server(service, server),
            issuer=issuer,
            errors={},
        ) as address,
        open_channel(address, name="auth") as channel,
    ):
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


class Refused(Exception):
    pass


class Sink(export_pb2_grpc.ExportServiceServicer):
    """Refuses a stream after it has read some of it."""

    def __init__(self, *, reads: int) -> None:
        self._reads = reads

    async def RestoreBook(self, request_iterator, context):
        for _ in range(self._reads):
            await anext(aiter(request_iterator))
        raise Refused("not like that")


@pytest.mark.parametrize("reads", [0, 1, 20])
async def test_a_stream_that_is_refused_half_way_is_refused_for_its_reason(issuer, reads):
    async def chunks():
        for _ in range(60):
            await asyncio.sleep(0)  # lets the refusal come in between two writes
            yield export_pb2.RestoreBookRequest(chunk=b"x" * 64 * 1024)

    async with (
        served(
            lambda server: export_pb2_grpc.add_ExportServiceServicer_to_server(
                Sink(reads=reads), server
            ),
            issuer=issuer,
            errors={Refused: ErrorRow(grpc.StatusCode.FAILED_PRECONDITION, "REFUSED")},
        ) as address,
        open_channel(address, name="ledger") as channel,
    ):
        stub = export_pb2_grpc.ExportServiceStub(channel)
        codes = set()
        for _ in range(20):
            with use_caller(issuer.caller("anna")), pytest.raises(grpc.aio.AioRpcError) as failed:
                await stub.RestoreBook(chunks(), timeout=30)
            codes.add(failed.value.code())

    assert codes == {grpc.StatusCode.FAILED_PRECONDITION}
