"""The keys that sign access tokens: made at the first start, encrypted at rest, in the JWKS."""

import base64
import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from kit.clock import Clock
from kit.tokens import secret_key

NONCE_BYTES = 12
# How soon a process signs with a key that another one made.
RELOAD_AFTER = timedelta(seconds=60)
# A retired key verifies for as long as tokens signed with it may be about.
VERIFIES_AFTER_RETIREMENT = timedelta(minutes=30)


class SigningKeyUnreadable(Exception):
    """The stored key was encrypted under another JWT_SECRET."""

    def __init__(self, kid: str) -> None:
        super().__init__(
            f"signing key {kid} cannot be decrypted: JWT_SECRET is not the one it was stored under"
        )


class ActiveKeyExists(Exception):
    """Another process was first."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as it is kept: public part in the clear, private part sealed."""

    kid: str
    public: bytes
    sealed: bytes
    created_at: datetime
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SigningKey:
    kid: str
    private: Ed25519PrivateKey


class KeyStore(Protocol):
    """Where keys are kept; at most one is active."""

    async def keys(self) -> Sequence[StoredKey]:
        """All keys, newest first."""
        ...

    async def add_active(self, key: StoredKey) -> None:
        """Raises ActiveKeyExists."""
        ...

    async def replace_active(self, key: StoredKey) -> None:
        """Retire what is active and make this the active one, in one step."""
        ...


class Keyring:
    """The keys in memory, read again once a minute."""

    def __init__(self, store: KeyStore, *, secret: str, clock: Clock) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock
        self._stored: Sequence[StoredKey] = ()
        self._current: SigningKey | None = None
        self._read_at: datetime | None = None

    @cached_property
    def _seal(self) -> AESGCM:
        # Made at the first use: `relay` and `migrate` have no secret.
        return AESGCM(secret_key(self._secret, "signing-keys"))

    async def current(self) -> SigningKey:
        """The key to sign with; the very first call makes one. Raises SigningKeyUnreadable."""
        await self._read_if_old()
        return self._current or await self._make_first()

    async def jwks(self) -> str:
        """The public keys that verify tokens now, as a JWK Set (RFC 7517)."""
        await self.current()
        now = self._clock.now()
        published = [key for key in self._stored if _verifies(key, now)]
        return json.dumps({"keys": [_jwk(key) for key in published]})

    async def rotate(self) -> str:
        """Sign with a new key from now on; the old one verifies until its tokens are gone."""
        key = self._new_key()
        await self._store.replace_active(key)
        await self._read()
        return key.kid

    async def _make_first(self) -> SigningKey:
        # A process that starts beside this one may make it first: theirs is ours.
        with contextlib.suppress(ActiveKeyExists):
            await self._store.add_active(self._new_key())
        await self._read()
        if self._current is None:
            raise LookupError("no signing key is active")
        return self._current

    async def _read_if_old(self) -> None:
        if self._read_at is None or self._clock.now() - self._read_at > RELOAD_AFTER:
            await self._read()

    async def _read(self) -> None:
        self._stored = await self._store.keys()
        active = next((key for key in self._stored if key.retired_at is None), None)
        self._current = self._open(active) if active else None
        self._read_at = self._clock.now()

    def _new_key(self) -> StoredKey:
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        kid = _thumbprint(public)
        raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._seal.encrypt(nonce, raw, kid.encode())
        return StoredKey(kid=kid, public=public, sealed=sealed, created_at=self._clock.now())

    def _open(self, key: StoredKey) -> SigningKey:
        nonce, sealed = key.sealed[:NONCE_BYTES], key.sealed[NONCE_BYTES:]
        try:
            raw = self._seal.decrypt(nonce, sealed, key.kid.encode())
        except InvalidTag:
            raise SigningKeyUnreadable(key.kid) from None
        return SigningKey(key.kid, Ed25519PrivateKey.from_private_bytes(raw))


def _verifies(key: StoredKey, now: datetime) -> bool:
    return key.retired_at is None or now - key.retired_at < VERIFIES_AFTER_RETIREMENT


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _thumbprint(public: bytes) -> str:
    """The key's id: its JWK thumbprint (RFC 7638, RFC 8037)."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(public)}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return _base64url(hashlib.sha256(text.encode()).digest())


def _jwk(key: StoredKey) -> dict[str, str]:
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _base64url(key.public),
        "kid": key.kid,
        "alg": "EdDSA",
        "use": "sig",
    }
