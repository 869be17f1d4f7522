"""A change that is made once a key, and answers the same every time."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pymongo.errors import DuplicateKeyError

from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.posting import Key

T = TypeVar("T")


async def once(
    mongo: Mongo,
    idempotency: Idempotency,
    *,
    owner: str,
    key: Key,
    work: Callable[[Tx], Awaitable[T]],
    encode: Callable[[T], bytes],
    decode: Callable[[bytes], T],
) -> T:
    """Do `work` in a transaction and keep its answer under the key; an empty key keeps nothing.

    Raises IdempotencyConflict, and whatever `work` raises, which leaves the key free.
    """
    if not key.text:
        return await mongo.in_transaction(work)
    known = await idempotency.recall(owner, key.text, key.request_hash)
    if known is not None:
        return decode(known)

    async def effect(tx: Tx) -> T:
        answer = await work(tx)
        await idempotency.remember(tx, owner, key.text, key.request_hash, encode(answer))
        return answer

    try:
        return await mongo.in_transaction(effect)
    except DuplicateKeyError:
        first = await idempotency.recall(owner, key.text, key.request_hash)
        if first is None:
            raise
        return decode(first)
