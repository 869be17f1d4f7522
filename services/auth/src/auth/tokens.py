"""Tokens that auth gives out: signed access tokens, opaque refresh tokens."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from functools import cached_property

import jwt

from auth.domain import SessionId, UserId
from auth.keys import Keyring
from kit.tokens import AUDIENCE, ISSUER, secret_key

ACCESS_LIFE = timedelta(minutes=15)
SALT_BYTES = 16
TOKEN_BYTES = 32


class AccessTokens:
    """Signs JWTs (EdDSA, RFC 8037) with the current key."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def issue(self, *, user_id: UserId, session_id: SessionId, now: datetime) -> str:
        key = await self._keyring.current()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user_id,
            "sid": session_id,
            "iat": int(now.timestamp()),
            "exp": int((now + ACCESS_LIFE).timestamp()),
        }
        return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.kid})


class RefreshTokens:
    """Opaque tokens of 256 bits.

    The first of a session is random. Each later one is HMAC-SHA256 of its predecessor and a salt
    under a key of ours: whoever shows the predecessor again within the grace is given the same
    successor, though only digests are stored.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @cached_property
    def _key(self) -> bytes:
        # Derived at the first use: `relay` and `migrate` have no secret.
        return secret_key(self._secret, "refresh-token")

    def first(self) -> str:
        return secrets.token_urlsafe(TOKEN_BYTES)

    def salt(self) -> bytes:
        return secrets.token_bytes(SALT_BYTES)

    def successor(self, token: str, salt: bytes) -> str:
        return hmac.new(self._key, salt + token.encode(), hashlib.sha256).hexdigest()

    def digest(self, token: str) -> str:
        """Under which a token is stored; a plain hash will do, for there is nothing to guess at."""
        return hashlib.sha256(token.encode()).hexdigest()
