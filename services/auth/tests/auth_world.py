"""auth in this process, on a real MongoDB, behind its real gRPC server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import jwt
from pydantic import SecretStr

from auth.__main__ import build
from auth.settings import Settings
from kit.grpc.client import RpcProblem, open_channel, rpc_problem
from kit.grpc.server import GrpcServer
from kit.migrations import migrate
from kit.mongo import Mongo
from kit.runtime import Parts
from kit.tokens import TokenVerifier
from pfa.auth.v1 import auth_pb2 as pb
from pfa.auth.v1.auth_pb2_grpc import AuthServiceStub

SECRET = "tests-of-auth-have-their-own-value-0123"
PASSWORD = "a sentence to remember"


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)


@dataclass(frozen=True, slots=True)
class World:
    """A client of auth, and what stands behind it."""

    stub: Any
    mongo: Mongo
    clock: SetClock
    parts: Parts
    channel: grpc.aio.Channel

    async def register(self, email: str = "ada@example.com", **more: str) -> pb.RegisterResponse:
        said = {"email": email, "password": PASSWORD, "name": "Ada", **more}
        return await self.stub.Register(pb.RegisterRequest(**said))

    async def login(self, email: str, password: str = PASSWORD) -> pb.LoginResponse:
        return await self.stub.Login(pb.LoginRequest(email=email, password=password))

    async def refresh(self, token: str) -> pb.RefreshResponse:
        return await self.stub.Refresh(pb.RefreshRequest(refresh_token=token))

    async def jwks(self) -> str:
        return (await self.stub.GetJwks(pb.GetJwksRequest())).jwks_json


@asynccontextmanager
async def world(uri: str, database: str, *, secret: str = SECRET) -> AsyncIterator[World]:
    settings = Settings(
        app_env="test",
        jwt_secret=SecretStr(secret),
        mongodb_uri=uri,
        mongodb_database=database,
        bcrypt_rounds=4,
    )
    clock = SetClock()
    async with build(settings, clock) as parts:
        await migrate(parts.mongo.db, parts.migrations)
        for warm_up in parts.warm_up:
            await warm_up()
        server = GrpcServer(
            domain="auth.pfa",
            register=parts.register,
            errors=parts.errors,
            verifier=TokenVerifier(jwks=parts.jwks, secret=secret),
            public_methods=parts.public_methods,
        )
        port = await server.start(host="127.0.0.1", port=0)
        try:
            async with open_channel(f"127.0.0.1:{port}", name="auth") as channel:
                yield World(AuthServiceStub(channel), parts.mongo, clock, parts, channel)
        finally:
            await server.stop(grace=0.2)


async def problem_of(call: Any) -> RpcProblem:
    """What the call was refused with."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return rpc_problem(error)
    raise AssertionError("the call was not refused")


def claims(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    return jwt.decode(token, options={"verify_signature": False})
