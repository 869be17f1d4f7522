"""The JWKS of the auth service, for all who verify its tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kit.grpc.client import open_channel
from kit.tokens import JwksSource
from pfa.auth.v1.auth_pb2 import GetJwksRequest
from pfa.auth.v1.auth_pb2_grpc import AuthServiceStub


@asynccontextmanager
async def remote_jwks(auth_addr: str) -> AsyncIterator[JwksSource]:
    """A source that asks auth; the verifier caches what it answers."""
    method = "/pfa.auth.v1.AuthService/GetJwks"
    async with open_channel(auth_addr, name="auth", idempotent=[method]) as channel:
        stub = AuthServiceStub(channel)

        async def fetch() -> str:
            return str((await stub.GetJwks(GetJwksRequest())).jwks_json)

        yield fetch
