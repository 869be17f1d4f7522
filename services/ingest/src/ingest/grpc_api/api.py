"""Serves IngestService."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from collections.abc import AsyncIterator

import grpc

from ingest.domain.drafts import Correction
from ingest.domain.errors import InvalidField
from ingest.grpc_api.messages import document_message, document_status, draft_message, money
from ingest.service import Intake, Review
from kit.caller import Caller, PermissionDenied, current_caller
from pfa.common.v1.page_pb2 import PageInfo, PageRequest
from pfa.ingest.v1 import ingest_pb2 as pb
from pfa.ingest.v1 import ingest_pb2_grpc

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
PAGE_MEDIA_TYPE = "image/jpeg"

_Uploads = AsyncIterator[pb.UploadDocumentRequest]


class IngestApi(ingest_pb2_grpc.IngestServiceServicer):
    """Errors are the domain's, put into statuses by the table."""

    def __init__(self, intake: Intake, review: Review) -> None:
        self._intake = intake
        self._review = review

    def register(self, server: grpc.aio.Server) -> None:
        ingest_pb2_grpc.add_IngestServiceServicer_to_server(self, server)

    async def UploadDocument(
        self, request_iterator: _Uploads, context: object
    ) -> pb.UploadDocumentResponse:
        owner = _writer().owner
        header = await _header(request_iterator)
        account_id = header.account_id

        async def chunks() -> AsyncIterator[bytes]:
            nonlocal account_id
            async for request in request_iterator:
                if request.WhichOneof("part") == "trailer":
                    account_id = request.trailer.account_id or account_id
                else:
                    yield request.chunk

        data = await self._intake.receive(chunks())
        uploaded = await self._intake.upload(
            owner=owner, file_name=header.file_name, account_id=account_id, data=data
        )
        return pb.UploadDocumentResponse(
            document=document_message(uploaded.document), duplicate=uploaded.duplicate
        )

    async def GetDocument(
        self, request: pb.GetDocumentRequest, context: object
    ) -> pb.GetDocumentResponse:
        document = await self._intake.document(owner=current_caller().owner, document_id=request.id)
        return pb.GetDocumentResponse(document=document_message(document))

    async def ListDocuments(
        self, request: pb.ListDocumentsRequest, context: object
    ) -> pb.ListDocumentsResponse:
        found, following = await self._intake.list_documents(
            owner=current_caller().owner,
            status=document_status(request.status),
            cursor=request.page.cursor,
            limit=_limit(request.page),
        )
        return pb.ListDocumentsResponse(
            documents=[document_message(document) for document in found],
            page=PageInfo(next_cursor=following),
        )

    async def GetDocumentFile(
        self, request: pb.GetDocumentFileRequest, context: object
    ) -> AsyncIterator[pb.GetDocumentFileResponse]:
        document, chunks = await self._intake.file(
            owner=current_caller().owner, document_id=request.id
        )
        yield pb.GetDocumentFileResponse(document=document_message(document))
        async for chunk in chunks:
            yield pb.GetDocumentFileResponse(chunk=chunk)

    async def GetPageImage(
        self, request: pb.GetPageImageRequest, context: object
    ) -> pb.GetPageImageResponse:
        content = await self._intake.page_image(
            owner=current_caller().owner,
            document_id=request.document_id,
            page=request.page,
            width=request.width,
        )
        return pb.GetPageImageResponse(media_type=PAGE_MEDIA_TYPE, content=content)

    async def ListDrafts(
        self, request: pb.ListDraftsRequest, context: object
    ) -> pb.ListDraftsResponse:
        found, following = await self._review.list_drafts(
            owner=current_caller().owner,
            document_id=request.document_id,
            cursor=request.page.cursor,
            limit=_limit(request.page),
        )
        return pb.ListDraftsResponse(
            drafts=[draft_message(draft) for draft in found], page=PageInfo(next_cursor=following)
        )

    async def UpdateDraft(
        self, request: pb.UpdateDraftRequest, context: object
    ) -> pb.UpdateDraftResponse:
        draft = await self._review.correct(
            owner=_writer().owner,
            draft_id=request.id,
            correction=_correction(request),
            expected_version=request.expected_version,
        )
        return pb.UpdateDraftResponse(draft=draft_message(draft))

    async def AcceptDraft(
        self, request: pb.AcceptDraftRequest, context: object
    ) -> pb.AcceptDraftResponse:
        draft = await self._review.accept(
            owner=_writer().owner,
            draft_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.AcceptDraftResponse(draft=draft_message(draft))

    async def RejectDraft(
        self, request: pb.RejectDraftRequest, context: object
    ) -> pb.RejectDraftResponse:
        draft = await self._review.reject(owner=_writer().owner, draft_id=request.id)
        return pb.RejectDraftResponse(draft=draft_message(draft))

    async def AcceptDocument(
        self, request: pb.AcceptDocumentRequest, context: object
    ) -> pb.AcceptDocumentResponse:
        document, drafts = await self._review.accept_document(
            owner=_writer().owner,
            document_id=request.id,
            draft_ids=frozenset(request.draft_ids),
        )
        return pb.AcceptDocumentResponse(
            document=document_message(document), drafts=[draft_message(draft) for draft in drafts]
        )


def _writer() -> Caller:
    """The caller, who may change things. Raises PermissionDenied."""
    caller = current_caller()
    if caller.role == "viewer":
        raise PermissionDenied("this book may be looked at, not written to")
    return caller


async def _header(requests: _Uploads) -> pb.UploadHeader:
    async for first in requests:
        if first.WhichOneof("part") == "header":
            return first.header
        break
    raise InvalidField("header", "The first message of an upload is its header.")


def _limit(page: PageRequest) -> int:
    if not 0 <= page.limit <= MAX_LIMIT:
        raise InvalidField("page.limit", f"A page has 1 to {MAX_LIMIT} rows.")
    return page.limit or DEFAULT_LIMIT


def _correction(request: pb.UpdateDraftRequest) -> Correction:
    return Correction(
        account_id=request.account_id if request.HasField("account_id") else None,
        date=request.date if request.HasField("date") else None,
        amount=money(request.amount) if request.HasField("amount") else None,
        payee=request.payee if request.HasField("payee") else None,
        description=request.description if request.HasField("description") else None,
        category_id=request.category_id if request.HasField("category_id") else None,
    )
