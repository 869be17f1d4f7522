"""People, their passwords and their sessions: the rules, without I/O."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NewType

from email_validator import EmailNotValidError, validate_email

UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)

PASSWORD_MIN = 10
PASSWORD_MAX = 128
NAME_MAX = 100
USER_AGENT_MAX = 200
DEFAULT_LOCALE = "en"

# A refresh token may come twice within this: two tabs at once, or an answer that was lost.
REUSE_GRACE = timedelta(seconds=10)
# However often it is refreshed, a session ends: NIST SP 800-63B-4, 2.1.3 asks for it at AAL1.
SESSION_MAX = timedelta(days=30)

# Seconds until the next log-in is looked at, by the number of failures before it. A person who
# mistypes notices nothing; a guesser gets some 100 tries a day (NIST SP 800-63B-4, 3.2.2).
LOGIN_WAITS: Sequence[int] = (0, 0, 0, 0, 0, 1, 2, 4, 8, 15, 30, 60, 120, 240, 480, 900)
FAILURES_FORGOTTEN_AFTER = timedelta(hours=24)

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)

# Field of the request and what is wrong with it, in words for the person.
Violation = tuple[str, str]


class InvalidRegistration(ValueError):
    """What was entered cannot make a person; `fields` says what, all of it at once."""

    def __init__(self, fields: Sequence[Violation]) -> None:
        super().__init__(fields[0][1] if len(fields) == 1 else "some fields need another value")
        self.fields = fields


class EmailTaken(Exception):
    """Another person has this address."""

    def __init__(self) -> None:
        super().__init__("there is an account with this e-mail address already")
        self.fields: Sequence[Violation] = (("email", "is taken"),)


class InvalidCredentials(Exception):
    """The address is unknown or the password is wrong; which of them is not told."""

    def __init__(self) -> None:
        super().__init__("the e-mail address or the password is wrong")


class TooManyAttempts(Exception):
    """Log-ins of this address wait for a while after repeated failures."""

    def __init__(self, *, retry_after: timedelta) -> None:
        self.seconds = max(1, round(retry_after.total_seconds()))
        super().__init__(f"too many failed log-ins: try again in {self.seconds} s")
        self.metadata = {"retry_after": str(self.seconds)}


class InvalidRefreshToken(Exception):
    """The token is unknown, or its session has ended."""

    def __init__(self) -> None:
        super().__init__("this session has ended: log in again")


class RefreshTokenReused(Exception):
    """A token came a second time, so it may be stolen: the session is over for all who hold it."""

    def __init__(self) -> None:
        super().__init__("this session was ended because its token was used twice: log in again")


class PersonNotFound(Exception):
    """The token is valid, but its person is gone."""

    def __init__(self) -> None:
        super().__init__("this person no longer exists")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An address as it was written, and the key under which it is the same address."""

    text: str
    key: str

    @classmethod
    def parse(cls, text: str) -> "EmailAddress":
        """Read an address (RFC 5321, 6531). Raises ValueError in words for the person.

        Hosts treat the local part without regard to case in practice, so the key does too; dots and
        `+tags` are the host's own business and stay.
        """
        try:
            found = validate_email(
                text.strip(),
                check_deliverability=False,
                test_environment=True,  # `.test` (RFC 6761) is for trying things out
            )
        except EmailNotValidError as error:
            raise ValueError(f"is no e-mail address: {str(error).rstrip('.').lower()}") from None
        return cls(text=found.normalized, key=found.normalized.casefold())


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """NIST SP 800-63B: length counts, composition rules don't, what everybody uses is refused."""

    common: frozenset[str]

    def violations(self, password: str, *, email: str, name: str) -> list[str]:
        """What is wrong with a new password, in words; empty when it will do."""
        password = normalised_password(password)
        if len(password) < PASSWORD_MIN:
            return [f"needs at least {PASSWORD_MIN} characters"]
        if len(password) > PASSWORD_MAX:
            return [f"has more than {PASSWORD_MAX} characters"]
        plain = password.casefold()
        if plain in self.common or len(set(plain)) < 4:
            return ["is among the first that a guesser tries"]
        known = {email.casefold(), email.casefold().partition("@")[0], name.casefold()}
        if plain in known or plain in {word * 2 for word in known}:
            return ["says no more than the name or the address"]
        return []


def normalised_password(password: str) -> str:
    """One form for what looks the same on every keyboard (NFKC, NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


@dataclass(frozen=True, slots=True)
class Registration:
    """What a new person said, checked."""

    email: EmailAddress
    password: str
    name: str
    locale: str

    @classmethod
    def check(
        cls, *, email: str, password: str, name: str, locale: str, policy: PasswordPolicy
    ) -> "Registration":
        """Raises InvalidRegistration with everything that is wrong."""
        fields: list[Violation] = []
        name = unicodedata.normalize("NFC", name).strip()
        address = EmailAddress(text="", key="")
        try:
            address = EmailAddress.parse(email)
        except ValueError as error:
            fields.append(("email", str(error)))
        fields += [("name", text) for text in _name_violations(name)]
        fields += [
            ("password", text) for text in policy.violations(password, email=address.key, name=name)
        ]
        locale = locale or DEFAULT_LOCALE
        if not _LOCALE.fullmatch(locale):
            fields.append(("locale", "is no language tag such as en or de-AT"))
        if fields:
            raise InvalidRegistration(fields)
        return cls(email=address, password=password, name=name, locale=locale)


def _name_violations(name: str) -> list[str]:
    if not name:
        return ["is missing"]
    if len(name) > NAME_MAX:
        return [f"has more than {NAME_MAX} characters"]
    if any(unicodedata.category(char) == "Cc" for char in name):
        return ["has characters that cannot be shown"]
    return []


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can log in; the owner of a book."""

    id: UserId
    email: EmailAddress
    name: str
    locale: str
    password_hash: str
    created_at: datetime
    # Digest of the idempotency key of the registration; empty when none came.
    registration_key: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One log-in on one device; lives on while it is refreshed, up to SESSION_MAX."""

    id: SessionId
    user_id: UserId
    created_at: datetime
    expires_at: datetime
    user_agent: str = ""
    ended_at: datetime | None = None

    @classmethod
    def start(
        cls, *, id_: SessionId, user_id: UserId, now: datetime, life: timedelta, user_agent: str
    ) -> "Session":
        return cls(
            id=id_,
            user_id=user_id,
            created_at=now,
            expires_at=now + min(life, SESSION_MAX),
            user_agent=user_agent[:USER_AGENT_MAX],
        )

    def is_alive(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at

    def refreshed(self, *, now: datetime, life: timedelta) -> "Session":
        return replace(self, expires_at=min(now + life, self.created_at + SESSION_MAX))


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A link in the chain of a session's refresh tokens; of the token only the digest is kept."""

    digest: str
    session_id: SessionId
    user_id: UserId
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    # With the token in hand, this gives its successor again; without it, nothing.
    salt: bytes = b""

    def is_stolen(self, now: datetime) -> bool:
        """Whether its use now is one too many."""
        return self.used_at is not None and now - self.used_at > REUSE_GRACE


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a person's client holds; both lives in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a session under way."""

    person: Person
    tokens: Tokens
