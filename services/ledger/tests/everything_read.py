"""Every method that only looks, asked about everything that a book holds."""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

import pfa.ledger.v1
from kit.caller import use_caller
from kit.grpc.client import open_channel, rpc_problem
from kit.mongo import Mongo
from kit.testing import Issuer, served
from ledger.grpc_api import ERRORS
from ledger.wiring import Ledger
from ledger.wiring.servicers import servicers

ISSUER = Issuer()
READS = (
    "Check", "Describe", "Detect", "Export", "Forecast", "Get", "Index", "List", "Suggest", "Total",
)  # fmt: skip
# The codes that say that a part of the ledger failed, and not that the request was refused.
FAULTS = frozenset(
    {
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.DATA_LOSS,
    }
)
# By service: where the ids are that its methods ask about by `id`.
OF_SERVICE = {
    "BudgetService": "budgets",
    "GoalService": "goals",
    "ImportService": "imports",
    "OperationService": "operations",
    "ReconciliationService": "reconciliations",
    "RecurringService": "recurring",
    "RuleService": "rules",
}
MOST_IDS = 4
SPAN = ("2026-01-01", "2026-12-31")


@asynccontextmanager
async def served_ledger(ledger: Ledger) -> AsyncIterator[grpc.aio.Channel]:
    async with (
        served(servicers(ledger), issuer=ISSUER, errors=ERRORS, domain="ledger.pfa") as address,
        open_channel(address, name="ledger", deadline=60) as channel,
    ):
        yield channel


async def faults(channel: grpc.aio.Channel, mongo: Mongo, owner: str) -> Sequence[str]:
    """The methods that failed, with what they were asked."""
    found = []
    with use_caller(ISSUER.caller(owner)):
        for method in looking():
            for request in [r async for r in requests(method, mongo, owner)]:
                problem = await problem_of(channel, method, request)
                if problem is not None and problem.code in FAULTS:
                    found.append(f"{method.full_name} {request}: {problem}")
    return found


def looking() -> Iterator[MethodDescriptor]:
    for module in pkgutil.iter_modules(pfa.ledger.v1.__path__):
        if module.name.endswith("_pb2"):
            loaded = importlib.import_module(f"pfa.ledger.v1.{module.name}")
            for service in loaded.DESCRIPTOR.services_by_name.values():
                yield from (m for m in service.methods if m.name.startswith(READS))


async def requests(method: MethodDescriptor, mongo: Mongo, owner: str) -> AsyncIterator[Any]:
    """One about each of the things that the method can be asked about."""
    names = {field.name for field in method.input_type.fields}
    subject = next((name for name in ("id", "account_id") if name in names), "")
    if method.name == "ExportBook":
        for format_ in range(1, 6):
            yield _request(method.input_type, {"format": format_})
    elif subject:
        for id_ in await _ids(method, subject, mongo, owner):
            yield _request(method.input_type, {subject: id_})
    else:
        yield _request(method.input_type, {})


async def problem_of(channel: grpc.aio.Channel, method: MethodDescriptor, request: Any) -> Any:
    make = channel.unary_stream if method.server_streaming else channel.unary_unary
    rpc: Any = make(
        f"/{method.containing_service.full_name}/{method.name}",
        request_serializer=type(request).SerializeToString,
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    try:
        if method.server_streaming:
            async for _ in rpc(request):
                pass
        else:
            await rpc(request)
    except grpc.aio.AioRpcError as error:
        return rpc_problem(error)
    return None


def _request(of: Descriptor, said: dict[str, Any]) -> Any:
    request = GetMessageClass(of)()
    for field in of.fields:
        _fill(request, field)
    for name, value in said.items():
        setattr(request, name, value)
    return request


def _fill(message: Any, field: FieldDescriptor) -> None:
    """Ask for all of it, over a year."""
    if field.message_type is not None and not field.is_repeated:
        if field.message_type.name == "Period":
            period = getattr(message, field.name)
            period.from_date, period.to_date = SPAN
        elif field.message_type.name == "ReportQuery":
            for inner in field.message_type.fields:
                _fill(getattr(message, field.name), inner)
    elif field.name.startswith("include_"):
        setattr(message, field.name, True)
    elif field.enum_type is not None and not field.is_repeated:
        setattr(
            message, field.name, field.enum_type.values[min(1, len(field.enum_type.values))].number
        )
    elif field.name in ("base", "from_currency"):
        setattr(message, field.name, "EUR")
    elif field.name in ("quote", "to_currency"):
        setattr(message, field.name, "USD")
    elif field.name == "on":
        setattr(message, field.name, SPAN[1])


async def _ids(method: MethodDescriptor, subject: str, mongo: Mongo, owner: str) -> Sequence[str]:
    service, query = method.containing_service.name, {"user_id": owner}
    if subject == "account_id" or method.name == "GetAccount":
        return await _distinct(mongo, "accounts", "_id", query)
    if method.name.startswith("GetTransaction"):
        return await _distinct(mongo, "entries", "transaction_id", query)
    if service == "PayeeService":
        return await _distinct(mongo, "payees", "payee_id", query)
    return await _distinct(mongo, OF_SERVICE[service], "_id", query)


async def _distinct(mongo: Mongo, name: str, field: str, query: dict[str, Any]) -> Sequence[str]:
    found = await mongo.db[name].distinct(field, query)
    return [str(id_) for id_ in found[:MOST_IDS]]
