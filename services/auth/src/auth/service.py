"""The use cases: sign up, sign in, stay signed in, sign out."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from auth.domain import (
    EmailAddress,
    EmailTaken,
    InvalidCredentials,
    InvalidRefreshToken,
    PasswordPolicy,
    Person,
    PersonNotFound,
    RefreshToken,
    RefreshTokenReused,
    Registration,
    Session,
    SessionId,
    SignedIn,
    Tokens,
    UserId,
)
from auth.passwords import PasswordHasher
from auth.tokens import ACCESS_LIFE, AccessTokens, RefreshTokens
from kit.clock import Clock
from kit.idempotency import IdempotencyConflict
from kit.ids import new_id
from kit.mongo import Tx

T = TypeVar("T")


class PeopleStore(Protocol):
    """What the use cases need of the store of persons."""

    async def in_transaction(self, work: Callable[[Tx], Awaitable[T]]) -> T: ...
    async def add(self, tx: Tx, person: Person) -> None: ...
    async def by_email(self, key: str) -> Person | None: ...
    async def by_id(self, user_id: UserId) -> Person | None: ...
    async def store_password_hash(self, user_id: UserId, password_hash: str) -> None: ...
    async def count_attempt(self, address: str, *, now: datetime) -> None: ...
    async def forget_attempts(self, address: str) -> None: ...


class SessionStore(Protocol):
    """What the use cases need of the store of sessions."""

    async def add(self, tx: Tx, session: Session) -> None: ...
    async def get(self, tx: Tx, user_id: UserId, session_id: SessionId) -> Session | None: ...
    async def prolong(self, tx: Tx, session: Session) -> None: ...
    async def end(self, tx: Tx, token: RefreshToken, *, now: datetime) -> None: ...
    async def add_token(self, tx: Tx, token: RefreshToken) -> None: ...
    async def token(self, tx: Tx, digest: str) -> RefreshToken | None: ...
    async def use_token(
        self, tx: Tx, token: RefreshToken, *, now: datetime, salt: bytes
    ) -> RefreshToken: ...


class Announcements(Protocol):
    """Tells the other services, in the transaction of the change."""

    async def registered(self, tx: Tx, person: Person) -> None: ...


class Identity:
    """Who people are, and whether they are signed in."""

    def __init__(
        self,
        *,
        people: PeopleStore,
        sessions: SessionStore,
        announcements: Announcements,
        hasher: PasswordHasher,
        policy: PasswordPolicy,
        access_tokens: AccessTokens,
        refresh_tokens: RefreshTokens,
        session_life: timedelta,
        clock: Clock,
    ) -> None:
        self._people = people
        self._sessions = sessions
        self._announcements = announcements
        self._hasher = hasher
        self._policy = policy
        self._access_tokens = access_tokens
        self._refresh_tokens = refresh_tokens
        self._session_life = session_life
        self._clock = clock

    async def register(
        self, *, email: str, password: str, name: str, locale: str, key: str
    ) -> SignedIn:
        """Make a person and a first session.

        The same key again, with the same password, makes no second person but signs in to the
        first: what a client wants whose answer was lost. The answer isn't kept: it holds tokens.
        Raises InvalidRegistration, EmailTaken, IdempotencyConflict, TooManyAttempts.
        """
        registration = Registration.check(
            email=email, password=password, name=name, locale=locale, policy=self._policy
        )
        key_digest = _key_digest(registration.email, key)
        if known := await self._people.by_email(registration.email.key):
            return await self._register_again(known, registration, key, key_digest)
        person = Person(
            id=UserId(new_id()),
            email=registration.email,
            name=registration.name,
            locale=registration.locale,
            password_hash=await self._hasher.hash(registration.password),
            created_at=self._clock.now(),
            registration_key=key_digest,
        )

        async def work(tx: Tx) -> SignedIn:
            await self._people.add(tx, person)
            await self._announcements.registered(tx, person)
            return await self._start_session(tx, person, user_agent="")

        try:
            return await self._people.in_transaction(work)
        except EmailTaken:
            known = await self._people.by_email(registration.email.key)
            if known is None:
                raise
            return await self._register_again(known, registration, key, key_digest)

    async def log_in(self, *, email: str, password: str, user_agent: str) -> SignedIn:
        """Start a session.

        Raises InvalidCredentials (after the same time for an unknown address as for a wrong
        password), TooManyAttempts.
        """
        try:
            address = EmailAddress.parse(email)
        except ValueError:
            address = EmailAddress(text="", key=email[:320].casefold())
        person = await self._people.by_email(address.key)
        await self._check_password(address, person, password)
        if person is None:  # unreachable: no password is right for nobody
            raise InvalidCredentials
        if self._hasher.is_outdated(person.password_hash):
            await self._people.store_password_hash(person.id, await self._hasher.hash(password))
        return await self._sign_in(person, user_agent=user_agent)

    async def refresh(self, *, refresh_token: str) -> SignedIn:
        """Give a used-up refresh token's successor, and a new access token.

        Within a short grace the same token gets the same successor again. After it, that is reuse:
        the session ends for everyone who holds a token of it (RFC 9700, 4.14.2).
        Raises InvalidRefreshToken, RefreshTokenReused.
        """
        now = self._clock.now()

        async def work(tx: Tx) -> tuple[RefreshToken, Session] | None:
            token = await self._sessions.token(tx, self._refresh_tokens.digest(refresh_token))
            if token is None:
                raise InvalidRefreshToken
            session = await self._sessions.get(tx, token.user_id, token.session_id)
            if session is None or not session.is_alive(now):
                raise InvalidRefreshToken
            if token.is_stolen(now):
                await self._sessions.end(tx, token, now=now)
                return None
            if token.used_at is not None:
                return token, session
            return await self._rotate(tx, refresh_token, token, session, now)

        outcome = await self._people.in_transaction(work)
        if outcome is None:
            raise RefreshTokenReused
        token, session = outcome
        person = await self._people.by_id(token.user_id)
        if person is None:
            raise InvalidRefreshToken
        successor = self._refresh_tokens.successor(refresh_token, token.salt)
        return await self._signed_in(person, session, successor, now)

    async def log_out(self, *, refresh_token: str) -> None:
        """End the session of this token; an unknown token or an ended session is no error.

        Access tokens given out before stay valid for the rest of their 15 minutes.
        """

        async def work(tx: Tx) -> None:
            token = await self._sessions.token(tx, self._refresh_tokens.digest(refresh_token))
            if token is not None:
                await self._sessions.end(tx, token, now=self._clock.now())

        await self._people.in_transaction(work)

    async def person(self, *, user_id: UserId) -> Person:
        """Raises PersonNotFound."""
        person = await self._people.by_id(user_id)
        if person is None:
            raise PersonNotFound
        return person

    async def _register_again(
        self, known: Person, registration: Registration, key: str, key_digest: str
    ) -> SignedIn:
        if not key_digest or key_digest != known.registration_key:
            raise EmailTaken
        try:
            await self._check_password(known.email, known, registration.password)
        except InvalidCredentials:
            raise IdempotencyConflict(key) from None
        return await self._sign_in(known, user_agent="")

    async def _check_password(
        self, address: EmailAddress, person: Person | None, password: str
    ) -> None:
        attempts = hashlib.sha256(address.key.encode()).hexdigest()
        await self._people.count_attempt(attempts, now=self._clock.now())
        hashed = person.password_hash if person else None
        if not await self._hasher.verify(password, hashed):
            raise InvalidCredentials
        await self._people.forget_attempts(attempts)

    async def _sign_in(self, person: Person, *, user_agent: str) -> SignedIn:
        return await self._people.in_transaction(
            lambda tx: self._start_session(tx, person, user_agent=user_agent)
        )

    async def _start_session(self, tx: Tx, person: Person, *, user_agent: str) -> SignedIn:
        now = self._clock.now()
        session = Session.start(
            id_=SessionId(new_id()),
            user_id=person.id,
            now=now,
            life=self._session_life,
            user_agent=user_agent,
        )
        await self._sessions.add(tx, session)
        first = self._refresh_tokens.first()
        await self._sessions.add_token(tx, self._issued(first, session, now))
        return await self._signed_in(person, session, first, now)

    async def _rotate(
        self, tx: Tx, text: str, token: RefreshToken, session: Session, now: datetime
    ) -> tuple[RefreshToken, Session]:
        session = session.refreshed(now=now, life=self._session_life)
        used = await self._sessions.use_token(tx, token, now=now, salt=self._refresh_tokens.salt())
        successor = self._refresh_tokens.successor(text, used.salt)
        await self._sessions.add_token(tx, self._issued(successor, session, now))
        await self._sessions.prolong(tx, session)
        return used, session

    def _issued(self, text: str, session: Session, now: datetime) -> RefreshToken:
        return RefreshToken(
            digest=self._refresh_tokens.digest(text),
            session_id=session.id,
            user_id=session.user_id,
            issued_at=now,
            expires_at=session.expires_at,
        )

    async def _signed_in(
        self, person: Person, session: Session, refresh_token: str, now: datetime
    ) -> SignedIn:
        access_token = await self._access_tokens.issue(
            user_id=person.id, session_id=session.id, now=now
        )
        tokens = Tokens(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_in=int(ACCESS_LIFE.total_seconds()),
            refresh_expires_in=int((session.expires_at - now).total_seconds()),
        )
        return SignedIn(person, tokens)


def _key_digest(email: EmailAddress, key: str) -> str:
    """Keys are scoped by the address: nobody else's key can get in the way."""
    return hashlib.sha256(f"{email.key}\0{key}".encode()).hexdigest() if key else ""
