"""People and their sessions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from gateway.models.common import Answer, Body, instant
from pfa.auth.v1 import auth_pb2

# Wider than the rule, which auth knows and words: these only bound what is read.
Email = Annotated[str, StringConstraints(max_length=320), Field(examples=["ada@example.com"])]
Password = Annotated[str, StringConstraints(max_length=1024), Field(examples=["a long sentence"])]


class User(Answer):
    """A person."""

    id: str
    email: str
    name: str
    locale: str
    created_at: datetime

    @classmethod
    def of(cls, message: auth_pb2.User) -> "User":
        return cls(
            id=message.id,
            email=message.email,
            name=message.name,
            locale=message.locale,
            created_at=instant(message.created_at),
        )


class Session(Answer):
    """A session under way. Where it lives in cookies, the tokens are null here."""

    user: User
    access_token: str | None
    refresh_token: str | None
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - its kind (RFC 6750)
    expires_in: int = Field(description="Seconds until the access token expires.")

    @classmethod
    def of(cls, user: auth_pb2.User, tokens: auth_pb2.Tokens, *, shown: bool) -> "Session":
        return cls(
            user=User.of(user),
            access_token=tokens.access_token if shown else None,
            refresh_token=tokens.refresh_token if shown else None,
            expires_in=tokens.expires_in,
        )


class NewUser(Body):
    """Who signs up. Passwords have 10 to 128 characters."""

    email: Email
    password: Password
    name: Annotated[str, StringConstraints(max_length=200)]
    locale: Annotated[str, StringConstraints(max_length=35)] = Field(
        default="en", description="BCP 47; default categories are named in it."
    )


class Credentials(Body):
    """Who signs in."""

    email: Email
    password: Password


class RefreshBody(Body):
    """Absent where the session lives in cookies."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
