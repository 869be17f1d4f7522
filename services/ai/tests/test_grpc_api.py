"""AiService over real gRPC: proto ↔ use cases, status codes, whose book it is."""

from collections.abc import AsyncIterator
from functools import partial

import grpc
import pytest
from ai_world import LedgerAtTheOtherEnd, categorisation, every_category, ledger_served

from ai.grpc_api import ERRORS, AiApi, register
from ai.repository import ensure_indexes
from kit.caller import Caller, use_caller
from kit.grpc.client import open_channel, rpc_problem
from kit.mongo import Mongo
from kit.testing import SECRET, Issuer, served
from kit.tokens import ServiceTokens
from pfa.ai.v1 import ai_pb2, ai_pb2_grpc


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def ledger() -> LedgerAtTheOtherEnd:
    return LedgerAtTheOtherEnd(every_category())


@pytest.fixture
async def stub(
    mongo_server, mongo_database, issuer, ledger
) -> AsyncIterator[ai_pb2_grpc.AiServiceStub]:
    async with (
        Mongo.open(mongo_server.uri, database=mongo_database) as mongo,
        ledger_served(issuer, ledger) as client,
    ):
        await ensure_indexes(mongo.db)
        serve = partial(register, AiApi(categorisation(mongo, client)))
        async with (
            served(serve, issuer=issuer, errors=ERRORS, domain="ai.pfa") as address,
            open_channel(address, name="test") as channel,
        ):
            yield ai_pb2_grpc.AiServiceStub(channel)


async def test_suggestions_come_back_with_the_callers_ids(stub, issuer, ledger) -> None:
    request = ai_pb2.SuggestCategoriesRequest(
        items=[
            ai_pb2.SuggestItem(item_id="a", payee="LIDL 0391"),
            ai_pb2.SuggestItem(item_id="b", payee="CHQ 000123"),
            ai_pb2.SuggestItem(item_id="c", payee="LOHN MAERZ", inflow=True),
            ai_pb2.SuggestItem(item_id="d", payee="CARD", description="SHELL 12"),
        ]
    )
    with use_caller(issuer.caller("ann")):
        response = await stub.SuggestCategories(request)
    first = {i.item_id: [s.category_id for s in i.suggestions][:1] for i in response.items}
    assert first == {"a": ["id-groceries"], "b": [], "c": ["id-salary"], "d": ["id-fuel"]}
    suggestion = response.items[0].suggestions[0]
    assert suggestion.source == "lexicon"
    assert 0.9 <= suggestion.confidence < 1
    assert ledger.callers == [("ann", "ann")]


async def test_consent_is_off_until_the_owner_gives_it(stub, issuer) -> None:
    with use_caller(issuer.caller("ann")):
        before = await stub.GetConsent(ai_pb2.GetConsentRequest())
        assert not before.gemini
        assert not before.HasField("changed_at")
        given = await stub.SetConsent(ai_pb2.SetConsentRequest(gemini=True))
        after = await stub.GetConsent(ai_pb2.GetConsentRequest())
    assert given.gemini
    assert after.gemini
    assert after.changed_at == given.changed_at
    with use_caller(issuer.caller("bob")):
        assert not (await stub.GetConsent(ai_pb2.GetConsentRequest())).gemini


async def test_a_service_cannot_consent_for_a_person(stub, issuer) -> None:
    with use_caller(ServiceTokens(SECRET, service="ingest").caller(owner="ann")):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.SetConsent(ai_pb2.SetConsentRequest(gemini=True))
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
        assert not (await stub.GetConsent(ai_pb2.GetConsentRequest())).gemini


@pytest.mark.parametrize("method", ["SuggestCategories", "GetConsent", "SetConsent"])
async def test_nobody_is_answered_without_a_valid_token(stub, issuer, method) -> None:
    request = getattr(ai_pb2, f"{method}Request")()
    expired = Caller("ann", "ann", "owner", issuer.token("ann", expires_in=-60))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(stub, method)(request)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    with use_caller(expired), pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(stub, method)(request)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_too_many_items_are_refused_by_name(stub, issuer) -> None:
    items = [ai_pb2.SuggestItem(item_id=str(i), payee="x") for i in range(1_001)]
    with use_caller(issuer.caller("ann")), pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.SuggestCategories(ai_pb2.SuggestCategoriesRequest(items=items))
    problem = rpc_problem(caught.value)
    assert (problem.code, problem.reason) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "TOO_MANY_ITEMS",
    )


async def test_a_ledger_that_is_away_is_unavailable_by_name(stub, issuer, ledger) -> None:
    ledger.fails_with = grpc.StatusCode.INTERNAL
    request = ai_pb2.SuggestCategoriesRequest(items=[ai_pb2.SuggestItem(payee="LIDL")])
    with use_caller(issuer.caller("ann")), pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.SuggestCategories(request)
    problem = rpc_problem(caught.value)
    assert (problem.code, problem.reason) == (
        grpc.StatusCode.UNAVAILABLE,
        "LEDGER_UNAVAILABLE",
    )
