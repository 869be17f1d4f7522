"""Who calls: the owner of the book and the acting person, carried beside a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Role = Literal["owner", "editor", "viewer", "service"]


class Unauthenticated(Exception):
    """No valid token came with the call."""


class PermissionDenied(Exception):
    """The token is valid, but not for this."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The effective owner of the book, the one who acts, and by what right."""

    owner: str
    actor: str
    role: Role
    token: str | None = None


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


def current_caller() -> Caller:
    """The caller of the request in hand. Raises Unauthenticated where there is none."""
    caller = _caller.get()
    if caller is None:
        raise Unauthenticated("this call needs a token")
    return caller


def maybe_caller() -> Caller | None:
    """The caller of the request in hand, or None outside one."""
    return _caller.get()


@contextmanager
def use_caller(caller: Caller) -> Iterator[None]:
    """Act as this caller within the block: outgoing calls carry its token."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)
