"""A shared book: owner, editor and viewer, on every method of every service of the ledger.

The methods come from the contracts themselves: a service that is added is walked without a line
here, and a method that isn't named as a read must refuse whoever may only look.
"""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

import pfa.ledger.v1
from kit.caller import Caller, use_caller
from kit.grpc.client import open_channel
from kit.grpc.errors import rpc_problem
from kit.ids import new_id
from kit.mongo import Mongo
from kit.testing import Issuer, served
from ledger.grpc_api import ERRORS
from ledger.wiring.servicers import servicers
from pfa.common.v1.money_pb2 import Money
from pfa.ledger.v1 import account_pb2, ledger_pb2, transaction_pb2
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub

ISSUER = Issuer()
OWNER, GUEST = new_id(), new_id()
# Verbs that only look. Whatever begins otherwise writes.
READS = (
    "Check", "Count", "Describe", "Explain", "Export", "Forecast", "Get", "Index", "List",
    "Preview", "Search", "Suggest", "Total",
)  # fmt: skip
# Methods whose verb tells it wrong: which looks, or which keeps something.
LOOKS: frozenset[str] = frozenset({"DetectRecurring", "FindMatches", "RunRules"})
# What replaces a book whole is for its owners alone.
OWNERS_ONLY = frozenset({"CheckRestore", "RestoreBook"})
# `CheckRestore` looks for whoever may restore.
KEEPS: frozenset[str] = frozenset({"CheckRestore", "PreviewImport"})


def methods() -> Iterator[MethodDescriptor]:
    """Of every service in the contracts."""
    for module in pkgutil.iter_modules(pfa.ledger.v1.__path__):
        if module.name.endswith("_pb2"):
            loaded = importlib.import_module(f"pfa.ledger.v1.{module.name}")
            for service in loaded.DESCRIPTOR.services_by_name.values():
                yield from service.methods


def only_looks(method: MethodDescriptor) -> bool:
    if method.name in KEEPS:
        return False
    return method.name in LOOKS or method.name.startswith(READS)


def granted(role: str) -> Caller:
    """The guest, acting in the owner's book by a grant that the token holds."""
    return Caller(OWNER, GUEST, "viewer", ISSUER.token(GUEST, grants={OWNER: role}))


def stranger() -> Caller:
    return Caller(OWNER, GUEST, "viewer", ISSUER.token(GUEST, grants={new_id(): "owner"}))


async def call(channel: grpc.aio.Channel, method: MethodDescriptor) -> grpc.StatusCode:
    """Call the method with an empty request and answer the status."""
    path = f"/{method.containing_service.full_name}/{method.name}"
    request = GetMessageClass(method.input_type)()
    kinds = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }
    make: Any = kinds[method.client_streaming, method.server_streaming]
    rpc = make(
        path,
        request_serializer=type(request).SerializeToString,
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    given = iter([request]) if method.client_streaming else request
    try:
        answered = rpc(given, timeout=20)
        if method.server_streaming:
            async for _ in answered:
                pass
        else:
            await answered
    except grpc.aio.AioRpcError as error:
        return rpc_problem(error).code
    return grpc.StatusCode.OK


async def everything_kept(mongo: Mongo) -> dict[str, list[Any]]:
    names = sorted(await mongo.db.list_collection_names())
    return {name: await mongo.db[name].find({}).sort("_id", 1).to_list() for name in names}


@pytest.fixture
async def channel(ledger) -> AsyncIterator[grpc.aio.Channel]:
    async with (
        served(servicers(ledger), issuer=ISSUER, errors=ERRORS, domain="ledger.pfa") as address,
        open_channel(address, name="ledger", deadline=20) as channel,
    ):
        yield channel


@pytest.fixture
async def book(channel: grpc.aio.Channel) -> account_pb2.Account:
    """The owner's book, with an account and something on it."""
    with use_caller(ISSUER.caller(OWNER)):
        request = ledger_pb2.CreateAccountRequest(
            name="Main",
            type=account_pb2.ACCOUNT_TYPE_CHECKING,
            currency="EUR",
            opening_balance=Money(minor_units=5, currency="EUR"),
        )
        return (await LedgerServiceStub(channel).CreateAccount(request)).account


def test_there_are_methods_of_both_kinds():
    looking = [method for method in methods() if only_looks(method)]
    assert len(looking) > 10
    assert len(list(methods())) - len(looking) > 10


async def test_every_method_is_served(channel: grpc.aio.Channel, book: account_pb2.Account):
    with use_caller(granted("viewer")):
        unserved = [
            method.full_name
            for method in methods()
            if await call(channel, method) is grpc.StatusCode.UNIMPLEMENTED
        ]
    assert unserved == []


async def test_a_viewer_looks_at_everything_and_changes_nothing(
    channel: grpc.aio.Channel, mongo: Mongo, book: account_pb2.Account
):
    before = await everything_kept(mongo)
    with use_caller(granted("viewer")):
        codes = [(method, await call(channel, method)) for method in methods()]
    wrong = {
        method.full_name: code
        for method, code in codes
        if (code is grpc.StatusCode.PERMISSION_DENIED) is only_looks(method)
    }
    assert wrong == {}
    assert await everything_kept(mongo) == before


@pytest.mark.parametrize(("role", "refused"), [("editor", OWNERS_ONLY), ("owner", frozenset())])
async def test_an_editor_writes_all_but_the_book_itself_and_a_second_owner_that_too(
    channel: grpc.aio.Channel, book: account_pb2.Account, role: str, refused: frozenset[str]
):
    with use_caller(granted(role)):
        denied = {
            method.name
            for method in methods()
            if await call(channel, method) is grpc.StatusCode.PERMISSION_DENIED
        }
    assert denied == refused


@pytest.mark.parametrize("grant", ["", "service", "admin", "Viewer"])
async def test_without_a_grant_everything_is_denied(
    channel: grpc.aio.Channel, mongo: Mongo, book: account_pb2.Account, grant: str
):
    before = await everything_kept(mongo)
    with use_caller(granted(grant) if grant else stranger()):
        codes = {await call(channel, method) for method in methods()}
    assert codes == {grpc.StatusCode.PERMISSION_DENIED}
    assert await everything_kept(mongo) == before


async def test_the_history_says_who_it_was(channel: grpc.aio.Channel, book: account_pb2.Account):
    api = LedgerServiceStub(channel)
    said = transaction_pb2.TransactionInput(
        account_id=book.id,
        date="2026-03-14",
        amount=Money(minor_units=-450, currency="EUR"),
        payee="Zoë",
    )
    with use_caller(granted("editor")):
        create = ledger_pb2.CreateTransactionRequest(transaction=said)
        posted = (await api.CreateTransaction(create)).transaction
    with use_caller(ISSUER.caller(OWNER)):
        said.payee = "Zoe"
        await api.UpdateTransaction(
            ledger_pb2.UpdateTransactionRequest(id=posted.id, transaction=said)
        )
        request = ledger_pb2.GetTransactionHistoryRequest(id=posted.id)
        revisions = (await api.GetTransactionHistory(request)).revisions
    assert [revision.actor_id for revision in revisions] == [GUEST, OWNER]


async def test_ones_own_book_is_another_than_the_shared_one(
    channel: grpc.aio.Channel, book: account_pb2.Account
):
    with use_caller(Caller(GUEST, GUEST, "owner", ISSUER.token(GUEST, grants={OWNER: "viewer"}))):
        answer = await LedgerServiceStub(channel).ListAccounts(ledger_pb2.ListAccountsRequest())
    assert list(answer.accounts) == []
