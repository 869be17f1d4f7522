"""Idempotency keys: the same key with the same request gives the stored answer, and one effect."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from google.protobuf.message import Message
from pymongo.errors import DuplicateKeyError

from kit.mongo import Database, Mongo, Tx

TTL_SECONDS = 90 * 24 * 3600
A = TypeVar("A", bound=Message)


class IdempotencyConflict(Exception):
    """The key was used before with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the idempotency key {key[:80]!r} was used before with another request")


def request_hash(request: Message) -> str:
    """SHA-256 of the request without its idempotency key."""
    bare = type(request)()
    bare.CopyFrom(request)
    if "idempotency_key" in type(request).DESCRIPTOR.fields_by_name:
        bare.ClearField("idempotency_key")
    name = type(request).DESCRIPTOR.full_name.encode()
    return hashlib.sha256(name + b"\0" + bare.SerializeToString(deterministic=True)).hexdigest()


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
        key: str,
        request: Message,
        work: Callable[[Tx], Awaitable[A]],
        answer_type: type[A],
    ) -> A:
        """Do `work` in a transaction, once a key; an empty key asks for no such promise.

        Raises IdempotencyConflict, and whatever `work` raises (which leaves the key free).
        """
        if not key:
            return await self._mongo.in_transaction(work)
        hash_ = request_hash(request)
        if (known := await self.recall(owner, key, hash_)) is not None:
            return answer_type.FromString(known)

        async def effect(tx: Tx) -> A:
            # The key first: of two at once, the second fails before it has done anything.
            await self.remember(tx, owner, key, hash_, b"")
            answer = await work(tx)
            await tx.db.idempotency.update_one(
                {"_id": key_id(owner, key)},
                {"$set": {"answer": answer.SerializeToString()}},
                session=tx.session,
            )
            return answer

        try:
            return await self._mongo.in_transaction(effect)
        except DuplicateKeyError:
            if (known := await self.recall(owner, key, hash_)) is not None:
                return answer_type.FromString(known)
            raise


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
