"""Drafts: the review queue."""
# ruff: noqa: A002 - `id` is its name in the path

from typing import Annotated

from fastapi import Query, Response

from gateway.models.common import IdText, ItemList, text_or_none
from gateway.models.documents import Draft, DraftChange
from gateway.parts import PartsDep, ServicesDep
from gateway.requests import ExpectedVersion, Page, PathId, errors, tag
from gateway.routing import Router
from gateway.security import MemberDep
from kit.money import UnknownCurrency
from pfa.ingest.v1 import document_pb2, ingest_pb2

router = Router(prefix="/drafts", tags=["drafts"])
LOOKED_THROUGH = 500


@router.get("", responses=errors(404))
async def list_drafts(
    page: Page,
    services: ServicesDep,
    _: MemberDep,
    document_id: Annotated[IdText | None, Query()] = None,
) -> ItemList[Draft]:
    """Those of a document; without one, all that wait for review."""
    answer = await services.ingest.ListDrafts(
        ingest_pb2.ListDraftsRequest(document_id=document_id or "", page=page)
    )
    return ItemList(
        items=[Draft.of(draft) for draft in answer.drafts],
        next_cursor=text_or_none(answer.page.next_cursor),
    )


@router.patch("/{id}", responses=errors(403, 404, 409, 412, 415))
async def update_draft(
    id: PathId,
    body: DraftChange,
    response: Response,
    parts: PartsDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> Draft:
    """Correct what was read."""
    services = parts.services
    half_an_amount = body.touches_amount and (body.amount is None or body.currency is None)

    async def merge() -> document_pb2.Draft:
        old = await _waiting(services, id) if half_an_amount else None
        if half_an_amount and old is None and body.currency is None:
            raise UnknownCurrency("")
        read = version or (old.version if old else 0)
        request = body.request(draft_id=id, version=read, old=old)
        return (await services.ingest.UpdateDraft(request)).draft

    return _answered(response, await parts.merging(id, merge, version=version))


@router.post("/{id}:accept", responses=errors(403, 404, 409, 412))
async def accept_draft(
    id: PathId, response: Response, services: ServicesDep, version: ExpectedVersion, _: MemberDep
) -> Draft:
    """Book it, once, however often this is called."""
    answer = await services.ingest.AcceptDraft(
        ingest_pb2.AcceptDraftRequest(id=id, expected_version=version)
    )
    return _answered(response, answer.draft)


@router.post("/{id}:reject", responses=errors(403, 404, 409))
async def reject_draft(
    id: PathId, response: Response, services: ServicesDep, _: MemberDep
) -> Draft:
    """Decide not to book it."""
    answer = await services.ingest.RejectDraft(ingest_pb2.RejectDraftRequest(id=id))
    return _answered(response, answer.draft)


async def _waiting(services: ServicesDep, draft_id: str) -> document_pb2.Draft | None:
    """The draft, where it still waits: half an amount is read with the other half of the old."""
    request = ingest_pb2.ListDraftsRequest()
    request.page.limit = LOOKED_THROUGH
    while True:
        answer = await services.ingest.ListDrafts(request)
        for draft in answer.drafts:
            if draft.id == draft_id:
                return draft
        if not answer.page.next_cursor:
            return None
        request.page.cursor = answer.page.next_cursor


def _answered(response: Response, message: document_pb2.Draft) -> Draft:
    tag(response, message.version)
    return Draft.of(message)
