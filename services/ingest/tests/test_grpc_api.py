"""The API over the wire: messages, statuses, reasons."""

import io
from collections.abc import AsyncIterator

import grpc
import pytest
from ingest_world import MAX_FILE_SIZE, Person, World
from PIL import Image

from ingest.grpc_api import ERRORS, IngestApi
from kit.caller import use_caller
from kit.grpc.client import RpcProblem, open_channel, rpc_problem
from kit.ids import new_id
from kit.testing import Issuer, served
from pfa.common.v1.money_pb2 import Money
from pfa.common.v1.page_pb2 import PageRequest
from pfa.ingest.v1 import document_pb2 as pb
from pfa.ingest.v1 import ingest_pb2 as api
from pfa.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from specimens import (
    BrokenFile,
    draw_receipt,
    empty_file,
    make_statement,
    not_an_image,
    ofx_sgml,
    ofx_with_broken_amount,
    oversized_file,
    png_bomb,
    truncated_jpeg,
)

STATEMENT = make_statement(8)


class Client:
    """Calls the API as one person."""

    def __init__(self, stub: IngestServiceStub, issuer: Issuer, user_id: str) -> None:
        self._stub = stub
        self._caller = issuer.caller(user_id)

    async def upload(self, data: bytes, *, chunk: int = 65536) -> api.UploadDocumentResponse:
        async def requests() -> AsyncIterator[api.UploadDocumentRequest]:
            yield api.UploadDocumentRequest(header=api.UploadHeader(file_name="a.bin"))
            for start in range(0, len(data), chunk):
                yield api.UploadDocumentRequest(chunk=data[start : start + chunk])

        with use_caller(self._caller):
            return await self._stub.UploadDocument(requests())

    async def call(self, method: str, request: object) -> object:
        with use_caller(self._caller):
            return await getattr(self._stub, method)(request)

    async def refused(self, method: str, request: object) -> RpcProblem:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await self.call(method, request)
        return rpc_problem(failure.value)

    async def file(self, document_id: str) -> list[api.GetDocumentFileResponse]:
        with use_caller(self._caller):
            stream = self._stub.GetDocumentFile(api.GetDocumentFileRequest(id=document_id))
            return [message async for message in stream]


@pytest.fixture
async def stub(world: World) -> AsyncIterator[tuple[IngestServiceStub, Issuer]]:
    issuer = Issuer()
    register = IngestApi(world.intake, world.review).register
    async with (
        served(register, issuer=issuer, errors=ERRORS, domain="ingest.pfa") as address,
        open_channel(address, name="ingest") as channel,
    ):
        yield IngestServiceStub(channel), issuer


@pytest.fixture
def client(stub: tuple[IngestServiceStub, Issuer], anna: Person) -> Client:
    return Client(*stub, anna.id)


@pytest.fixture
def stranger(stub: tuple[IngestServiceStub, Issuer]) -> Client:
    return Client(*stub, new_id())


async def test_a_receipt_goes_in_and_its_file_and_page_come_out(client: Client) -> None:
    photo = draw_receipt(4)
    first = await client.upload(photo.data)
    assert first.document.status == pb.DOCUMENT_STATUS_RECEIVED
    assert first.document.media_type == "image/jpeg"
    assert first.document.pages[0].width == photo.width
    assert (await client.upload(photo.data)).duplicate
    head, *chunks = await client.file(first.document.id)
    assert head.document.id == first.document.id
    assert b"".join(message.chunk for message in chunks) == photo.data
    page = await client.call(
        "GetPageImage", api.GetPageImageRequest(document_id=first.document.id, page=1, width=300)
    )
    assert page.media_type == "image/jpeg"  # type: ignore[attr-defined]
    assert Image.open(io.BytesIO(page.content)).width == 300  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "broken",
    [
        empty_file(),
        not_an_image(),
        truncated_jpeg(),
        oversized_file(MAX_FILE_SIZE + 1),
        png_bomb(),
        ofx_with_broken_amount(),
    ],
    ids=lambda broken: broken.name,
)
async def test_each_refusal_has_its_reason(client: Client, broken: BrokenFile) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await client.upload(broken.data)
    problem = rpc_problem(failure.value)
    assert problem.code is grpc.StatusCode.INVALID_ARGUMENT
    assert problem.domain == "ingest.pfa"
    assert problem.reason == broken.problem.upper().replace("-", "_")
    if broken.line is not None:
        assert problem.metadata == {"line": str(broken.line), "value": broken.value}
        assert f"line {broken.line}: " in problem.message


async def test_an_upload_without_a_header_is_refused(
    stub: tuple[IngestServiceStub, Issuer], anna: Person
) -> None:
    async def requests() -> AsyncIterator[api.UploadDocumentRequest]:
        yield api.UploadDocumentRequest(chunk=b"x")

    with use_caller(stub[1].caller(anna.id)), pytest.raises(grpc.aio.AioRpcError) as failure:
        await stub[0].UploadDocument(requests())
    assert rpc_problem(failure.value).fields[0][0] == "header"


async def test_a_draft_is_listed_corrected_and_refused_without_an_account(
    client: Client, anna: Person
) -> None:
    document = await anna.has_ready(ofx_sgml(STATEMENT))
    listed = await client.call("ListDrafts", api.ListDraftsRequest(document_id=document.id))
    draft = listed.drafts[0]  # type: ignore[attr-defined]
    assert draft.amount == Money(minor_units=STATEMENT.rows[0].amount, currency="USD")
    assert {field.name for field in draft.fields} == {"date", "amount", "payee"}
    refused = await client.refused("AcceptDraft", api.AcceptDraftRequest(id=draft.id))
    assert refused.reason == "ACCOUNT_REQUIRED"
    assert refused.fields[0][0] == "account_id"
    corrected = await client.call(
        "UpdateDraft",
        api.UpdateDraftRequest(
            id=draft.id,
            expected_version=draft.version,
            payee="Somebody else",
            amount=Money(minor_units=-1, currency="USD"),
        ),
    )
    assert corrected.draft.payee == "Somebody else"  # type: ignore[attr-defined]
    assert corrected.draft.amount.minor_units == -1  # type: ignore[attr-defined]
    stale = await client.refused(
        "UpdateDraft", api.UpdateDraftRequest(id=draft.id, expected_version=draft.version)
    )
    assert stale.reason == "VERSION_MISMATCH"


async def test_another_persons_ids_are_not_found_at_every_door(
    anna: Person, stranger: Client
) -> None:
    document = await anna.has_ready(ofx_sgml(STATEMENT))
    draft = (await anna.drafts(document))[0]
    doors = {
        "GetDocument": api.GetDocumentRequest(id=document.id),
        "GetPageImage": api.GetPageImageRequest(document_id=document.id, page=1),
        "ListDrafts": api.ListDraftsRequest(document_id=document.id),
        "AcceptDocument": api.AcceptDocumentRequest(id=document.id),
        "UpdateDraft": api.UpdateDraftRequest(id=draft.id, payee="x"),
        "AcceptDraft": api.AcceptDraftRequest(id=draft.id),
        "RejectDraft": api.RejectDraftRequest(id=draft.id),
    }
    for method, request in doors.items():
        assert (await stranger.refused(method, request)).code is grpc.StatusCode.NOT_FOUND, method
    with pytest.raises(grpc.aio.AioRpcError):
        await stranger.file(document.id)
    listed = await stranger.call("ListDocuments", api.ListDocumentsRequest())
    assert not listed.documents  # type: ignore[attr-defined]
    assert (await anna.drafts(document))[0] == draft


async def test_a_call_without_a_token_is_refused(
    stub: tuple[IngestServiceStub, Issuer],
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await stub[0].ListDocuments(api.ListDocumentsRequest())
    assert failure.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_a_viewer_may_look_and_not_decide(
    stub: tuple[IngestServiceStub, Issuer], anna: Person
) -> None:
    document = await anna.has_ready(ofx_sgml(STATEMENT))
    draft = (await anna.drafts(document))[0]
    guest = new_id()
    token = stub[1].token(guest, grants={anna.id: "viewer"})
    metadata = (("authorization", f"Bearer {token}"), ("x-pfa-book", anna.id))
    seen = await stub[0].GetDocument(api.GetDocumentRequest(id=document.id), metadata=metadata)
    assert seen.document.id == document.id
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await stub[0].RejectDraft(api.RejectDraftRequest(id=draft.id), metadata=metadata)
    assert failure.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_page_beyond_the_limit_is_refused(client: Client) -> None:
    refused = await client.refused("ListDrafts", api.ListDraftsRequest(page=PageRequest(limit=501)))
    assert refused.fields[0][0] == "page.limit"
