"""The book as a file: taken away in the format of one's choice, and brought back whole."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Annotated

import grpc
from fastapi import Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from gateway.bodies import STREAMED, takes
from gateway.parts import ServicesDep
from gateway.requests import errors
from gateway.routing import Router
from gateway.security import MemberDep
from gateway.streams import StreamedBody
from pfa.ledger.v1 import export_pb2

router = Router(tags=["book"])
EXPORT_SECONDS = RESTORE_SECONDS = 1800
RESTORE_BYTES = 2 * 1024**3
_BINARY = {"schema": {"type": "string", "format": "binary"}}


class ExportFormat(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"
    BEANCOUNT = "beancount"
    HLEDGER = "hledger"
    OFX = "ofx"


# Number in the contract, media type, and the ending of the file's name.
_FORMATS = {
    ExportFormat.CSV: (export_pb2.EXPORT_FORMAT_CSV, "text/csv", "csv"),
    ExportFormat.NDJSON: (export_pb2.EXPORT_FORMAT_NDJSON, "application/x-ndjson", "ndjson"),
    ExportFormat.BEANCOUNT: (export_pb2.EXPORT_FORMAT_BEANCOUNT, "text/plain", "beancount"),
    ExportFormat.HLEDGER: (export_pb2.EXPORT_FORMAT_HLEDGER, "text/plain", "journal"),
    ExportFormat.OFX: (export_pb2.EXPORT_FORMAT_OFX, "application/x-ofx", "ofx"),
}


class RestoredBook(BaseModel):
    """What there is again."""

    counts: dict[str, int] = Field(description="Number of documents by kind.")


@router.get(
    "/book:export",
    response_class=StreamingResponse,
    responses={
        **errors(),
        200: {"content": {media: _BINARY for _, media, _ in _FORMATS.values()}},
    },
)
async def export_book(
    format_: Annotated[ExportFormat, Query(alias="format")],
    services: ServicesDep,
    _: MemberDep,
) -> StreamingResponse:
    """The book as it stands now. `ndjson` holds all of it and can be restored; the others are for
    spreadsheets and other programs. `ofx` leaves out accounts in BTC: the format has the currencies
    of ISO 4217 alone."""
    number, media_type, ending = _FORMATS[format_]
    call = services.exports.ExportBook(
        export_pb2.ExportBookRequest(format=number), timeout=EXPORT_SECONDS
    )
    first = await call.read()
    return StreamingResponse(
        _chunks(call, first),
        media_type=media_type,
        headers={
            "content-disposition": f'attachment; filename="book.{ending}"',
            "cache-control": "no-store",
        },
    )


@router.post(
    "/book:restore",
    responses=errors(403, 409, 413, 415),
    openapi_extra={"requestBody": {"required": True, "content": {"application/x-ndjson": _BINARY}}},
)
@takes(STREAMED)
async def restore_book(request: Request, services: ServicesDep, _: MemberDep) -> RestoredBook:
    """Make an empty book what an export in `ndjson` says: all of it, or nothing."""

    async with StreamedBody.of(request, limit=RESTORE_BYTES) as body:
        # Asked before the file is read: it may be large.
        await services.exports.CheckRestore(export_pb2.CheckRestoreRequest())
        call = services.exports.RestoreBook(_requests(body), timeout=RESTORE_SECONDS)
        answer = await body.answered(call)
    return RestoredBook(counts=dict(answer.counts))


async def _requests(body: StreamedBody) -> AsyncIterator[export_pb2.RestoreBookRequest]:
    async for chunk in body.chunks():
        yield export_pb2.RestoreBookRequest(chunk=chunk)


async def _chunks(
    call: "grpc.aio.UnaryStreamCall[export_pb2.ExportBookRequest, export_pb2.ExportBookResponse]",
    first: object,
) -> AsyncIterator[bytes]:
    if isinstance(first, export_pb2.ExportBookResponse):
        yield first.chunk
    async for message in call:
        yield message.chunk
