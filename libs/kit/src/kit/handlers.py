"""What a consumer does with an event: whether it is concerned at all, an optional slow part, then
the effect in a transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from google.protobuf.message import Message

from kit.events import Event, type_name
from kit.mongo import Tx

M = TypeVar("M", bound=Message)
P = TypeVar("P")


class Permanent(Exception):
    """Trying again would not help: the event goes to the dead letters at once."""


@dataclass(frozen=True, slots=True)
class Handler:
    """Handles one type of event."""

    message: type[Message]
    prepare: Callable[[Event[Any]], Awaitable[Any]]
    apply: Callable[[Tx, Event[Any], Any], Awaitable[None]]
    # False for an event that would have no effect: it costs no transaction.
    concerns: Callable[[Event[Any]], Awaitable[bool]] | None = None

    @property
    def type(self) -> str:
        return type_name(self.message)


@overload
def on(
    message: type[M],
    apply: Callable[[Tx, Event[M]], Awaitable[None]],
    *,
    concerns: Callable[[Event[M]], Awaitable[bool]] | None = None,
) -> Handler: ...
@overload
def on(
    message: type[M],
    apply: Callable[[Tx, Event[M], P], Awaitable[None]],
    *,
    prepare: Callable[[Event[M]], Awaitable[P]],
) -> Handler: ...
def on(message: type[M], apply: Any, *, prepare: Any = None, concerns: Any = None) -> Handler:
    """A handler: `prepare` runs outside any transaction (slow work, calls), `apply` within the
    effect's. What it says not to concern it is passed by, without a trace in the inbox."""
    if prepare is not None:
        return Handler(message, prepare, apply)

    async def nothing(_: Event[M]) -> None:
        return None

    async def apply_alone(tx: Tx, event: Event[M], _: None) -> None:
        await apply(tx, event)

    return Handler(message, nothing, apply_alone, concerns)
