"""The environment of auth."""

import re
from datetime import timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from kit.settings import ServiceSettings

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d{1,9})\s*([smhdw]?)", re.ASCII)
MIN_BCRYPT_ROUNDS = 10


def duration(value: object) -> object:
    """`7d`, `12h`, `30m`, or a number of seconds."""
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return value
    return timedelta(**{_UNITS[match[2] or "s"]: int(match[1])})


class Settings(ServiceSettings):
    """Read once, in `__main__`."""

    grpc_port: int = Field(default=50051, ge=0, le=65535)
    ops_port: int = Field(default=8051, ge=0, le=65535)

    # How long a session lives without being refreshed.
    jwt_expires_in: Annotated[timedelta, BeforeValidator(duration)] = timedelta(days=7)
    # Logarithm of bcrypt's cost.
    bcrypt_rounds: int = Field(default=12, ge=4, le=16)

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.app_env == "production" and self.bcrypt_rounds < MIN_BCRYPT_ROUNDS:
            raise ValueError(f"BCRYPT_ROUNDS must be at least {MIN_BCRYPT_ROUNDS} in production")
        if self.jwt_expires_in < timedelta(minutes=1):
            raise ValueError("JWT_EXPIRES_IN must be at least a minute, such as 7d")
        return self
