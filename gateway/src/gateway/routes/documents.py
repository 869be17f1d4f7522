"""Documents: uploaded as a stream, watched while they are read, shown, accepted."""
# ruff: noqa: A002 - `id` is its name in the path

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

import grpc
from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from gateway.bodies import STREAMED, takes
from gateway.models.common import ItemList, text_or_none
from gateway.models.documents import (
    STATUSES,
    AcceptedDocument,
    Document,
    DocumentStatus,
    Draft,
)
from gateway.parts import Parts, PartsDep, ServicesDep
from gateway.problems import ProblemError
from gateway.requests import IdempotencyKey, Page, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from gateway.uploads import IncomingFile, Upload
from pfa.ingest.v1 import ingest_pb2

router = Router(prefix="/documents", tags=["documents"])
UPLOAD_SECONDS = 120
# Bytes of a document never change, and belong to one person.
_KEEP = "private, max-age=86400, immutable"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "account_id": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The account that it belongs to, where known.",
                        },
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}


@router.post(
    "", status_code=202, responses=errors(403, 404, 409, 413, 415), openapi_extra=_UPLOAD_FORM
)
@takes(STREAMED)
async def upload_document(
    request: Request, response: Response, parts: PartsDep, key: IdempotencyKey, _: MemberDep
) -> Document:
    """Bring in a receipt or a bank's file; the same bytes again are the same document."""
    settings = parts.settings
    upload = Upload(
        request, max_file_size=settings.max_file_size, allowed=settings.allowed_file_types
    )
    try:
        answer = await _passed_on(parts, upload, key)
    except (ProblemError, grpc.aio.AioRpcError):
        await upload.drain()
        raise
    response.headers["location"] = f"{request.url.path}/{answer.document.id}"
    tag(response, answer.document.version)
    return Document.of(answer.document, duplicate=answer.duplicate)


@router.get("", responses=errors())
async def list_documents(
    page: Page,
    services: ServicesDep,
    _: MemberDep,
    status: Annotated[DocumentStatus | None, Query()] = None,
) -> ItemList[Document]:
    """Newest first."""
    answer = await services.ingest.ListDocuments(
        ingest_pb2.ListDocumentsRequest(page=page, status=STATUSES.number(status))
    )
    return ItemList(
        items=[Document.of(document) for document in answer.documents],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.get("/{id}", responses=errors(404))
async def get_document(
    id: PathId, response: Response, services: ServicesDep, _: MemberDep
) -> Document:
    """One document and where it stands."""
    answer = await services.ingest.GetDocument(ingest_pb2.GetDocumentRequest(id=id))
    tag(response, answer.document.version)
    return Document.of(answer.document)


@router.get(
    "/{id}/file",
    response_class=StreamingResponse,
    responses={**errors(404), 200: {"content": {"application/octet-stream": _BINARY}}},
)
async def get_document_file(id: PathId, services: ServicesDep, _: MemberDep) -> StreamingResponse:
    """The bytes as they were uploaded."""
    call = services.ingest.GetDocumentFile(ingest_pb2.GetDocumentFileRequest(id=id))
    first = await call.read()
    if not isinstance(first, ingest_pb2.GetDocumentFileResponse):
        raise EOFError("ingest sent no file")  # noqa: TRY004 - it is the end of the stream
    document = first.document
    # RFC 6266; only pictures are shown in place, anything else could be a page.
    place = "inline" if document.media_type.startswith("image/") else "attachment"
    name = quote(document.file_name, safe="")
    return StreamingResponse(
        _chunks(call),
        media_type=document.media_type,
        headers={
            "content-disposition": f"{place}; filename*=UTF-8''{name}",
            "content-length": str(document.size_bytes),
            "cache-control": _KEEP,
            "etag": f'"{document.sha256}"',
        },
    )


@router.get(
    "/{id}/pages/{number}",
    response_class=Response,
    responses={**errors(404), 200: {"content": {"image/*": _BINARY}}},
)
async def get_document_page(
    id: PathId,
    number: Annotated[int, Path(ge=1, le=10_000)],
    services: ServicesDep,
    _: MemberDep,
    w: Annotated[int, Query(ge=0, le=10_000, description="Scale down to this width.")] = 0,
) -> Response:
    """The picture that was read, upright, in the pixels of the boxes unless scaled."""
    answer = await services.ingest.GetPageImage(
        ingest_pb2.GetPageImageRequest(document_id=id, page=number, width=w), timeout=20
    )
    return Response(answer.content, media_type=answer.media_type, headers={"cache-control": _KEEP})


@router.post("/{id}:accept", responses=errors(403, 404, 409))
async def accept_document(id: PathId, services: ServicesDep, _: MemberDep) -> AcceptedDocument:
    """Book every draft of it that is ready and complete."""
    answer = await services.ingest.AcceptDocument(
        ingest_pb2.AcceptDocumentRequest(id=id), timeout=30
    )
    return AcceptedDocument(
        document=Document.of(answer.document), drafts=[Draft.of(draft) for draft in answer.drafts]
    )


async def _passed_on(parts: Parts, upload: Upload, key: str) -> ingest_pb2.UploadDocumentResponse:
    head = await upload.head()
    refused: list[ProblemError] = []

    async def messages() -> AsyncIterator[ingest_pb2.UploadDocumentRequest]:
        try:
            async for message in _messages(head, upload, key):
                yield message
        except ProblemError as problem:
            refused.append(problem)
            raise

    # Not call.write(): the tracing interceptor waits for the answer before it hands out the call.
    try:
        return await parts.services.ingest.UploadDocument(messages(), timeout=UPLOAD_SECONDS)
    except asyncio.CancelledError:
        # gRPC cancels a call whose messages end in an error, and keeps that error to itself.
        if refused:
            raise refused[0] from None
        raise


async def _messages(
    head: IncomingFile, upload: Upload, key: str
) -> AsyncIterator[ingest_pb2.UploadDocumentRequest]:
    header = ingest_pb2.UploadHeader(
        file_name=head.file_name, account_id=head.account_id, idempotency_key=key
    )
    yield ingest_pb2.UploadDocumentRequest(header=header)
    async for chunk in upload.chunks():
        yield ingest_pb2.UploadDocumentRequest(chunk=chunk)
    if upload.late_account_id:
        trailer = ingest_pb2.UploadTrailer(account_id=upload.late_account_id)
        yield ingest_pb2.UploadDocumentRequest(trailer=trailer)


async def _chunks(
    call: grpc.aio.UnaryStreamCall[
        ingest_pb2.GetDocumentFileRequest, ingest_pb2.GetDocumentFileResponse
    ],
) -> AsyncIterator[bytes]:
    async for message in call:
        yield message.chunk
