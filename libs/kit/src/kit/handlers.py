"""What a consumer does with an event: whether it is concerned at all, an optional slow part, then
the effect in a transaction."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from google.protobuf.message import Message

from kit.events import Event, type_name
from kit.mongo import Tx

M = TypeVar("M", bound=Message)
P = TypeVar("P")

# Of these users, those whose events have an effect at all.
Concerns = Callable[[Collection[str]], Awaitable[Collection[str]]]


class Permanent(Exception):
    """Trying again would not help: the event goes to the dead letters at once."""


@dataclass(frozen=True, slots=True)
class Together:
    """The two parts of a handler that takes several events of one user in one transaction."""

    prepare: Callable[[Sequence[Event[Any]]], Awaitable[Any]]
    apply: Callable[[Tx, Sequence[Event[Any]], Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handler:
    """Handles one type of event."""

    message: type[Message]
    prepare: Callable[[Event[Any]], Awaitable[Any]]
    apply: Callable[[Tx, Event[Any], Any], Awaitable[None]]
    # Asked once for all that was read together: an event of anyone else costs nothing.
    concerns: Concerns | None = None
    # None where each event needs a transaction of its own.
    together: Together | None = None

    @property
    def type(self) -> str:
        return type_name(self.message)


@overload
def on(
    message: type[M],
    apply: Callable[[Tx, Event[M]], Awaitable[None]],
    *,
    concerns: Concerns | None = None,
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
    effect's. Events of users who don't concern it are passed by, without a trace in the inbox."""
    if prepare is not None:
        return Handler(message, prepare, apply)

    async def nothing(_: Event[M]) -> None:
        return None

    async def apply_alone(tx: Tx, event: Event[M], _: None) -> None:
        await apply(tx, event)

    return Handler(message, nothing, apply_alone, concerns)


@overload
def on_many(
    message: type[M], apply: Callable[[Tx, Sequence[Event[M]]], Awaitable[None]]
) -> Handler: ...
@overload
def on_many(
    message: type[M],
    apply: Callable[[Tx, Sequence[Event[M]], P], Awaitable[None]],
    *,
    prepare: Callable[[Sequence[Event[M]]], Awaitable[P]],
) -> Handler: ...
def on_many(message: type[M], apply: Any, *, prepare: Any = None) -> Handler:
    """A handler of several events of one user, in their order, in one transaction.

    After an import of 100,000 rows a transaction an event takes minutes. The events are of one
    type, each is given once, and their number is whatever was read together. Where the handler
    fails, none takes effect and each is given to it alone, so that one bad event goes to the dead
    letters by itself.
    """

    async def nothing(_: Sequence[Event[M]]) -> None:
        return None

    async def apply_alone(tx: Tx, events: Sequence[Event[M]], _: None) -> None:
        await apply(tx, events)

    together = Together(prepare or nothing, apply if prepare else apply_alone)

    async def prepare_one(event: Event[M]) -> Any:
        return await together.prepare([event])

    async def apply_one(tx: Tx, event: Event[M], prepared: Any) -> None:
        await together.apply(tx, [event], prepared)

    return Handler(message, prepare_one, apply_one, together=together)
