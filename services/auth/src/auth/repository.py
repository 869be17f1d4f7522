"""People, sessions and keys in MongoDB."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from auth.domain import (
    FAILURES_FORGOTTEN_AFTER,
    LOGIN_WAITS,
    EmailAddress,
    EmailTaken,
    Person,
    RefreshToken,
    Session,
    SessionId,
    TooManyAttempts,
    UserId,
)
from auth.keys import ActiveKeyExists, StoredKey
from kit.mongo import Database, Mongo, Tx

T = TypeVar("T")
Document = dict[str, Any]


async def ensure_indexes(db: Database) -> None:
    """What the queries of this module need; the dates let MongoDB clear away what has ended."""
    await db.people.create_index("email_key", unique=True)
    await db.sessions.create_index([("user_id", 1), ("created_at", -1)])
    await db.sessions.create_index("expires_at", expireAfterSeconds=0)
    await db.refresh_tokens.create_index([("user_id", 1), ("session_id", 1)])
    await db.refresh_tokens.create_index("expires_at", expireAfterSeconds=0)
    await db.login_attempts.create_index("forgotten_at", expireAfterSeconds=0)
    await db.signing_keys.create_index(
        "active", unique=True, partialFilterExpression={"active": True}, name="one_active"
    )


class People:
    """Persons and the log-in attempts on their addresses."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._people = mongo.db.people
        self._attempts = mongo.db.login_attempts

    async def in_transaction(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        return await self._mongo.in_transaction(work)

    async def add(self, tx: Tx, person: Person) -> None:
        """Raises EmailTaken, also when the other came a moment ago."""
        try:
            await tx.db.people.insert_one(_person_document(person), session=tx.session)
        except DuplicateKeyError:
            raise EmailTaken from None

    async def by_email(self, key: str) -> Person | None:
        found = await self._people.find_one({"email_key": key})
        return _person(found) if found else None

    async def by_id(self, user_id: UserId) -> Person | None:
        found = await self._people.find_one({"_id": user_id})
        return _person(found) if found else None

    async def store_password_hash(self, user_id: UserId, password_hash: str) -> None:
        await self._people.update_one({"_id": user_id}, {"$set": {"password_hash": password_hash}})

    async def count_attempt(self, address: str, *, now: datetime) -> None:
        """Count a log-in as failed before it is looked at, so that many at once gain nothing.

        Raises TooManyAttempts while the address has to wait.
        """
        failures = {"$add": [{"$ifNull": ["$failures", 0]}, 1]}
        wait = {"$arrayElemAt": [list(LOGIN_WAITS), {"$min": [failures, len(LOGIN_WAITS) - 1]}]}
        counted = {
            "failures": failures,
            "waits_until": {"$add": [now, {"$multiply": [wait, 1000]}]},
            "forgotten_at": now + FAILURES_FORGOTTEN_AFTER,
        }
        free = {"_id": address, "waits_until": {"$not": {"$gt": now}}}
        while True:
            try:
                await self._attempts.find_one_and_update(
                    free, [{"$set": counted}], upsert=True, return_document=ReturnDocument.AFTER
                )
                return
            except DuplicateKeyError:
                found = await self._attempts.find_one({"_id": address})
                if found and found["waits_until"] > now:
                    raise TooManyAttempts(retry_after=found["waits_until"] - now) from None
                # Another was counted as the first at the same moment: this one comes after it.

    async def forget_attempts(self, address: str) -> None:
        await self._attempts.delete_one({"_id": address})


class Sessions:
    """Sessions and the chains of their refresh tokens."""

    async def add(self, tx: Tx, session: Session) -> None:
        await tx.db.sessions.insert_one(_session_document(session), session=tx.session)

    async def get(self, tx: Tx, user_id: UserId, session_id: SessionId) -> Session | None:
        found = await tx.db.sessions.find_one(
            {"_id": session_id, "user_id": user_id}, session=tx.session
        )
        return _session(found) if found else None

    async def prolong(self, tx: Tx, session: Session) -> None:
        await tx.db.sessions.update_one(
            {"_id": session.id, "user_id": session.user_id},
            {"$set": {"expires_at": session.expires_at}},
            session=tx.session,
        )

    async def end(self, tx: Tx, token: RefreshToken, *, now: datetime) -> None:
        """End the token's session; ending an ended one changes nothing."""
        await tx.db.sessions.update_one(
            {"_id": token.session_id, "user_id": token.user_id, "ended_at": None},
            {"$set": {"ended_at": now}},
            session=tx.session,
        )

    async def add_token(self, tx: Tx, token: RefreshToken) -> None:
        await tx.db.refresh_tokens.insert_one(_token_document(token), session=tx.session)

    async def token(self, tx: Tx, digest: str) -> RefreshToken | None:
        """The token itself is the credential here: nobody is known before it is found."""
        found = await tx.db.refresh_tokens.find_one({"_id": digest}, session=tx.session)
        return _token(found) if found else None

    async def use_token(
        self, tx: Tx, token: RefreshToken, *, now: datetime, salt: bytes
    ) -> RefreshToken:
        """Mark it used. Of two transactions at once, the later is run again and finds it used."""
        await tx.db.refresh_tokens.update_one(
            {"_id": token.digest, "used_at": None},
            {"$set": {"used_at": now, "salt": salt}},
            session=tx.session,
        )
        return replace(token, used_at=now, salt=salt)


class SigningKeys:
    """Keys at rest; the unique index on `active` lets one be active."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._keys = mongo.db.signing_keys

    async def keys(self) -> Sequence[StoredKey]:
        return [_key(row) async for row in self._keys.find().sort("created_at", -1)]

    async def add_active(self, key: StoredKey) -> None:
        try:
            await self._keys.insert_one(_key_document(key))
        except DuplicateKeyError:
            raise ActiveKeyExists from None

    async def replace_active(self, key: StoredKey) -> None:
        async def swap(tx: Tx) -> None:
            await tx.db.signing_keys.update_many(
                {"active": True},
                {"$set": {"active": False, "retired_at": key.created_at}},
                session=tx.session,
            )
            await tx.db.signing_keys.insert_one(_key_document(key), session=tx.session)

        await self._mongo.in_transaction(swap)


def _person_document(person: Person) -> Document:
    return {
        "_id": person.id,
        "email": person.email.text,
        "email_key": person.email.key,
        "name": person.name,
        "locale": person.locale,
        "password_hash": person.password_hash,
        "registration_key": person.registration_key,
        "created_at": person.created_at,
    }


def _person(row: Document) -> Person:
    return Person(
        id=UserId(row["_id"]),
        email=EmailAddress(text=row["email"], key=row["email_key"]),
        name=row["name"],
        locale=row["locale"],
        password_hash=row["password_hash"],
        registration_key=row["registration_key"],
        created_at=row["created_at"],
    )


def _session_document(session: Session) -> Document:
    return {
        "_id": session.id,
        "user_id": session.user_id,
        "created_at": session.created_at,
        "expires_at": session.expires_at,
        "ended_at": session.ended_at,
        "user_agent": session.user_agent,
    }


def _session(row: Document) -> Session:
    return Session(
        id=SessionId(row["_id"]),
        user_id=UserId(row["user_id"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
        user_agent=row["user_agent"],
    )


def _token_document(token: RefreshToken) -> Document:
    return {
        "_id": token.digest,
        "session_id": token.session_id,
        "user_id": token.user_id,
        "issued_at": token.issued_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "salt": token.salt,
    }


def _token(row: Document) -> RefreshToken:
    return RefreshToken(
        digest=row["_id"],
        session_id=SessionId(row["session_id"]),
        user_id=UserId(row["user_id"]),
        issued_at=row["issued_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
        salt=bytes(row["salt"]),
    )


def _key_document(key: StoredKey) -> Document:
    return {
        "_id": key.kid,
        "public": key.public,
        "sealed": key.sealed,
        "created_at": key.created_at,
        "retired_at": key.retired_at,
        "active": key.retired_at is None,
    }


def _key(row: Document) -> StoredKey:
    return StoredKey(
        kid=row["_id"],
        public=bytes(row["public"]),
        sealed=bytes(row["sealed"]),
        created_at=row["created_at"],
        retired_at=row["retired_at"],
    )
