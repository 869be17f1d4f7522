import asyncio

import pytest
from ingest_world import MAX_FILE_SIZE, Person

from ingest.domain.documents import DocumentKind, DocumentStatus
from ingest.domain.errors import DocumentNotFound, InvalidField, UploadRefused
from specimens import (
    csv_with_broken_amount,
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


async def test_an_image_is_received_with_its_page(anna: Person) -> None:
    photo = draw_receipt(1)
    uploaded = await anna.uploads(photo.data, name="C:\\pictures\\lunch.jpg")
    document = uploaded.document
    assert not uploaded.duplicate
    assert document.status is DocumentStatus.RECEIVED
    assert document.kind is DocumentKind.RECEIPT
    assert document.file_name == "lunch.jpg"
    assert [(page.width, page.height) for page in document.pages] == [(photo.width, photo.height)]
    assert await anna.document(document) == document
    assert await anna.world.events(anna.id) == ["DocumentReceived"]


async def test_the_file_comes_back_byte_for_byte(anna: Person) -> None:
    data = ofx_sgml(make_statement(1))
    document = (await anna.uploads(data)).document
    _, chunks = await anna.world.intake.file(owner=anna.id, document_id=document.id)
    assert b"".join([chunk async for chunk in chunks]) == data


async def test_the_same_bytes_twice_are_one_document(anna: Person) -> None:
    data = draw_receipt(2).data
    first, *others = await asyncio.gather(*(anna.uploads(data) for _ in range(4)))
    again = await anna.uploads(data)
    assert {each.document.id for each in (first, *others, again)} == {first.document.id}
    assert again.duplicate
    assert [each.duplicate for each in (first, *others)].count(False) == 1
    assert await anna.world.events(anna.id) == ["DocumentReceived"]
    assert len([path for path in anna.world.files.rglob("*") if path.is_file()]) == 1


async def test_the_same_bytes_of_two_people_are_two_documents(anna: Person, ben: Person) -> None:
    data = draw_receipt(3).data
    mine, theirs = await anna.uploads(data), await ben.uploads(data)
    assert mine.document.id != theirs.document.id
    assert not theirs.duplicate


@pytest.mark.parametrize(
    "broken",
    [
        empty_file(),
        not_an_image(),
        truncated_jpeg(),
        oversized_file(MAX_FILE_SIZE + 1),
        png_bomb(),
        ofx_with_broken_amount(),
        csv_with_broken_amount(),
    ],
    ids=lambda broken: broken.name,
)
async def test_a_refused_upload_changes_nothing(anna: Person, broken: object) -> None:
    with pytest.raises(UploadRefused) as refusal:
        await anna.uploads(broken.data)  # type: ignore[attr-defined]
    assert refusal.value.slug == broken.problem  # type: ignore[attr-defined]
    assert await anna.world.mongo.db.documents.count_documents({}) == 0
    assert await anna.world.events(anna.id) == []
    assert not anna.world.files.exists()


async def test_an_account_that_is_no_id_is_refused(anna: Person) -> None:
    with pytest.raises(InvalidField):
        await anna.uploads(draw_receipt(1).data, account_id="../../etc")


async def test_another_persons_document_is_not_there(anna: Person, ben: Person) -> None:
    document = (await anna.uploads(draw_receipt(1).data)).document
    with pytest.raises(DocumentNotFound):
        await ben.document(document)
    with pytest.raises(DocumentNotFound):
        await ben.world.intake.page_image(owner=ben.id, document_id=document.id, page=1, width=0)


async def test_pages_of_a_list_are_the_list(anna: Person) -> None:
    made = [(await anna.uploads(ofx_sgml(make_statement(n)))).document.id for n in range(7)]
    seen: list[str] = []
    cursor = ""
    while True:
        page, cursor = await anna.world.intake.list_documents(
            owner=anna.id, status=None, cursor=cursor, limit=3
        )
        seen += [document.id for document in page]
        if not cursor:
            break
    assert seen == made[::-1]
