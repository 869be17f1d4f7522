"""What an entry carries beside its facts so that it can be found."""

import struct
from collections.abc import Iterator

from bson.decimal128 import Decimal128

from kit.money import Money, exponent
from kit.mongo import Document
from ledger.domain.entry import Entry, EntryKind, Status
from ledger.domain.search.folded import folded_text
from ledger.domain.totals import tag_id
from ledger.domain.words import search_words

_EXPONENT_BIAS = 6176
WITHOUT_SEARCH_FIELDS = {"words": 0, "folded": 0, "size": 0, "marks": 0}


def search_fields(entry: Entry) -> Document:
    """`words`: the folded words, for the index. `folded`: the same in their order, for phrases.
    `size`: the amount without its sign in major units, so that one number means the same in every
    currency. `marks`: what is rarely true of an entry, for an index in the order of dates."""
    return {
        "words": list(search_words(entry.payee, entry.description)),
        "folded": folded_text(entry.payee, entry.description),
        "size": _size(entry.amount),
        "marks": list(dict.fromkeys(_marks(entry))),
    }


def tag_mark(tag: str) -> str:
    return f"tag/{tag}"


def import_mark(import_id: str) -> str:
    return f"import/{import_id}"


def _size(amount: Money) -> Decimal128:
    """`size_of` of the amount as it is stored: its minor units with the exponent of its currency,
    in binary integer decimal (IEEE 754-2008, decimal128). By way of `Decimal` it takes ten times as
    long."""
    biased = _EXPONENT_BIAS - exponent(amount.currency)
    return Decimal128.from_bid(struct.pack("<QQ", abs(amount.minor_units), biased << 49))


def _marks(entry: Entry) -> Iterator[str]:
    yield from _nature(entry)
    origin = entry.origin
    if entry.tags:
        yield "tags"
    if origin.import_id:
        yield "import"
    if origin.bank_reference:
        yield "reference"
    if origin.import_id:
        yield import_mark(origin.import_id)
    for tag in entry.tags:
        yield tag_mark(tag_id(tag))


def _nature(entry: Entry) -> Iterator[str]:
    if entry.kind is not EntryKind.STANDARD:
        yield entry.kind.value
    elif entry.amount.minor_units > 0:
        yield "income"
    if entry.status is not Status.CLEARED:
        yield entry.status.value
    if entry.refund_of:
        yield "refund"
    if entry.document_ids or entry.origin.document_id:
        yield "document"
    if sum(posting.is_category for posting in entry.postings) > 1:
        yield "splits"
