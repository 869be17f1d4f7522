"""Tokens: a person's (EdDSA, from auth's JWKS) and a service's own (HS256, from the shared
secret)."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kit.caller import Caller, PermissionDenied, Role, Unauthenticated
from kit.logging import get_logger

ISSUER = "pfa-auth"
AUDIENCE = "pfa"
SERVICE_AUDIENCE = "pfa-internal"
SERVICE_TOKEN_SECONDS = 300
JWKS_SECONDS = 300
JWKS_RETRY_SECONDS = 5
LEEWAY_SECONDS = 10
MAX_REMEMBERED = 4096

log = get_logger(__name__)

# What a grant may be; whatever else stands in a token grants nothing.
ROLES = frozenset({"owner", "editor", "viewer"})

JwksSource = Callable[[], Awaitable[str]]


def secret_key(secret: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose, derived from the secret (HKDF-SHA256, RFC 5869).

    Raises ValueError for an empty secret.
    """
    if not secret:
        raise ValueError("JWT_SECRET is missing: this process was started without it")
    return HKDF(hashes.SHA256(), length=32, salt=None, info=f"pfa/{purpose}".encode()).derive(
        secret.encode()
    )


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says."""

    subject: str
    # Books of others that the subject may act in, by owner id.
    grants: Mapping[str, Role] = field(default_factory=dict)
    session: str = ""
    # Unix seconds.
    expires_at: int = 0
    # Name of the service and the owner on whose behalf it acts; empty for a person's token.
    service: str = ""
    on_behalf_of: str = ""

    def caller(self, *, book: str, token: str) -> Caller:
        """The caller for the book asked for (empty: the token's own). Raises PermissionDenied."""
        if self.service:
            if book not in ("", self.on_behalf_of):
                raise PermissionDenied("the service token is for another book")
            return Caller(self.on_behalf_of, f"service:{self.service}", "service", token)
        if book in ("", self.subject):
            return Caller(self.subject, self.subject, "owner", token)
        role = self.grants.get(book)
        if role not in ROLES:
            raise PermissionDenied("this book is not shared with you: ask its owner to share it")
        return Caller(book, self.subject, role, token)


class ServiceTokens:
    """Issues the tokens with which a service calls another on behalf of a book's owner."""

    def __init__(self, secret: str, *, service: str) -> None:
        self._secret = secret
        self._service = service

    @cached_property
    def _key(self) -> bytes:
        # Derived at the first use: commands that call no other service have no secret.
        return secret_key(self._secret, "service-token")

    def issue(self, *, owner: str) -> str:
        now = int(time.time())
        claims = {
            "iss": f"pfa-{self._service}",
            "sub": f"service:{self._service}",
            "aud": SERVICE_AUDIENCE,
            "obo": owner,
            "iat": now,
            "exp": now + SERVICE_TOKEN_SECONDS,
        }
        return jwt.encode(claims, self._key, algorithm="HS256")

    def caller(self, *, owner: str) -> Caller:
        """A caller with a fresh token, for work that no person's request carries."""
        return Caller(owner, f"service:{self._service}", "service", self.issue(owner=owner))


class TokenVerifier:
    """Verifies both kinds of token; keys of people's tokens come from the JWKS, cached, and again
    when an unknown key id appears."""

    def __init__(self, *, jwks: JwksSource, secret: str) -> None:
        self._jwks = jwks
        self._service_key = secret_key(secret, "service-token")
        self._keys: dict[str, Any] = {}
        self._fetched_at = float("-inf")
        # Signatures are checked once a token, not once a call; emptied when the keys are asked for.
        self._verified: dict[str, Claims] = {}

    async def verify(self, token: str) -> Claims:
        """The claims of a valid token. Raises Unauthenticated, in words that tell an attacker
        nothing."""
        known = self._verified.get(token)
        if known is not None and self._stands(known):
            return known
        try:
            claims = await self._check(token)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("the token has expired") from None
        except jwt.PyJWTError:
            raise Unauthenticated("the token is not valid") from None
        if len(self._verified) >= MAX_REMEMBERED:
            self._verified.clear()
        self._verified[token] = claims
        return claims

    def _stands(self, known: Claims) -> bool:
        """A service's key never changes; people's are asked for again, as one may be withdrawn."""
        fresh = bool(known.service) or time.monotonic() - self._fetched_at <= JWKS_SECONDS
        return fresh and time.time() < known.expires_at

    async def _check(self, token: str) -> Claims:
        header = jwt.get_unverified_header(token)
        if header.get("alg") == "HS256":
            return self._verify_service(token)
        return await self._verify_person(token, str(header.get("kid", "")))

    def _verify_service(self, token: str) -> Claims:
        claims = jwt.decode(
            token,
            self._service_key,
            algorithms=["HS256"],
            audience=SERVICE_AUDIENCE,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "sub", "obo"]},
        )
        return Claims(
            subject=claims["sub"],
            service=claims["sub"].removeprefix("service:"),
            on_behalf_of=claims["obo"],
            expires_at=claims["exp"],
        )

    async def _verify_person(self, token: str, kid: str) -> Claims:
        claims = jwt.decode(
            token,
            await self._key(kid),
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "sub"]},
        )
        return Claims(
            subject=claims["sub"],
            grants=claims.get("grants", {}),
            session=claims.get("sid", ""),
            expires_at=claims["exp"],
        )

    async def _key(self, kid: str) -> Any:
        age = time.monotonic() - self._fetched_at
        # An unknown key id may be a new key, or a forger's: ask again, but not for every such
        # token.
        if age > JWKS_SECONDS or (kid not in self._keys and age > JWKS_RETRY_SECONDS):
            await self._fetch(known=kid in self._keys)
        if kid not in self._keys:
            raise jwt.InvalidKeyError("unknown key id")
        return self._keys[kid]

    async def _fetch(self, *, known: bool) -> None:
        """Ask for the keys anew. While auth is away, keys that are known go on being believed."""
        self._verified.clear()
        try:
            document = json.loads(await self._jwks())
        except Exception as error:
            if not known:
                raise
            log.warning("keys not refreshed", error=type(error).__name__)
        else:
            self._keys = {key["kid"]: jwt.PyJWK(key).key for key in document["keys"]}
        self._fetched_at = time.monotonic()
