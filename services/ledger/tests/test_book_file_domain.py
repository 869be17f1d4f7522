"""The file of a book: written line by line, and refused at the first line that is wrong."""

import hashlib
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.book_file import (
    MAX_LINE_BYTES,
    BookErased,
    BookIdsTaken,
    BookNotEmpty,
    BookRestoring,
    FileReader,
    FileWriter,
    InvalidBookFile,
    with_owner,
    without_owner,
)

KINDS = frozenset({"accounts", "books"})
HEAD = b'{"format":"pfa-book","version":1}\n'
BOOK = b'{"document":{"_id":"@owner"},"kind":"books"}\n'
GIRO = b'{"document":{"_id":{"$oid":"1"},"name":"Gir\xc3\xb6"},"kind":"accounts"}\n'


def ending(*lines: bytes, **counts: int) -> bytes:
    """The last line, as one would count and sum by hand."""
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    return json.dumps({"end": {"counts": counts, "sha256": digest}}).encode()


def read(*lines: bytes) -> list[Any]:
    reader = FileReader(KINDS)
    found = [document for line in lines for document in reader.line(line)]
    reader.finish()
    return found


def refused(*lines: bytes) -> str:
    """The refusal, whose line the person is told."""
    with pytest.raises(InvalidBookFile) as refusal:
        read(*lines)
    line, words = str(refusal.value).removeprefix("line ").split(": ", 1)
    assert refusal.value.metadata == {"line": line}
    return f"{line}: {words}"


def test_a_file_is_one_document_a_line_between_its_head_and_its_end():
    writer = FileWriter()
    lines = [
        writer.head(),
        writer.document("books", {"_id": "@owner"}),
        writer.document("accounts", {"name": "Girö", "_id": {"$oid": "1"}}),
        writer.document("books", {"_id": "2"}),
    ]

    assert lines[:3] == [HEAD, BOOK, GIRO]
    sums = hashlib.sha256(b"".join(lines)).hexdigest()
    assert writer.end() == (
        b'{"end":{"counts":{"accounts":1,"books":2},"sha256":"' + sums.encode() + b'"}}\n'
    )


def test_counts_stand_in_the_order_of_their_names():
    writer = FileWriter()
    for kind in ("c", "a", "b"):
        writer.document(kind, {})

    assert list(json.loads(writer.end())["end"]["counts"]) == ["a", "b", "c"]


def test_a_file_is_read_document_by_document():
    reader = FileReader(KINDS)

    assert list(reader.line(HEAD)) == []
    assert list(reader.line(BOOK)) == [("books", {"_id": "@owner"})]
    assert list(reader.line(GIRO)) == [("accounts", {"_id": {"$oid": "1"}, "name": "Girö"})]
    assert list(reader.line(ending(HEAD, BOOK, GIRO, accounts=1, books=1))) == []
    reader.finish()
    assert reader.counts == Counter(accounts=1, books=1)
    assert read(HEAD, ending(HEAD)) == []


NO_JSON, NO_OBJECT = "this is not JSON", "this is not a JSON object"
NO_DOCUMENT, NO_ID = "this is no document of a book", "the document has no id"
NUMBERS = "the numbers of documents are not those that the file says"
TOO_SOON = "the file ends too soon: a part of it is missing"
NO_FORMAT = 'the first line must say "format": "pfa-book"'
NO_VERSION = "only version 1 of the format is known here"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), f"0: {TOO_SOON}"),
        ((HEAD, BOOK), f"2: {TOO_SOON}"),
        ((b"{",), f"1: {NO_JSON}"),
        ((HEAD, b"\xff"), f"2: {NO_JSON}"),
        ((HEAD, b"[" * 100_000), f"2: {NO_JSON}"),
        ((HEAD, b'"text"'), f"2: {NO_OBJECT}"),
        ((b"[]",), f"1: {NO_OBJECT}"),
        ((b"{}",), f"1: {NO_FORMAT}"),
        ((b'{"format":"PFA-BOOK","version":1}',), f"1: {NO_FORMAT}"),
        ((b'{"format":"pfa-book"}',), f"1: {NO_VERSION}"),
        ((b'{"format":"pfa-book","version":2}',), f"1: {NO_VERSION}"),
        ((HEAD, HEAD), f"2: {NO_DOCUMENT}"),
        ((HEAD, b'{"document":{"_id":"x"},"kind":"idempotency"}'), f"2: {NO_DOCUMENT}"),
        ((HEAD, b'{"document":{"_id":"x"},"kind":["books"]}'), f"2: {NO_DOCUMENT}"),
        ((HEAD, b'{"document":{"_id":"x"}}'), f"2: {NO_DOCUMENT}"),
        ((HEAD, b'{"document":"x","kind":"books"}'), f"2: {NO_DOCUMENT}"),
        ((HEAD, b'{"kind":"books"}'), f"2: {NO_DOCUMENT}"),
        ((HEAD, b'{"document":{},"kind":"books"}'), f"2: {NO_ID}"),
        ((HEAD, b'{"document":{"_id":7},"kind":"books"}'), f"2: {NO_ID}"),
        ((HEAD, ending(HEAD), BOOK), "3: nothing may follow the end of the file"),
        ((HEAD, BOOK, ending(HEAD, BOOK)), f"3: {NUMBERS}"),
        ((HEAD, BOOK, ending(HEAD, BOOK, books=2)), f"3: {NUMBERS}"),
        ((HEAD, b'{"end":7}'), f"2: {NUMBERS}"),
        ((HEAD, b'{"end":{}}'), f"2: {NUMBERS}"),
        (
            (HEAD, GIRO, ending(HEAD, BOOK, accounts=1)),
            "3: the file was changed: its checksum is another",
        ),
        ((HEAD, b'{"end":{"counts":{}}}'), "2: the file was changed: its checksum is another"),
    ],
)
def test_the_first_line_that_is_wrong_is_told(lines, words):
    assert refused(*lines) == words


def test_a_line_holds_sixteen_mebibytes_and_no_more():
    name = "x" * (16 * 2**20 - len(BOOK) - len(',"n":""'))
    longest = BOOK.replace(b'"}', b'","n":"' + name.encode() + b'"}', 1)

    assert len(longest) == MAX_LINE_BYTES == 16 * 2**20
    assert len(read(HEAD, longest, ending(HEAD, longest, books=1))) == 1
    assert refused(HEAD, longest + b" ") == "2: the line is too long"


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (BookNotEmpty, "only an empty book can become another: this one holds accounts"),
        (BookIdsTaken, "what this file holds is still in another book here"),
        (BookRestoring, "the book is being restored: try again in a while"),
        (BookErased, "this book was erased with the account of its owner"),
    ],
)
def test_refusals_are_told_in_these_words(refusal, words):
    assert str(refusal()) == words


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("anna", "@owner"),
        ("anna/2026", "@owner/2026"),
        ("anna:anna", "@owner:anna"),
        ("annabel", "annabel"),
        ("an", "an"),
        ("of anna", "of anna"),
        ("anna ", "anna "),
        (7, 7),
        (None, None),
        ({"anna": ["anna", {"by": "anna/x"}]}, {"anna": ["@owner", {"by": "@owner/x"}]}),
    ],
)
def test_the_owner_is_left_out_where_an_id_is_or_begins_with_theirs(value, written):
    assert without_owner(value, "anna") == written
    assert with_owner(written, "anna") == value


ids = st.sampled_from(["anna", "anna/1", "anna:x", "annab", "ben", "", "/anna", "anna\n"])
values = st.recursive(
    ids | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ids, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_a_book_that_comes_back_is_what_it_was(value):
    assert with_owner(without_owner(value, "anna"), "anna") == value


documents = st.lists(
    st.tuples(
        st.sampled_from(sorted(KINDS)),
        st.builds(lambda id_, more: {"_id": id_, "more": more}, st.text(), values),
    ),
    max_size=5,
)


@given(documents, st.data())
def test_what_is_written_is_read_and_a_line_less_is_noticed(documents, data):
    writer = FileWriter()
    lines = [writer.head(), *(writer.document(*each) for each in documents), writer.end()]

    assert read(*lines) == documents
    gone = data.draw(st.integers(0, len(lines) - 1))
    with pytest.raises(InvalidBookFile):
        read(*lines[:gone], *lines[gone + 1 :])
