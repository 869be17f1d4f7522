"""JSON bodies: how large one may be, and how it is read.

Limits are checked from the cheapest to the dearest: bytes while they arrive, then the number of
values and the depth by counting in C, and only then is anything parsed.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from gateway import problems
from gateway.problems import FieldProblem, ProblemError, escaped, invalid

JSON_TYPE, LINES_TYPE = "application/json", "application/x-ndjson"
DEPTH = 32
_HALF_PAIR = b"\\ud"
E = TypeVar("E", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The most that a body may hold. A value is a list, an object, or anything in one."""

    size: int
    values: int
    media_types: Sequence[str] = (JSON_TYPE,)
    # The route reads the body itself, piece by piece, with limits of its own.
    streamed: bool = False


VISITOR = BodyLimits(16 * 1024, 1_000)
MEMBER = BodyLimits(1024 * 1024, 50_000)
BULK = BodyLimits(5 * 1024 * 1024, 250_000, (JSON_TYPE, LINES_TYPE))
# A file of 20,000 lines, and a word on each of them.
IMPORT = BodyLimits(12 * 1024 * 1024, 500_000)
STREAMED = BodyLimits(0, 0, streamed=True)
_ATTRIBUTE = "body_limits"


def takes(limits: BodyLimits) -> Callable[[E], E]:
    """Say what the endpoint takes, where it is more than the default."""

    def declare(endpoint: E) -> E:
        setattr(endpoint, _ATTRIBUTE, limits)
        return endpoint

    return declare


def limits_of(endpoint: Callable[..., object], *, default: BodyLimits) -> BodyLimits:
    found = getattr(endpoint, _ATTRIBUTE, default)
    assert isinstance(found, BodyLimits)  # noqa: S101 - `takes` alone sets it
    return found


async def read(headers: Headers, receive: Receive, limits: BodyLimits) -> bytes:
    """The whole body. Raises ProblemError for one that is too large or of another media type, as
    soon as that is known."""
    too_large = ProblemError(
        problems.BODY_TOO_LARGE, f"a request here may have at most {limits.size} bytes"
    )
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limits.size:
        raise too_large
    parts, size, more = [], 0, True
    while more:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limits.size:
            raise too_large
        if size and media_type_of(headers) not in limits.media_types:
            wanted = " or ".join(limits.media_types)
            raise ProblemError(problems.UNSUPPORTED_MEDIA_TYPE, f"send JSON, as {wanted}")
        more = message.get("more_body", False)
    return b"".join(parts)


def media_type_of(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def parsed(text: bytes, *, most_values: int) -> object:
    """The JSON document (RFC 8259, in UTF-8).

    Raises ProblemError with a pointer for what is no JSON, is nested too deeply, holds too many
    values, gives a name twice in one object, or holds half of a surrogate pair.
    """
    is_deep = _is_deep(text, most_values)
    repeated: list[_Repeated] = []

    def made(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        repeated.append(_Repeated(found, [name for name, _ in pairs]))
        return repeated[-1]

    try:
        document: object = json.loads(
            text.decode(), object_pairs_hook=made, parse_constant=_no_constant
        )
        if _HALF_PAIR in text.lower():
            json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _wrong(f"is no JSON: {error.msg} at {where}", "json_invalid") from None
    except UnicodeError:
        raise _wrong("is no text in UTF-8", "json_invalid") from None
    except RecursionError:
        is_deep, document = True, None
    except ValueError as error:
        raise _wrong(f"is no JSON: {error}", "json_invalid") from None
    if is_deep:
        raise _wrong(f"is nested deeper than {DEPTH}", "too_deep")
    if repeated:
        raise _wrong("is given twice", "repeated_name", _path_to_repeated(document))
    return document


class _Repeated(dict[str, object]):
    """An object of the document in which a name stands twice."""

    def __init__(self, found: dict[str, object], names: Sequence[str]) -> None:
        super().__init__(found)
        self.name = next(name for name, count in Counter(names).items() if count > 1)


def _path_to_repeated(document: object) -> str:
    """The pointer to a name that is given twice; one of them is always to be reached."""
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, _Repeated):
            return f"{path}/{escaped(value.name)}"
        if isinstance(value, dict):
            waiting += ((f"{path}/{escaped(name)}", inner) for name, inner in value.items())
        elif isinstance(value, list):
            waiting += ((f"{path}/{place}", inner) for place, inner in enumerate(value))
    return ""


def _is_deep(text: bytes, most_values: int) -> bool:
    """Whether brackets are nested deeper than DEPTH, or don't match, which the parser finds.

    Raises ProblemError for too many values. Counts in C: a loop over 12 MB of brackets takes
    seconds.
    """
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    too_many = _wrong(f"holds more than {most_values:,} values", "too_many_values")
    # Each value takes two quotation marks at most, and its name two more.
    if text.count(b'"') > 4 * (most_values + 1):
        raise too_many
    outside = b"".join(text.split(b'"')[::2])
    if outside.count(b",") + outside.count(b"[") + outside.count(b"{") > most_values:
        raise too_many
    brackets = outside.translate(None, delete=_NO_BRACKETS)
    for _ in range(DEPTH):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)


_NO_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


def _wrong(detail: str, code: str, pointer: str = "") -> ProblemError:
    return invalid(FieldProblem(pointer=pointer, detail=detail, code=code))
