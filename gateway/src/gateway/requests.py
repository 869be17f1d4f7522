"""Parts of requests that many routes take."""

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Response
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import AfterValidator, AwareDatetime

from gateway import problems
from gateway.models.common import PAGE_DEFAULT, PAGE_MAX
from gateway.problems import Problem, ProblemError
from kit.ids import is_id, new_id
from pfa.common.v1.page_pb2 import PageRequest

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,18})"')


async def _path_id(
    id: Annotated[str, Path(json_schema_extra={"format": "uuid"})],  # noqa: A002 - its name there
) -> str:
    if not is_id(id):
        raise ProblemError(problems.NOT_FOUND, "there is nothing of that id")
    return id


async def _idempotency_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            description="The same key and request have one effect, however often they come.",
        ),
    ] = None,
) -> str:
    return idempotency_key or new_id()


async def _expected_version(
    if_match: Annotated[
        str | None, Header(description="The ETag that was seen; else 412.", examples=['"3"'])
    ] = None,
) -> int:
    """The version that the client saw; 0 where it doesn't say."""
    if if_match is None or if_match.strip() == "*":
        return 0
    match = _ETAG.fullmatch(if_match.strip())
    if match is None:
        raise ProblemError(problems.VERSION_MISMATCH, "If-Match holds no ETag of ours")
    return int(match[1])


async def _page(
    cursor: Annotated[str, Query(max_length=500, description="From `next_cursor`.")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> PageRequest:
    return PageRequest(cursor=cursor, limit=limit)


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("is not within the years 1 to 9999 in UTC") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]


async def _known_on(
    as_known_on: Annotated[
        Instant | None,
        Query(
            description="Answer what the book said at this instant, whatever was changed since.",
            examples=["2026-03-01T00:00:00Z"],
        ),
    ] = None,
) -> Timestamp | None:
    if as_known_on is None:
        return None
    message = Timestamp()
    message.FromDatetime(as_known_on)
    return message


PathId = Annotated[str, Depends(_path_id)]
IdempotencyKey = Annotated[str, Depends(_idempotency_key)]
ExpectedVersion = Annotated[int, Depends(_expected_version)]
Page = Annotated[PageRequest, Depends(_page)]
KnownOn = Annotated[Timestamp | None, Depends(_known_on)]


def tag(response: Response, version: int) -> None:
    """Say the version of what is answered."""
    response.headers["etag"] = f'"{version}"'


def errors(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The problems that a route may answer with, for its OpenAPI responses."""
    common = {401, 422, 429, 500, 503, 504}
    found = sorted({*common, *statuses})
    return {status: {"model": Problem, "description": "Problem"} for status in found}
