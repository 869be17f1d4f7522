"""The baseline of a read: FastAPI and gRPC with nothing of ours in them.

`python -m bench.echo_server service PORT` answers every GetAccount with the same account;
`python -m bench.echo_server door PORT SERVICE_PORT` speaks REST and asks it.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import uvicorn
from fastapi import FastAPI

from pfa.common.v1.money_pb2 import Money
from pfa.ledger.v1.account_pb2 import ACCOUNT_TYPE_CHECKING, Account
from pfa.ledger.v1.ledger_pb2 import GetAccountRequest, GetAccountResponse
from pfa.ledger.v1.ledger_pb2_grpc import LedgerServiceStub

SERVICE = "pfa.ledger.v1.LedgerService"


async def echo(request: GetAccountRequest, _: Any) -> GetAccountResponse:
    """An account with the id that was asked for."""
    account = Account(
        id=request.id,
        name="Everyday",
        type=ACCOUNT_TYPE_CHECKING,
        currency="EUR",
        balance=Money(minor_units=100_000, currency="EUR"),
        version=1,
    )
    account.created_at.FromSeconds(1_790_000_000)
    account.updated_at.FromSeconds(1_790_000_000)
    return GetAccountResponse(account=account)


async def serve_echo(port: int) -> None:
    method = grpc.unary_unary_rpc_method_handler(
        echo,
        request_deserializer=GetAccountRequest.FromString,
        response_serializer=GetAccountResponse.SerializeToString,
    )
    handlers = grpc.method_handlers_generic_handler(SERVICE, {"GetAccount": method})
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((handlers,))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


def door(service_port: int) -> FastAPI:
    """An app whose one path has the shape of ours."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{service_port}") as channel:
            app.state.ledger = LedgerServiceStub(channel)
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/api/v1/accounts/{id}")
    async def get_account(id: str) -> dict[str, object]:  # noqa: A002 - its name in the path
        answer = await app.state.ledger.GetAccount(GetAccountRequest(id=id))
        account = answer.account
        return {
            "id": account.id,
            "name": account.name,
            "type": "checking",
            "currency": account.currency,
            "balance": str(account.balance.minor_units),
            "institution": account.institution,
            "last_digits": account.last_digits,
            "closed": account.closed,
            "version": account.version,
            "created_at": account.created_at.seconds,
            "updated_at": account.updated_at.seconds,
        }

    return app


def main() -> None:
    match sys.argv[1:]:
        case ["service", port]:
            asyncio.run(serve_echo(int(port)))
        case ["door", port, service_port]:
            uvicorn.run(
                door(int(service_port)), port=int(port), log_level="warning", access_log=False
            )
        case _:
            raise SystemExit("bench.echo_server: service PORT, or door PORT SERVICE_PORT")


if __name__ == "__main__":
    main()
