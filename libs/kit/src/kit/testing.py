"""Helpers for tests against real servers: tokens that verify, a served API, waiting for a
condition."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kit.caller import Caller
from kit.grpc.server import ErrorTable, GrpcServer, Register
from kit.tokens import AUDIENCE, ISSUER, TokenVerifier

SECRET = "kit-tests-need-a-secret-of-32-characters"  # noqa: S105 - not a secret: tests' own


class Issuer:
    """Signs access tokens as auth does, with a key of its own."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._kid = "test-key"

    async def jwks(self) -> str:
        algorithm = jwt.algorithms.OKPAlgorithm()
        jwk = algorithm.to_jwk(self._key.public_key(), as_dict=True)
        return json.dumps({"keys": [{**jwk, "kid": self._kid, "alg": "EdDSA", "use": "sig"}]})

    def token(self, user_id: str, *, expires_in: float = 900, **claims: object) -> str:
        now = int(time.time())
        body = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user_id,
            "iat": now,
            "exp": now + int(expires_in),
            **claims,
        }
        return jwt.encode(body, self._key, algorithm="EdDSA", headers={"kid": self._kid})

    def caller(self, user_id: str) -> Caller:
        return Caller(user_id, user_id, "owner", self.token(user_id))

    def verifier(self, secret: str = SECRET) -> TokenVerifier:
        return TokenVerifier(jwks=self.jwks, secret=secret)


@asynccontextmanager
async def served(
    register: Register,
    *,
    issuer: Issuer,
    errors: ErrorTable,
    domain: str = "test.pfa",
    public_methods: frozenset[str] = frozenset(),
) -> AsyncIterator[str]:
    """Serve on a free port of loopback for the block and answer the address."""
    server = GrpcServer(
        domain=domain,
        register=register,
        errors=errors,
        verifier=issuer.verifier(),
        public_methods=public_methods,
    )
    port = await server.start(host="127.0.0.1", port=0)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(grace=0.2)


async def wait_until(condition: Callable[[], Awaitable[bool]], *, deadline: float = 10.0) -> None:
    """Return when the condition holds. Raises TimeoutError after `deadline` seconds."""
    async with asyncio.timeout(deadline):
        while not await condition():  # noqa: ASYNC110 - any condition, not ours to signal
            await asyncio.sleep(0.02)
