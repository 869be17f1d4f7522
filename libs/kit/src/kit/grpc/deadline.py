"""Deadlines: a call made within a call has at most the time that is left of it."""

import time
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def set_deadline(seconds: float | None) -> None:
    """Note the time left of the call in hand; None means without end."""
    _deadline.set(None if seconds is None else time.monotonic() + seconds)


def time_left(default: float) -> float:
    """Seconds for an outgoing call: the default, or less where the incoming call has less."""
    deadline = _deadline.get()
    if deadline is None:
        return default
    return max(0.001, min(default, deadline - time.monotonic()))
