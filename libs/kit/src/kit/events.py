"""Events: protobuf payloads with CloudEvents 1.0 binary headers (`ce_…`) and W3C trace context."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from google.protobuf.message import Message

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/protobuf"
TYPE_HEADER = "ce_type"
M = TypeVar("M", bound=Message, covariant=True)

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Event(Generic[M]):
    """An event as a handler sees it."""

    id: str
    type: str
    source: str
    subject: str
    # Per owner and source, gapless, from 1.
    sequence: int
    time: datetime
    # The owner of the book: the record's key.
    user_id: str
    data: M
    trace_headers: Mapping[str, str] = field(default_factory=dict)


def type_name(message: type[Message]) -> str:
    """The event's `ce_type`: the full name of its message."""
    return str(message.DESCRIPTOR.full_name)


def act_headers(*, source: str, time: datetime, trace: Mapping[str, str]) -> Headers:
    """Those that all events of one act have: made once for thousands."""
    texts = {
        "ce_specversion": SPEC_VERSION,
        "ce_source": source,
        "ce_time": time.isoformat(),
        "content-type": CONTENT_TYPE,
        **trace,
    }
    return [(name, text.encode()) for name, text in texts.items()]


def headers_of(shared: Headers, *, id_: str, type_: str, subject: str, sequence: int) -> Headers:
    """The headers of one event in the binary mode of CloudEvents' Kafka binding, with those that
    its act shares. What a reader sorts records by comes first."""
    return [
        (TYPE_HEADER, type_.encode()),
        ("ce_id", id_.encode()),
        ("ce_subject", subject.encode()),
        ("ce_sequence", str(sequence).encode()),
        *shared,
    ]


def event_type(headers: Iterable[tuple[str, bytes]]) -> str:
    """The `ce_type` among a record's headers, without the work of reading the others; empty where
    there is none."""
    for name, value in headers:
        if name == TYPE_HEADER:
            return value.decode("utf-8", "replace")
    return ""


def header_texts(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Headers as text, the last of a name winning."""
    return {name: value.decode("utf-8", "replace") for name, value in headers}


class UndecodableEvent(Exception):
    """The record is no event that can be read."""


def decode(
    *, key: bytes | None, value: bytes | None, headers: Mapping[str, str], message: type[M]
) -> Event[M]:
    """The event of a Kafka record. Raises UndecodableEvent."""
    try:
        return Event(
            id=headers["ce_id"],
            type=headers["ce_type"],
            source=headers["ce_source"],
            subject=headers.get("ce_subject", ""),
            sequence=int(headers.get("ce_sequence", "0")),
            time=datetime.fromisoformat(headers["ce_time"]),
            user_id=(key or b"").decode(),
            data=message.FromString(value or b""),
            trace_headers={n: headers[n] for n in ("traceparent", "tracestate") if n in headers},
        )
    except Exception as error:  # protobuf and the parsers raise many kinds; all mean the same here
        raise UndecodableEvent(f"{type(error).__name__}: {error}") from error
