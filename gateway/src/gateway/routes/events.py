"""Server-sent events: what changes, as it changes."""
# ruff: noqa: A002 - `id` is its name in the path

import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated, cast

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from gateway import problems
from gateway.live import STREAMS_PER_PERSON, Subscription, TooManyStreams
from gateway.models.common import Answer, instant
from gateway.models.documents import STATUSES, DocumentStatus
from gateway.models.live import DocumentEvent, LiveEvent, LiveType
from gateway.openapi import ref
from gateway.parts import Parts, PartsDep
from gateway.problems import ProblemError
from gateway.requests import PathId, errors
from gateway.routing import Router
from gateway.security import MemberDep, claims_of
from kit.caller import Caller, use_caller
from kit.ids import new_id
from pfa.ingest.v1 import ingest_pb2

router = Router(tags=["events"])
KEEP_ALIVE_SECONDS = 15.0
# How long a stream's beginning waits for the door's own connection to Kafka.
LISTENING_SECONDS = 3.0
RETRY_SECONDS = 30
_SSE = "text/event-stream"
_KEEP_ALIVE = b": keep-alive\n\n"
_ENDS = frozenset({"accepted", "failed"})
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def _stream_of(model: type[Answer]) -> dict[int | str, dict[str, object]]:
    return {
        **errors(404),
        200: {
            "description": "A stream; each event's `data` is this.",
            "content": {"text/event-stream": {"schema": ref(model)}},
        },
    }


async def _expiry(request: Request, _: MemberDep) -> float:
    """When the stream ends, in Unix seconds: with the token that opened it."""
    return claims_of(request).expires_at


ExpiryDep = Annotated[float, Depends(_expiry)]


async def _subscription(parts: PartsDep, caller: MemberDep) -> AsyncIterator[Subscription]:
    with ExitStack() as stack:
        try:
            subscription = stack.enter_context(parts.hub.subscribed(caller.owner))
        except TooManyStreams:
            detail = f"{STREAMS_PER_PERSON} streams are open already"
            raise ProblemError(
                problems.RATE_LIMITED, detail, headers={"retry-after": str(RETRY_SECONDS)}
            ) from None
        yield subscription


SubscriptionDep = Annotated[Subscription, Depends(_subscription)]


@router.get("/events", response_class=StreamingResponse, responses=_stream_of(LiveEvent))
async def stream_events(
    listening: SubscriptionDep,
    until: ExpiryDep,
    _: Annotated[
        str | None,
        Query(alias="book", description="As the header X-Book, which EventSource can't send."),
    ] = None,
) -> StreamingResponse:
    """Everything of one's book that changes. `event:` is the type. Ends when the token does."""

    async def frames() -> AsyncIterator[bytes]:
        yield _KEEP_ALIVE
        async for event in _events(listening, until):
            yield _frame(event.type, event) if event else _KEEP_ALIVE

    return StreamingResponse(frames(), media_type=_SSE, headers=_HEADERS)


@router.get(
    "/documents/{id}/events",
    response_class=StreamingResponse,
    responses=_stream_of(DocumentEvent),
)
async def stream_document_events(
    id: PathId,
    parts: PartsDep,
    caller: MemberDep,
    listening: SubscriptionDep,
    until: ExpiryDep,
) -> StreamingResponse:
    """Where a document stands, now and from now on, until it is accepted or has failed."""
    # Listening began before the state is asked for: what comes between is not missed.
    await parts.hub.listening(seconds=LISTENING_SECONDS)
    now = await _state(parts, caller, id)

    async def frames() -> AsyncIterator[bytes]:
        shown = now
        yield _frame("status", shown)
        if shown.status in _ENDS:
            return
        async for event in _events(listening, until):
            newer = _told(event, id) if event else await _state(parts, caller, id)
            if newer is not None and newer.version > shown.version:
                shown = newer
                yield _frame("status", shown)
            elif event is None:
                yield _KEEP_ALIVE
            if shown.status in _ENDS:
                return

    return StreamingResponse(frames(), media_type=_SSE, headers=_HEADERS)


async def _events(listening: Subscription, until: float) -> AsyncIterator[LiveEvent | None]:
    """Events as they come, None where none came for a while; ends with the token or the door."""
    while (left := until - time.time()) > 0:
        event = await listening.next(seconds=min(KEEP_ALIVE_SECONDS, left))
        if event is None and listening.closed:
            return
        yield event


async def _state(parts: Parts, caller: Caller, document_id: str) -> DocumentEvent:
    # The caller again: a stream outlives the context that its request began in.
    with use_caller(caller):
        request = ingest_pb2.GetDocumentRequest(id=document_id)
        document = (await parts.services.ingest.GetDocument(request)).document
    status = STATUSES.word(document.status)
    return DocumentEvent(
        id=new_id(),
        type=cast("LiveType", f"document.{status}"),
        document_id=document.id,
        status=cast("DocumentStatus", status),
        version=document.version,
        seq=0,
        at=instant(document.updated_at),
    )


def _told(event: LiveEvent, document_id: str) -> DocumentEvent | None:
    """The event, where it is about this document."""
    noun, _, status = event.type.partition(".")
    if noun != "document" or event.subject != document_id:
        return None
    return DocumentEvent(
        id=event.id,
        type=event.type,
        document_id=document_id,
        status=cast("DocumentStatus", status),
        version=event.version,
        seq=event.seq,
        at=event.at,
    )


def _frame(name: str, event: Answer) -> bytes:
    identifier = getattr(event, "id", "")
    return f"event: {name}\nid: {identifier}\ndata: {event.model_dump_json()}\n\n".encode()
