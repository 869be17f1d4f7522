"""The head of a book and its own rates with all that is stored of them."""

from bson import ObjectId

from kit.mongo import Document
from ledger.domain.rate import RateSource
from ledger.domain.stored import StoredBook, StoredRates
from ledger.repository.book_documents import (
    account_document,
    account_of,
    book_document,
    book_of,
    category_document,
    category_of,
    settings_of,
)
from ledger.repository.kinds.kind import Kind
from ledger.repository.payees import payee_document, payee_of
from ledger.repository.rates import rates_document, rates_of


def _read_book(row: Document) -> StoredBook:
    return StoredBook(book_of(row), settings_of(row), row["seq"], row.get("recorded_at"))


def _book_row(stored: StoredBook) -> Document:
    row = {**book_document(stored.book, stored.settings), "seq": stored.seq}
    return row if stored.recorded_at is None else {**row, "recorded_at": stored.recorded_at}


def _read_rates(row: Document) -> StoredRates:
    return StoredRates(
        object_id_of(row),
        row["user_id"],
        RateSource(row["source"]),
        row["base"],
        row["quote"],
        row["month"],
        tuple(rates_of(row)),
    )


def _rates_row(stored: StoredRates) -> Document:
    key = (stored.owner, stored.source, stored.base, stored.quote, stored.month)
    return {"_id": ObjectId(stored.id), **rates_document(*key, stored.rates)}


def object_id_of(row: Document) -> str:
    """Raises TypeError."""
    if not isinstance(row["_id"], ObjectId):
        raise TypeError("_id is no ObjectId")
    return str(row["_id"])


ACCOUNTS = Kind("accounts", account_of, account_document)
BOOKS = Kind("books", _read_book, _book_row)
CATEGORIES = Kind("categories", category_of, category_document)
PAYEES = Kind("payees", payee_of, payee_document, frozenset({"name_words", "words"}))
RATES = Kind("rates", _read_rates, _rates_row)
