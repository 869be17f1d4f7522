"""Every kind of document of a book is read into a value and written again as it was."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Int64
from full_book import live_in
from ledger_world import Person
from test_exports import exported, restored

from kit.mongo import Mongo
from ledger.domain.book_file import with_owner, without_owner
from ledger.domain.soundness import Soundness
from ledger.repository.book_contents import DERIVED, PASSING
from ledger.repository.kinds import KINDS, UnreadableRow
from ledger.service.exports import ExportFormat


@pytest.fixture
async def book(anna: Person, mongo: Mongo) -> Person:
    await live_in(anna, mongo)
    return anna


async def test_every_collection_is_a_kind_of_a_book_or_known_to_be_none(book: Person, mongo: Mongo):
    names = {name for name in await mongo.db.list_collection_names() if "." not in name}

    assert names - DERIVED - PASSING == set(KINDS)


async def test_every_row_is_read_and_written_as_it_was(book: Person, mongo: Mongo):
    for kind in KINDS.values():
        rows = await mongo.db[kind.name].find().to_list()
        assert rows, kind.name
        for row in rows:
            whole = {k: v for k, v in row.items() if k not in ("events", "held", "parked")}
            assert kind.write(kind.read(row)) == whole, kind.name


def widened(value: Any) -> Any:
    """The value as the driver reads it when its integers have more than 32 bits."""
    match value:
        case bool():
            return value
        case int():
            return Int64(value)
        case dict():
            return {name: widened(each) for name, each in value.items()}
        case list():
            return [widened(each) for each in value]
    return value


async def test_integers_of_64_bits_are_integers_in_every_kind(book: Person, mongo: Mongo):
    for kind in KINDS.values():
        async for row in mongo.db[kind.name].find():
            whole = {k: v for k, v in row.items() if k not in ("events", "held", "parked")}
            assert kind.write(kind.read(widened(row))) == whole, kind.name
            kind.said(widened(whole))


async def test_every_document_is_sound(book: Person, mongo: Mongo):
    soundness = Soundness(book.id, latest=datetime.now(UTC) + timedelta(days=1))
    line = 0
    for kind in KINDS.values():
        async for row in mongo.db[kind.name].find().sort("_id", 1):
            line += 1
            soundness.add(line, kind.read(row))
    soundness.finish()


async def test_the_full_book_is_exported_and_restored_to_the_same(book: Person):
    file = await exported(book, ExportFormat.NDJSON)
    await book.ledger.files.contents.erase(book.id)

    await restored(book, file)

    assert await exported(book, ExportFormat.NDJSON) == file
    assert (await book.audit()).differences == []


async def test_a_field_of_another_type_is_refused_or_written_as_it_should_be(
    book: Person, mongo: Mongo
):
    for kind in KINDS.values():
        async for row in mongo.db[kind.name].find().limit(3):
            whole = kind.write(kind.read(row))
            for name in row.keys() - {"_id", "user_id", "events", "held", "intent"}:
                for wrong in ({"junk": 1}, 1.5, [[]]):
                    try:
                        _, written = kind.said({**row, name: wrong})
                    except UnreadableRow:
                        continue
                    assert written == whole, f"{kind.name}.{name} is not checked"


@pytest.mark.parametrize(
    "text", ["@owner", "@owner/x", "@@owner", "@@@owner!", "@ownership", "@", "owner", "@@"]
)
def test_a_text_that_looks_like_the_owner_is_the_same_again(text: str):
    owner = "01a22e7f-2a76-74e6-9c7d-b590c90442e3"
    value: Any = {"a": [text, owner, f"{owner}/1", f"{owner}:2", f"x{owner}"]}

    assert with_owner(without_owner(value, owner), owner) == value
    assert owner not in str(without_owner(value, owner)["a"][:4])
