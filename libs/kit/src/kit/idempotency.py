"""Idempotency keys: the same key with the same request gives the stored answer, and one effect."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from google.protobuf.message import Message
from pymongo.errors import DuplicateKeyError

from kit.mongo import Database, Mongo, Tx

TTL_SECONDS = 90 * 24 * 3600
T = TypeVar("T")


class IdempotencyConflict(Exception):
    """The key was used before with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the idempotency key {key[:80]!r} was used before with another request")


def request_hash(request: Message) -> str:
    """SHA-256 of the request without its idempotency key."""
    bare = request
    if getattr(request, "idempotency_key", ""):
        bare = type(request)()
        bare.CopyFrom(request)
        bare.ClearField("idempotency_key")
    name = type(request).DESCRIPTOR.full_name.encode()
    return hashlib.sha256(name + b"\0" + bare.SerializeToString(deterministic=True)).hexdigest()


class RequestKey(Protocol):
    """A key with the hash of the request under it; an empty one asks for no memory."""

    @property
    def text(self) -> str: ...

    @property
    def request_hash(self) -> str: ...


class Idempotency:
    """The keys of one service, in collection `idempotency`, scoped by the owner of the book."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._keys = mongo.db.idempotency

    @staticmethod
    async def ensure_indexes(db: Database) -> None:
        await db.idempotency.create_index("created_at", expireAfterSeconds=TTL_SECONDS)

    async def recall(self, owner: str, key: str, hash_: str) -> bytes | None:
        """The answer given before, or None. Raises IdempotencyConflict."""
        row = await self._keys.find_one({"_id": key_id(owner, key)})
        if row is None:
            return None
        if row["hash"] != hash_:
            raise IdempotencyConflict(key)
        return bytes(row["answer"])

    async def remember(self, tx: Tx, owner: str, key: str, hash_: str, answer: bytes) -> None:
        """Store the answer with the effect. Raises DuplicateKeyError when another was first."""
        await tx.db.idempotency.insert_one(row(owner, key, hash_, answer), session=tx.session)

    async def once(
        self,
        *,
        owner: str,
        key: RequestKey,
        work: Callable[[Tx], Awaitable[T]],
        encode: Callable[[T], bytes],
        decode: Callable[[bytes], T],
    ) -> T:
        """Do `work` in a transaction and keep its answer under the key; an empty key keeps nothing.

        Raises IdempotencyConflict, and whatever `work` raises, which leaves the key free.
        """
        if not key.text:
            return await self._mongo.in_transaction(work)
        known = await self.recall(owner, key.text, key.request_hash)
        if known is not None:
            return decode(known)

        async def effect(tx: Tx) -> T:
            # The key first: of two at once the second must not be refused for what the first did.
            await self.remember(tx, owner, key.text, key.request_hash, b"")
            answer = await work(tx)
            await tx.db.idempotency.update_one(
                {"_id": key_id(owner, key.text), "user_id": owner},
                {"$set": {"answer": encode(answer)}},
                session=tx.session,
            )
            return answer

        try:
            return await self._mongo.in_transaction(effect)
        except DuplicateKeyError:
            first = await self.recall(owner, key.text, key.request_hash)
            if first is None:
                raise
            return decode(first)


def row(owner: str, key: str, hash_: str, answer: bytes) -> dict[str, Any]:
    """The document of one key, for bulk writers."""
    return {
        "_id": key_id(owner, key),
        "user_id": owner,
        "hash": hash_,
        "answer": answer,
        "created_at": datetime.now(UTC),
    }


def key_id(owner: str, key: str) -> str:
    """The `_id` of a key's row, for bulk readers and writers."""
    return f"{owner}/{key}"
